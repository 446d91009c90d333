"""Faulty reflexes: what becomes of an animal, and of a hand-over rule, if steering's acts are bad or harmful."""

from __future__ import annotations

from collections.abc import Callable

import gymnasium as gym
import numpy as np
from gymnasium.spaces import Box

from core.errors import InvalidArgument, unknown_name

Fault = Callable[[np.ndarray], np.ndarray]


def _absent(rest: np.ndarray, space: Box) -> Fault:
    return lambda action: np.broadcast_to(rest, action.shape).copy()


def _reversed(rest: np.ndarray, space: Box) -> Fault:
    return lambda action: space.low + space.high - action


FAULTS = {"absent": _absent, "reversed": _reversed}
"""``absent``: the animal rests whatever steering would do; ``reversed``: it does the opposite, which is harmful."""


def reflex_fault(name: str, rest: np.ndarray, space: gym.Space) -> Fault:
    """The fault of that name, as a function from reflex actions to faulty ones, (animals, *action shape) each.

    Raises:
        UnknownName: there is no such fault.
        InvalidArgument: the world's actions are not graded, so that they have no opposite.
    """
    if name not in FAULTS:
        raise unknown_name("reflex fault", name, FAULTS)
    if not isinstance(space, Box):
        raise InvalidArgument(f"The reflex fault {name!r} needs graded actions (a Box), not {space}.")
    return FAULTS[name](rest, space)
