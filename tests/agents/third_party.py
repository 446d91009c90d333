"""A learner and a hand-over rule as a third party would write them: one file, nothing registered."""

from __future__ import annotations

from typing import Any

import numpy as np

from agents.hand_over.base import HandOver
from core.batch_state import BatchState
from core.interfaces import Gains, Proposal, Reflex
from learning.subsystem import Learner, Transition


class Stubborn(Learner):
    """Always proposes the action that it drew at birth."""

    name = "stubborn"

    def birth(self, seeds: np.ndarray, mask: np.ndarray) -> None:
        """Draw it."""
        self.streams.seed(seeds, mask)
        shape = self.spec.action_space.shape or (1,)
        if not hasattr(self, "own"):
            self.own = BatchState(self.num_animals, action=np.zeros(shape))
        self.own.action[mask] = self.streams.uniform("wiring", int(np.prod(shape)), mask)[mask].reshape(-1, *shape)

    def begin(self, mask: np.ndarray) -> None:
        """Nothing begins."""

    def _propose(self, observation: np.ndarray, reflex: Reflex, gains: Gains) -> Proposal:
        """The same as ever."""
        return Proposal.plain(self.own.action.copy())

    def _learn(self, transition: Transition) -> None:
        """Nothing is learned."""

    def _state_parts(self) -> dict[str, Any]:
        return {"wiring": self.own, "streams": self.streams}


class Coin(HandOver):
    """Tosses a coin at every tick."""

    name = "coin"
    proven = "Nothing."

    def choose(self, reflex: Reflex, proposal: Proposal, age: np.ndarray) -> np.ndarray:
        return self.streams.uniform("hand-over", 1)[:, 0] < 0.5
