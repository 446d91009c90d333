"""A learner and a hand-over rule as a third party would write them: one file, nothing registered."""

from __future__ import annotations

from typing import Any

import numpy as np

from agents.hand_over.base import HandOver
from core.batch_state import Rows
from core.interfaces import Gains, Proposal, Reflex
from learning.subsystem import Experience, Learner


class Stubborn(Learner):
    """Always proposes the command that it drew at birth."""

    name = "stubborn"

    def birth(self, seeds: np.ndarray, mask: np.ndarray) -> None:
        """Draw it."""
        self.streams.seed(seeds, mask)
        shape = self.anatomy.command_space.shape or (1,)
        if not hasattr(self, "own"):
            self.own = Rows(self.num_animals, command=np.zeros(shape))
        self.own.command[mask] = self.streams.uniform("wiring", int(np.prod(shape)), mask)[mask].reshape(-1, *shape)

    def begin(self, mask: np.ndarray) -> None:
        """Nothing begins."""

    def propose(self, context: np.ndarray, reflex: Reflex, gains: Gains) -> Proposal:
        """The same as ever."""
        return Proposal.plain(self.own.command.copy())

    def learn(self, context: np.ndarray, proposal: Proposal, experience: Experience) -> None:
        """Nothing is learned."""

    def _state_parts(self) -> dict[str, Any]:
        return {"wiring": self.own, "streams": self.streams}


class Coin(HandOver):
    """Tosses a coin at every tick."""

    name = "coin"
    proven = "Nothing."

    def choose(self, reflex: Reflex, proposal: Proposal, age: np.ndarray) -> np.ndarray:
        return self.streams.uniform("hand-over", 1)[:, 0] < 0.5
