"""Where control matters: learning and the reflex would do different things, and something is at stake.

Most of many lives is rest, or waiting for nobody. The learner's share of all steps then says little about who decides.
"""

from __future__ import annotations

import gymnasium as gym
import numpy as np
from gymnasium.spaces import Box

from agents.steered_world import Tick

SAME = 0.1
"""Largest difference of two actions that are one act: root mean square, in half ranges of an action."""
AT_STAKE = 0.25
"""Least urgency or arousal of a reflex at which something is at stake."""
WORTH = 0.05
"""Least difference between the learner's act and the reflex's, in reward that the learner expects, at which something is at stake."""


class Disagreement:
    """Compares what the two subsystems would do.

    Args:
        space: of the world's actions.
    """

    def __init__(self, space: gym.Space) -> None:
        self._half_range = 0.5 * (space.high - space.low).ravel().astype(float) if isinstance(space, Box) else None

    def same(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """(animals,) bool: two actions (animals, *action shape) are one act."""
        if self._half_range is None:
            return np.asarray(one == other)
        apart = (one - other).reshape(len(one), -1) / self._half_range
        return np.sqrt((apart**2).mean(axis=1)) <= SAME

    def matters(self, tick: Tick) -> np.ndarray:
        """(animals,) bool: it matters who is in charge.

        The learner would do something else than the reflex, because it thinks it better and not to find out, and something is
        at stake (see :data:`AT_STAKE` and :data:`WORTH`).
        """
        reflex, proposal = tick.reflex, tick.proposal
        stake = np.maximum(reflex.urgency, reflex.arousal) >= AT_STAKE
        stake |= np.abs(proposal.advantage) >= WORTH
        return stake & ~proposal.defers & ~proposal.explores & ~self.same(reflex.action, proposal.action)
