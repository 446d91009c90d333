"""Hand-over rules that mix the two: actions that are added or averaged, and a reflex that teaches."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from agents.hand_over.base import HandOver, per_row
from core.batch_state import BatchState
from core.interfaces import Proposal, Reflex, Verdict


class Residual(HandOver):
    """The learner's action, as a deviation from rest, is added to the reflex's (Johannink et al. 2019; Silver et al. 2018).

    A deviation counts half, so that it corrects a reflex but cannot overturn it.
    """

    name = "residual"
    proven = "Nothing beyond birth: equal to the reflex while the learner proposes rest. A bad reflex cannot be overturned."
    graded = True
    share: ClassVar[float] = 0.5

    def choose(self, reflex: Reflex, proposal: Proposal, age: np.ndarray) -> np.ndarray:
        return ~proposal.defers

    def combine(self, reflex: Reflex, proposal: Proposal, in_charge: np.ndarray) -> np.ndarray:
        added = self.share * (proposal.action - self.rest)
        return reflex.action + np.where(per_row(in_charge, proposal.action), added, 0.0)


class BayesFusion(HandOver):
    """The product of two Gaussians: each action weighs as much as it is precise (Rana et al. 2023).

    The learner's precision is the odds of its familiarity (there: the agreement of an ensemble), and 0 where it defers; the
    reflex's is 1, and rises to 10 with its urgency. The mean of the product is carried out, except that what the learner tries
    out is carried out as it is while the reflex is not urgent (there: a sample of the product).
    """

    name = "bayes_fusion"
    proven = "Nothing: the reflex dominates where the learner has not been."
    graded = True
    too_urgent: ClassVar[float] = 0.45

    def _weight(self, reflex: Reflex, proposal: Proposal) -> np.ndarray:
        known = np.where(proposal.defers, 0.0, proposal.familiarity)
        learner = known / (1.0 - known + 0.1)
        tries = proposal.explores & ~proposal.defers & (reflex.urgency < self.too_urgent)
        return np.where(tries, 1.0, learner / (learner + 1.0 + 9.0 * reflex.urgency))

    def choose(self, reflex: Reflex, proposal: Proposal, age: np.ndarray) -> np.ndarray:
        return self._weight(reflex, proposal) > 0.5

    def combine(self, reflex: Reflex, proposal: Proposal, in_charge: np.ndarray) -> np.ndarray:
        weight = per_row(self._weight(reflex, proposal), proposal.action)
        return weight * proposal.action + (1.0 - weight) * reflex.action


class Kickstart(HandOver):
    """The learner always acts, and the reflex is its teacher: deviating from it costs reward, less with age.

    Kickstarting (Schmitt et al. 2018) adds to the loss the divergence from the teacher, with a falling weight. For Gaussian
    policies of one width that divergence is a squared distance, and taking it off the reward is the same objective, so
    that any learner can be taught so. Its unit is the mean size of steering's judgements so far.
    """

    name = "kickstart"
    proven = "Nothing: a newborn is at chance."
    may_defer = False
    graded = True
    weight: ClassVar[float] = 2.0
    steepness: ClassVar[float] = 4.0

    def _make_state(self, num_animals: int) -> BatchState:
        return BatchState(num_animals, size=0.0, steps=0)

    def choose(self, reflex: Reflex, proposal: Proposal, age: np.ndarray) -> np.ndarray:
        return np.ones(self.num_animals, bool)

    def shaping_reward(self, reflex: Reflex, action: np.ndarray, age: np.ndarray) -> np.ndarray:
        apart = ((action - reflex.action) ** 2).reshape(self.num_animals, -1).mean(axis=1)
        return -self.weight * np.exp(-self.steepness * self.share_of_life(age)) * self.state.size * apart

    def learn(self, verdict: Verdict, in_charge: np.ndarray, ended: np.ndarray) -> None:
        self.state.steps += 1
        self.state.size += (np.abs(verdict.judged) - self.state.size) / self.state.steps
