"""The rule of whole animals (agents named ``steered``): the learner must earn control, act by act."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from agents.hand_over.base import HandOver
from core.interfaces import Proposal, Reflex


class Earned(HandOver):
    """The learner acts where its own evidence says that it beats the reflex by a margin.

    Evidence is the advantage over letting the reflex act, less ``doubts`` times the learner's own doubt about it (``advantage`` -
    ``lower_bound``), and visits of the active units (``familiarity``), after SPIBB's counts (Laroche et al. 2019) and the
    advantage gate Q(s, learner) - Q(s, reflex) > margin. While the reflex is urgent, ``urgent_doubts`` are subtracted, so that
    nothing but much evidence lifts its veto. The learner may also explore, but never while the reflex is urgent.
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

    def choose(self, reflex: Reflex, proposal: Proposal, age: np.ndarray) -> np.ndarray:
        margin = self.margin + self.urgent_margin * reflex.urgency**2
        doubt = np.maximum(0.0, proposal.advantage - proposal.lower_bound)  # 0 for learners that state a bound alone
        urgent = reflex.urgency >= self.too_urgent
        further = np.where(urgent, self.urgent_doubts, self.doubts) - 1.0  # the lower bound has one off already
        earned = proposal.lower_bound - further * doubt > margin
        earned &= proposal.familiarity >= self.familiar
        tries = proposal.explores & ~urgent
        return np.where(proposal.explores, tries, earned) & ~proposal.defers
