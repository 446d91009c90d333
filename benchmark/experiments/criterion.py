"""Conditions that a score must meet. What is compared and what is said about it come from one place, so they cannot drift apart."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

Measure = float | dict[str, float]
"""A number, or one with its 95% interval: ``{"mean": ..., "low": ..., "high": ...}``."""

MARGIN = 0.02
"""Of the scale from random (0) to oracle (1): what is less than this worse is no worse, and less than this above chance is chance."""

_RELATIONS = {
    "above": operator.gt,
    "at least": operator.ge,
    "below": operator.lt,
    "at most": operator.le,
    "is": operator.eq,
}
_OTHER_END = {"low": "high", "high": "low"}
_PARTS = {"mean": "", "low": "lower bound of ", "high": "upper bound of "}


@dataclass(frozen=True)
class Condition:
    """One number of a score compared with a bound.

    Attributes:
        measure: its name in :attr:`benchmark.experiments.experiment.Score.measures`.
        relation: "above", "at least", "below", "at most" or "is".
        bound: what it is compared with.
        part: which number of a measure with an interval: "mean", "low" or "high".
        either_way: whether the size of the number is compared, not the number.
    """

    measure: str
    relation: str
    bound: float
    part: str = "mean"
    either_way: bool = False

    @property
    def text(self) -> str:
        """The condition in words."""
        if self.relation == "is" and self.bound is True:
            return self.measure
        size = "size of " if self.either_way else ""
        return f"{_PARTS[self.part]}{size}{self.measure} {self.relation} {self.bound:g}"

    def held_against(self, measures: Mapping[str, Measure]) -> dict[str, Any]:
        """``text``, ``value`` and ``holds``; a number that is missing (NaN) never holds."""
        measure = measures[self.measure]
        value = float(measure[self.part] if isinstance(measure, dict) else measure)
        compared = abs(value) if self.either_way else value
        return {"text": self.text, "value": value, "holds": bool(_RELATIONS[self.relation](compared, self.bound))}

    def undecided(self, measures: Mapping[str, Measure]) -> bool:
        """Whether it does not hold, but might with more animals: the other end of the interval is beyond the bound."""
        measure = measures[self.measure]
        if self.part not in _OTHER_END or not isinstance(measure, dict) or self.held_against(measures)["holds"]:
            return False
        return replace(self, part=_OTHER_END[self.part]).held_against(measures)["holds"]


def above(measure: str, bound: float = 0.0) -> Condition:
    """The number, or the mean, is above ``bound``."""
    return Condition(measure, "above", bound)


def below(measure: str, bound: float = 0.0) -> Condition:
    """The number, or the mean, is below ``bound``."""
    return Condition(measure, "below", bound)


def at_least(measure: str, bound: float = 0.0) -> Condition:
    """The number, or the mean, is ``bound`` or more."""
    return Condition(measure, "at least", bound)


def at_most(measure: str, bound: float = 0.0) -> Condition:
    """The number, or the mean, is ``bound`` or less."""
    return Condition(measure, "at most", bound)


def surely_above(measure: str, bound: float = 0.0) -> Condition:
    """The whole 95% interval is above ``bound``."""
    return Condition(measure, "above", bound, "low")


def surely_below(measure: str, bound: float = 0.0) -> Condition:
    """The whole 95% interval is below ``bound``."""
    return Condition(measure, "below", bound, "high")


def surely_at_least(measure: str, bound: float = 0.0) -> Condition:
    """The whole 95% interval is at ``bound`` or above."""
    return Condition(measure, "at least", bound, "low")


def surely_at_most(measure: str, bound: float = 0.0) -> Condition:
    """The whole 95% interval is at ``bound`` or below."""
    return Condition(measure, "at most", bound, "high")


def within(measure: str, bound: float) -> Condition:
    """The mean is less than ``bound`` away from 0."""
    return Condition(measure, "below", bound, either_way=True)


def within_or_at(measure: str, bound: float) -> Condition:
    """The mean is at most ``bound`` away from 0."""
    return Condition(measure, "at most", bound, either_way=True)


def true(measure: str) -> Condition:
    """What the name of the measure says is so."""
    return Condition(measure, "is", True)
