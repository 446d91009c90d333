"""Faulty reflexes: what becomes of an animal, and of a hand-over rule, if steering's acts are bad or harmful."""

from __future__ import annotations

from collections.abc import Callable

import gymnasium as gym
import numpy as np
from gymnasium.spaces import Box, Discrete

from core.errors import InvalidArgument, unknown_name

Fault = Callable[[np.ndarray], np.ndarray]


def _absent(programmes: np.ndarray, space: gym.Space) -> Fault:
    return lambda action: np.broadcast_to(programmes[0], action.shape).astype(action.dtype)


def _frozen(programmes: np.ndarray, space: gym.Space) -> Fault:
    return lambda action: np.broadcast_to(programmes[1], action.shape).astype(action.dtype)


def _reversed(programmes: np.ndarray, space: gym.Space) -> Fault:
    if isinstance(space, Discrete):
        return lambda action: 2 * space.start + space.n - 1 - action
    box = _graded("reversed", space)
    return lambda action: box.low + box.high - action


def _weak(programmes: np.ndarray, space: gym.Space) -> Fault:
    _graded("weak", space)
    rest = programmes[0]
    return lambda action: rest + 0.5 * (action - rest)


def _graded(name: str, space: gym.Space) -> Box:
    if not isinstance(space, Box):
        raise InvalidArgument(f"The reflex fault {name!r} needs graded actions (a Box), not {space}.")
    return space


FAULTS = {"absent": _absent, "reversed": _reversed, "frozen": _frozen, "weak": _weak}
"""What is wrong with a reflex.

- ``absent``: the animal rests whatever steering would do.
- ``reversed``: it does the opposite, which is harmful; of numbered acts the last in place of the first and so on.
- ``frozen``: it always does one and the same act, the first of steering's motor programmes that is not rest.
- ``weak``: half of what steering would do, counted from rest; graded actions only.
"""


def reflex_fault(name: str, programmes: np.ndarray, space: gym.Space) -> Fault:
    """The fault of that name, as a function from reflex actions to faulty ones, (animals, *action shape) each.

    Args:
        name: one of :data:`FAULTS`.
        programmes: (programmes, *action shape) of steering; the first is rest.
        space: of the world's actions.

    Raises:
        UnknownName: there is no such fault.
        InvalidArgument: the world's actions are numbers, which have no half.
    """
    if name not in FAULTS:
        raise unknown_name("reflex fault", name, FAULTS)
    if len(programmes) < 2:
        raise InvalidArgument(f"The reflex fault {name!r} needs at least two motor programmes in steering's repertoire.")
    return FAULTS[name](programmes, space)
