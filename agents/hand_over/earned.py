"""Earned control: the learner must show, act by act, that it does better than the reflex."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from agents.hand_over.base import HandOver
from agents.hand_over.kernels import Evidence, Proof, are_alike, choose_earned, learn_earned
from core.batch_state import RecordState
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
    state: RecordState

    def __init__(self, num_animals: int, dt: float, rest: np.ndarray | None = None, lifetime: float = math.inf) -> None:
        super().__init__(num_animals, dt, rest, lifetime)
        patience = self.patience * lifetime
        self._proof = Proof(
            margin=self.margin,
            urgent_margin=self.urgent_margin,
            familiar=self.familiar,
            too_urgent=self.too_urgent,
            doubts=self.doubts,
            urgent_doubts=self.urgent_doubts,
            at_stake=self.at_stake,
            least_good=self.least_good,
            credit_time=self.credit_time,
            dt=dt,
            kept=max(0.0, 1.0 - dt / patience),
            tried=(1.0 - math.exp(-1.0)) * patience,
        )

    def _make_state(self, num_animals: int) -> RecordState:
        return RecordState(num_animals, **self._record_of_the_reflex())

    @staticmethod
    def _record_of_the_reflex() -> dict[str, float | bool]:
        """The fields of the record, with their first values."""
        numbers = dict.fromkeys(("in_need", "good", "bad", "since_other"), 0.0)
        return numbers | dict.fromkeys(("cleared", "futile", "at_stake", "explores", "agree"), False)

    def choose(self, reflex: Reflex, proposal: Proposal, age: np.ndarray) -> np.ndarray:
        chosen = np.zeros(self.num_animals, bool)
        alike = self._alike(reflex.action, proposal.action)
        choose_earned(reflex.urgency, reflex.arousal, alike, evidence_of(proposal), self._proof, self.state.records, chosen)
        return chosen

    def learn(self, verdict: Verdict, in_charge: np.ndarray, ended: np.ndarray) -> None:
        """Keep the reflex's record: how long it was needed, and what good and bad came while it was in charge."""
        learn_earned(verdict.judged, in_charge, self._proof, self.state.records)

    def futile(self) -> np.ndarray:
        return self.state.futile.copy()

    def _alike(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """(animals,) bool: two actions are much the same: numbered ones if they are equal, graded ones by their distance from rest."""
        if np.issubdtype(np.asarray(one).dtype, np.integer):
            return np.asarray(one == other)
        alike = np.empty(self.num_animals, bool)
        are_alike(self._flat(one), self._flat(other), np.asarray(self.rest, float).ravel(), self.alike, alike)
        return alike

    def _flat(self, action: np.ndarray) -> np.ndarray:
        return np.asarray(action, float).reshape(self.num_animals, -1)


def evidence_of(proposal: Proposal) -> Evidence:
    """What the kernels take of a proposal."""
    return Evidence(*(getattr(proposal, name) for name in Evidence._fields))
