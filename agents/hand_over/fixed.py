"""Hand-over rules that look at nothing but age: the two extremes, and schedules."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from agents.hand_over.base import HandOver
from core.batch_state import BatchState
from core.interfaces import Proposal, Reflex


class Never(HandOver):
    """The reflex always acts; the learner only watches."""

    name = "never"
    proven = "Equal to the reflex by construction."

    def choose(self, reflex: Reflex, proposal: Proposal, age: np.ndarray) -> np.ndarray:
        return np.zeros(self.num_animals, bool)


class Always(HandOver):
    """The learner always acts and cannot defer: learning from scratch without an innate part in control."""

    name = "always"
    proven = "Nothing: a newborn is at chance."
    may_defer = False

    def choose(self, reflex: Reflex, proposal: Proposal, age: np.ndarray) -> np.ndarray:
        return np.ones(self.num_animals, bool)


class Maturation(HandOver):
    """Control passes on a schedule of age: in each bout the learner acts with probability 1 - exp(-4 age / lifetime)."""

    name = "maturation"
    proven = "Nothing: the schedule does not look at what was learned."
    steepness: ClassVar[float] = 4.0

    def _make_state(self, num_animals: int) -> BatchState:
        return BatchState(num_animals, learner=False)

    def _matured(self, age: np.ndarray) -> np.ndarray:
        """(animals,) chance that the learner gets to act at this age."""
        return 1.0 - np.exp(-self.steepness * self.share_of_life(age))

    def choose(self, reflex: Reflex, proposal: Proposal, age: np.ndarray) -> np.ndarray:
        draw = self.streams.uniform("hand-over", 1, proposal.new_decision)[:, 0]
        self.state.learner = np.where(proposal.new_decision, draw < self._matured(age), self.state.learner)
        return self.state.learner & ~proposal.defers


class Annealed(Maturation):
    """The chance of acting by rule falls in a straight line to 0 at half of life.

    As the hand-written rules of the closest published testbed are annealed (aintelope, biological-compatibility-benchmarks,
    2024); there by step, here by bout.
    """

    name = "annealed"
    proven = "Nothing: a fixed schedule."
    until: ClassVar[float] = 0.5

    def _matured(self, age: np.ndarray) -> np.ndarray:
        return np.minimum(1.0, self.share_of_life(age) / self.until)
