"""Growth: the learner acts while the reflex is calm, the more often the older the animal. (Say what yours does.)"""

from __future__ import annotations

import numpy as np

from agents.hand_over import HandOver
from envs.messages import Proposal, Reflex

_URGENT, _GROWN = 0.45, 0.5  # CHANGE: settings; chosen


class Growth(HandOver):
    """Who is in charge, for each animal and tick."""

    name = "growth"
    proven = "Nothing."  # CHANGE: is "never worse than the reflex" proven, and under what assumption?

    def choose(self, reflex: Reflex, proposal: Proposal, age: np.ndarray) -> np.ndarray:
        """(rows,) bool: where the learner's proposal is carried out. CHANGE."""
        grown = np.minimum(1.0, self.share_of_life(age) / _GROWN)
        draw = self.streams.uniform("hand-over", 1)[:, 0]
        return (draw < grown) & (reflex.urgency < _URGENT) & ~proposal.defers
