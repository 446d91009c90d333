"""Checks of a batch of actions, written once for every world."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium.spaces import Box, Discrete, Space

from core.errors import InvalidAction, InvalidArgument, told
from core.renamed import old_names

_TOLERANCE = 1e-6


def check_actions(actions: Any, space: Space, num_animals: int, strict: bool = False) -> np.ndarray:
    """Return the actions as an array (animals, *space.shape) of the space's dtype.

    A finite entry outside a Box is clipped to it, as continuous environments of Gymnasium do; ``strict`` refuses it.

    Raises:
        InvalidAction: wrong shape or kind of dtype, an entry that is not finite, a number that no Discrete space has, or, where
            it is strict, an entry out of range.
    """
    if not isinstance(space, Box | Discrete):
        raise InvalidArgument(f"An action space must be a Box or a Discrete space, not {space}.")
    try:
        array = np.asarray(actions)
    except Exception as error:  # ragged lists, tensors of other libraries, objects of any kind
        raise InvalidAction(f"The actions are not an array of numbers: {told(error)}.") from None
    if isinstance(actions, np.ma.MaskedArray):
        raise InvalidAction("The actions are a masked array, of which some may be missing; fill it first.")
    shape = (num_animals, *(space.shape or ()))
    if array.shape != shape:
        raise InvalidAction(f"The actions have shape {array.shape}, but {shape} is needed: one row for each animal.")
    if isinstance(space, Discrete):
        return _check_discrete(array, space)
    if array.dtype.kind not in "fiu":
        raise InvalidAction(f"The actions have dtype {array.dtype}, but numbers are needed ({space.dtype}).")
    flat = array.reshape(num_animals, -1)
    low, high = space.low.ravel(), space.high.ravel()
    if not np.isfinite(flat).all():
        row, entry = np.argwhere(~np.isfinite(flat))[0]
        raise InvalidAction(f"Entry {entry} of the action of row {row} is {flat[row, entry]}; every entry must be finite.")
    outside = (flat < low - _TOLERANCE) | (flat > high + _TOLERANCE)
    if strict and outside.any():
        row, entry = np.argwhere(outside)[0]
        raise InvalidAction(
            f"Entry {entry} of the action of row {row} is {flat[row, entry]:g}, outside [{low[entry]:g}, {high[entry]:g}]. "
            "Clip the actions to the action space before the step, or build the world without strict=True."
        )
    return np.clip(array, space.low, space.high).astype(space.dtype)


def farther_from_rest(action: np.ndarray, deviation: np.ndarray, rest: np.ndarray, space: Box) -> np.ndarray:
    """On each axis an action, or ``rest`` + ``deviation``, whichever is farther from rest, within the space; arrays of one shape."""
    return np.clip(np.where(np.abs(deviation) > np.abs(action - rest), rest + deviation, action), space.low, space.high)


def _check_discrete(array: np.ndarray, space: Discrete) -> np.ndarray:
    if array.dtype.kind not in "iu":
        raise InvalidAction(f"The actions have dtype {array.dtype}, but whole numbers are needed.")
    last = int(space.start + space.n - 1)
    outside = (array < space.start) | (array > last)
    if outside.any():
        row = int(np.argmax(outside))
        raise InvalidAction(f"The action of row {row} is {array[row]}, outside {int(space.start)}..{last}.")
    return array.astype(np.int64)


__getattr__ = old_names(__name__)
