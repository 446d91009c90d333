"""The contract of hand-over rules: who is in charge, for each animal and tick. The rules are in the files beside this one.

``proven`` states for each rule whether "never worse than the reflex" is proven, and under what
assumption; everything else is an observation that the benchmark reports.
"""

from __future__ import annotations

import abc
import math
from typing import Any, ClassVar

import numpy as np

from core.batch_state import BatchState, nest, unnest
from core.errors import BrokenHandOver, shown_kind
from core.interfaces import Proposal, Reflex, Verdict
from core.registry import Registry
from core.renamed import accept_old_members, renamed_attributes
from core.streams import RowStreams, check_same_layout

_OLD_MEMBERS = {"lesson": "shaping_reward"}


@renamed_attributes(rows="num_animals")
class HandOver(abc.ABC):
    """A rule for ``num_animals`` animals that live ``dt`` seconds a step.

    Args:
        num_animals: how many.
        dt: seconds per step.
        rest: the action of an animal that does nothing; what a rule that adds actions counts from.
        lifetime: seconds of a whole life of the species, against which schedules are set.
    """

    name: ClassVar[str]
    proven: ClassVar[str]
    may_defer: ClassVar[bool] = True
    graded: ClassVar[bool] = False
    """Whether the rule mixes actions, so that it needs a world of graded ones (a Box)."""
    stream_names: ClassVar[tuple[str, ...]] = ("hand-over",)
    """One for each purpose for which random numbers are drawn."""

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        accept_old_members(cls, _OLD_MEMBERS)

    def __init__(self, num_animals: int, dt: float, rest: np.ndarray | None = None, lifetime: float = math.inf) -> None:
        self.num_animals, self.dt, self.lifetime = num_animals, dt, lifetime
        self.rest = np.zeros(1) if rest is None else rest
        self.streams = RowStreams(num_animals, self.stream_names)
        self.state = self._make_state(num_animals)

    def _make_state(self, num_animals: int) -> BatchState:
        return BatchState(num_animals)

    @abc.abstractmethod
    def choose(self, reflex: Reflex, proposal: Proposal, age: np.ndarray) -> np.ndarray:
        """(animals,) bool: where the learner's proposal is carried out, or has the larger say. ``age`` in s of life, (animals,)."""

    def combine(self, reflex: Reflex, proposal: Proposal, in_charge: np.ndarray) -> np.ndarray:
        """(animals, *action shape) what is carried out: one or the other, unless the rule mixes them."""
        return np.where(per_row(in_charge, proposal.action), proposal.action, reflex.action)

    def shaping_reward(self, reflex: Reflex, action: np.ndarray, age: np.ndarray) -> np.ndarray | None:
        """(animals,) added to the reward that the learner hears, by a rule in which the reflex also teaches; else None."""
        return None

    def futile(self) -> np.ndarray:
        """(animals,) bool: the reflex has been given its chance and brings no good, by the rule's own record; never, without one."""
        return np.zeros(self.num_animals, bool)

    def practising(self) -> np.ndarray:
        """(animals,) bool: the learner is in charge now for practice alone, of what it has not earned."""
        return np.zeros(self.num_animals, bool)

    def guiding(self) -> np.ndarray:
        """(animals,) bool: the reflex is in charge now to guide a young learner that has earned control."""
        return np.zeros(self.num_animals, bool)

    def learn(self, verdict: Verdict, in_charge: np.ndarray, ended: np.ndarray) -> None:
        """Keep a tally, if the rule has one."""

    def birth(self, seeds: np.ndarray, mask: np.ndarray) -> None:
        """Start the life of the chosen animals (bool mask) from their seeds (animals,)."""
        self.streams.seed(seeds, mask)
        self.state.restart(mask)

    def get_state(self) -> dict[str, np.ndarray]:
        """Tallies and streams, as copies."""
        return nest("tally", self.state.get_state()) | nest("streams", self.streams.get_state())

    def set_state(self, state: dict[str, np.ndarray]) -> None:
        """Restore what :meth:`get_state` gave."""
        check_same_layout(f"hand-over rule {self.name}", self.get_state(), state)
        self.state.set_state(unnest("tally", state))
        self.streams.set_state(unnest("streams", state))

    def share_of_life(self, age: np.ndarray) -> np.ndarray:
        """(animals,) ``age`` as a share of the species' lifetime; 0 where that is not known."""
        return age / self.lifetime


def per_row(values: np.ndarray, action: np.ndarray) -> np.ndarray:
    """Shape (animals,) values so that they apply to whole actions (animals, ...)."""
    return values.reshape((-1,) + (1,) * (action.ndim - 1))


def broken_choice(rule: HandOver, given: Any) -> BrokenHandOver:
    """The error that says what ``choose`` must give."""
    return BrokenHandOver(
        f"The hand-over rule {type(rule).__name__} in {type(rule).__module__} broke its contract: choose must return "
        f"bool[{rule.num_animals}], True where the learner is in charge, not {shown_kind(given)}."
    )


def _broken_rule(kind: Any) -> str | None:
    missing = [name for name in ("name", "proven") if not isinstance(getattr(kind, name, None), str)]
    return f"it lacks the class attribute {missing[0]}, a text" if missing else None


hand_over_rules = Registry(
    "hand-over rule", HandOver, "agents", "nestling.hand_over", key=lambda rule: rule.name, broken_rule=_broken_rule
)


def hand_over_rule(name: Any) -> type[HandOver]:
    """The class of a rule by name, ``module:Class`` or itself."""
    return hand_over_rules.get(name)
