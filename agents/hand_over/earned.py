"""Earned control: the learner must show, act by act, that it does better than the reflex."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from agents.hand_over.base import HandOver
from core.batch_state import BatchState
from core.interfaces import Proposal, Reflex, Verdict


class Earned(HandOver):
    """The learner acts where its own evidence says that it beats the reflex by a margin.

    *Evidence* is the advantage over letting the reflex act, less ``doubts`` times the learner's own doubt about it (``advantage`` -
    ``lower_bound``), and visits of the active units (``familiarity``), after SPIBB's counts (Laroche et al. 2019) and the
    advantage gate Q(s, learner) - Q(s, reflex) > margin. While the reflex is urgent, ``urgent_doubts`` are subtracted, so that
    nothing but much evidence lifts its veto. The learner may also explore, but never while the reflex is urgent.

    *The reflex has a record too*: for how long something was at stake (urgency or arousal of ``at_stake`` or more) while the animal
    did as the reflex would, or explored, and what steering then judged good and bad, all fading over ``patience`` of a life. Acts
    are ``alike`` up to that share of their distance from rest. What comes within ``credit_time`` seconds of an act that the reflex
    would not have done is not credited to it. A reflex that had its chance is *futile* if nothing that came was good, or less than
    ``least_good`` of it. The learner then needs no proof and acts as if it were alone, urgent or not. A reflex that has once proved
    its worth is cleared for life, since a grown learner leaves it the lean times.
    """

    name = "earned"
    proven = (
        "With a tabular or bounded-error critic of the reflex's value, a margin of at least twice its error makes "
        "the deployed policy no worse than the reflex in any state. Here the critic is a function approximator of "
        "the mixture's value and exploration costs extra, so it is an observation, not a theorem."
    )
    margin: ClassVar[float] = 0.02
    urgent_margin: ClassVar[float] = 1.0
    familiar: ClassVar[float] = 0.6
    too_urgent: ClassVar[float] = 0.45
    doubts: ClassVar[float] = 3.0
    urgent_doubts: ClassVar[float] = 100.0
    at_stake: ClassVar[float] = 0.25
    patience: ClassVar[float] = 0.02
    least_good: ClassVar[float] = 1.0 / 3.0
    credit_time: ClassVar[float] = 1.5
    alike: ClassVar[float] = 0.2

    def _make_state(self, num_animals: int) -> BatchState:
        return BatchState(num_animals, **self._record_of_the_reflex())

    @staticmethod
    def _record_of_the_reflex() -> dict[str, float | bool]:
        """The fields of the record, with their first values."""
        numbers = dict.fromkeys(("in_need", "good", "bad", "since_other"), 0.0)
        return numbers | dict.fromkeys(("cleared", "at_stake", "explores", "agree"), False)

    def choose(self, reflex: Reflex, proposal: Proposal, age: np.ndarray) -> np.ndarray:
        margin = self.margin + self.urgent_margin * reflex.urgency**2
        doubt = np.maximum(0.0, proposal.advantage - proposal.lower_bound)  # 0 for learners that state a bound alone
        urgent = reflex.urgency >= self.too_urgent
        further = np.where(urgent, self.urgent_doubts, self.doubts) - 1.0  # the lower bound has one off already
        earned = proposal.lower_bound - further * doubt > margin
        earned &= proposal.familiarity >= self.familiar
        trusted = np.where(proposal.explores, ~urgent, earned)
        record = self.state
        record.at_stake = np.maximum(reflex.urgency, reflex.arousal) >= self.at_stake
        record.explores = proposal.explores
        record.agree = self._alike(reflex.action, proposal.action)
        return (self.futile() | trusted) & ~proposal.defers

    def learn(self, verdict: Verdict, in_charge: np.ndarray, ended: np.ndarray) -> None:
        """Keep the reflex's record: how long it was needed, and what good and bad came while it was in charge."""
        record = self.state
        as_reflex = ~in_charge | record.agree
        record.since_other = np.where(as_reflex, record.since_other + self.dt, 0.0)
        own = record.since_other >= self.credit_time
        unproven = record.at_stake & (record.explores | as_reflex)
        kept = np.where(unproven, max(0.0, 1.0 - self.dt / (self.patience * self.lifetime)), 1.0)
        record.in_need = kept * record.in_need + self.dt * unproven
        record.good = kept * record.good + np.maximum(0.0, verdict.judged) * own
        record.bad = kept * record.bad + np.maximum(0.0, -verdict.judged) * own
        record.cleared |= self._tried() & self._brings_good()

    def futile(self) -> np.ndarray:
        record = self.state
        return self._tried() & ~record.cleared & ~self._brings_good()

    def _alike(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """(animals,) bool: two actions are much the same: numbered ones if they are equal, graded ones by their distance from rest."""
        if np.issubdtype(np.asarray(one).dtype, np.integer):
            return np.asarray(one == other)
        from_rest = [(action - self.rest).reshape(self.num_animals, -1) for action in (one, other)]
        sizes = [np.square(action).sum(axis=1) for action in from_rest]
        return np.square(from_rest[0] - from_rest[1]).sum(axis=1) <= self.alike**2 * np.maximum(*sizes)

    def _tried(self) -> np.ndarray:
        return self.state.in_need >= (1.0 - math.exp(-1.0)) * self.patience * self.lifetime

    def _brings_good(self) -> np.ndarray:
        record = self.state
        return (record.good > 0.0) & (record.good >= self.least_good * (record.good + record.bad))
