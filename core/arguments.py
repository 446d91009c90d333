"""Checks of single arguments: what kind of value, from where to where, and an error that says so."""

from __future__ import annotations

import itertools
import math
import numbers
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from core.errors import InvalidArgument, shown, unknown_name


def in_range(what: str, value: Any, low: float = -math.inf, high: float = math.inf, unit: str = "") -> float:
    """Return ``value`` as a float, or raise :class:`InvalidArgument` when it is not a finite number in [low, high]."""
    number = math.nan
    if isinstance(value, numbers.Real) and not isinstance(value, bool):
        try:
            number = float(value)
        except OverflowError:
            number = math.inf
    if not (math.isfinite(number) and low <= number <= high):
        ends = " and ".join([f"at least {low:g}"] * math.isfinite(low) + [f"at most {high:g}"] * math.isfinite(high))
        both = math.isfinite(low) and math.isfinite(high)
        wanted = f"a number from {low:g} to {high:g}" if both else f"a finite number{ends and ', '}{ends}"
        raise InvalidArgument(f"{what} must be {wanted}{unit and ' '}{unit}, not {shown(value)}.")
    return number


class Argument(Protocol):
    """The kind of value that a parameter takes."""

    def check(self, what: str, value: Any) -> Any:
        """Return the value as plain Python, or raise :class:`core.errors.InvalidArgument` or :class:`core.errors.UnknownName`."""


@dataclass(frozen=True)
class Number:
    """A finite number from ``low`` to ``high``, in ``unit``."""

    low: float = -math.inf
    high: float = math.inf
    unit: str = ""

    def __str__(self) -> str:
        ends = [f"from {self.low:g}"] if math.isfinite(self.low) else []
        ends += [f"to {self.high:g}"] if math.isfinite(self.high) else []
        return " ".join([*ends, *([self.unit] if self.unit else [])])

    def check(self, what: str, value: Any) -> float:
        """As :meth:`Argument.check`."""
        return in_range(what, value, self.low, self.high, self.unit)


@dataclass(frozen=True)
class Whole:
    """A whole number from ``low`` to ``high``."""

    low: int
    high: int

    def __str__(self) -> str:
        return f"from {self.low} to {self.high}"

    def check(self, what: str, value: Any) -> int:
        """As :meth:`Argument.check`."""
        if not isinstance(value, numbers.Integral) or isinstance(value, bool) or not self.low <= int(value) <= self.high:
            raise InvalidArgument(f"{what} must be a whole number from {self.low} to {self.high}, not {shown(value)}.")
        return int(value)


@dataclass(frozen=True)
class OneOf:
    """One of some names."""

    names: tuple[str, ...]

    def __str__(self) -> str:
        return ", ".join(self.names)

    def check(self, what: str, value: Any) -> str:
        """As :meth:`Argument.check`."""
        if not isinstance(value, str) or value not in self.names:
            raise unknown_name(what, value if isinstance(value, str) else shown(value), self.names)
        return value


@dataclass(frozen=True)
class Flag:
    """True or False."""

    def __str__(self) -> str:
        return ""

    def check(self, what: str, value: Any) -> bool:
        """As :meth:`Argument.check`."""
        if not isinstance(value, bool | np.bool_):
            raise InvalidArgument(f"{what} must be True or False, not {shown(value)}.")
        return bool(value)


@dataclass(frozen=True)
class Plain:
    """What a parameter takes of which nothing is declared: anything but a number that is not finite, as it is."""

    def __str__(self) -> str:
        return ""

    def check(self, what: str, value: Any) -> Any:
        """As :meth:`Argument.check`."""
        if isinstance(value, numbers.Real) and not isinstance(value, bool):
            in_range(what, value)
        return value


def kind_of(default: Any) -> Argument:
    """The kind of a parameter of which only the default is known."""
    return Flag() if isinstance(default, bool) else Plain()


def row_mask(rows: Iterable[int] | np.ndarray | None, count: int) -> np.ndarray:
    """Turn indices, a bool mask or None (all) into a bool mask of length ``count``.

    Raises:
        InvalidArgument: an index outside 0..count-1, a mask of another length, or anything else.
    """
    if rows is None:
        return np.ones(count, bool)
    try:
        chosen = np.asarray(rows if isinstance(rows, np.ndarray) else list(itertools.islice(rows, count + 1)))
    except Exception:  # whatever somebody's rows do when they are looked at
        raise InvalidArgument(f"Rows must be whole numbers from 0 to {count - 1}, or a mask, not {shown(rows)}.") from None
    if chosen.dtype == bool:
        if chosen.shape != (count,):
            raise InvalidArgument(f"A row mask must have shape ({count},), not {chosen.shape}.")
        return chosen.copy()
    whole = chosen.dtype.kind in "iu" and chosen.ndim == 1 and len(chosen) <= count
    if chosen.size and not (whole and chosen.min() >= 0 and chosen.max() < count):
        raise InvalidArgument(f"Rows must be whole numbers from 0 to {count - 1}, not {shown(chosen.tolist())}.")
    mask = np.zeros(count, bool)
    mask[chosen.astype(int)] = True
    return mask
