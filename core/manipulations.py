"""Manipulations: what an experimenter can do to chosen animals at any time, by name."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np

from core.errors import InvalidArgument, unknown_name

_MARK = "__manipulation__"


@dataclass(frozen=True)
class Manipulation:
    """A switch of a world: its name, its one-line meaning, and its parameters with their defaults."""

    name: str
    meaning: str
    parameters: dict[str, Any]


def manipulation(method: Callable[..., None]) -> Callable[..., None]:
    """Mark a method ``(self, rows, *, parameter=default, ...)`` of a world as a manipulation."""
    setattr(method, _MARK, True)
    return method


class Manipulable:
    """Mixin: lists the marked methods of a class and calls them with checked arguments."""

    num_envs: int

    @classmethod
    def manipulations(cls) -> dict[str, Manipulation]:
        """All manipulations by name."""
        found = {}
        for name, method in inspect.getmembers_static(cls, inspect.isfunction):
            if getattr(method, _MARK, False):
                parameters = list(inspect.signature(method).parameters.values())[2:]
                meaning = (inspect.getdoc(method) or "").split("\n")[0]
                found[name] = Manipulation(name, meaning, {p.name: p.default for p in parameters})
        return found

    def manipulate(self, name: str, rows: Iterable[int] | np.ndarray | None = None, **parameters: Any) -> None:
        """Apply the manipulation ``name`` to ``rows`` (indices, or a bool mask; all by default).

        Raises:
            UnknownName: no such manipulation or parameter.
            InvalidArgument: rows that do not exist, or a parameter out of range.
        """
        known = self.manipulations()
        if name not in known:
            raise unknown_name("manipulation", name, known)
        for parameter in parameters:
            if parameter not in known[name].parameters:
                raise unknown_name(f"parameter of {name}", parameter, known[name].parameters)
        getattr(self, name)(row_mask(rows, self.num_envs), **parameters)


def row_mask(rows: Iterable[int] | np.ndarray | None, count: int) -> np.ndarray:
    """Turn indices, a bool mask or None (all) into a bool mask of length ``count``.

    Raises:
        InvalidArgument: an index outside 0..count-1, or a mask of another length.
    """
    if rows is None:
        return np.ones(count, bool)
    chosen = np.asarray(list(rows) if not isinstance(rows, np.ndarray) else rows)
    if chosen.dtype == bool:
        if chosen.shape != (count,):
            raise InvalidArgument(f"A row mask must have shape ({count},), not {chosen.shape}.")
        return chosen.copy()
    if chosen.size and (chosen.dtype.kind not in "iu" or chosen.min() < 0 or chosen.max() >= count):
        raise InvalidArgument(f"Rows must be whole numbers from 0 to {count - 1}, not {chosen.tolist()}.")
    mask = np.zeros(count, bool)
    mask[chosen.astype(int)] = True
    return mask


def in_range(what: str, value: float, low: float, high: float, unit: str = "") -> float:
    """Return ``value`` as a float, or raise :class:`InvalidArgument` when it is not a number in [low, high]."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = float("nan")
    if not low <= number <= high:
        raise InvalidArgument(f"{what} must be a number from {low:g} to {high:g} {unit}, not {value!r}.".replace(" ,", ","))
    return number
