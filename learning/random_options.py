"""Chance for a learner: the same motor programmes, chosen at random, for life."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.interfaces import Gains, Proposal, Reflex
from learning.options import BoutGenome, BoutLearner
from learning.subsystem import Anatomy


class Babbler(BoutLearner):
    """Tries motor programmes uniformly at random, bout by bout, and learns nothing."""

    name = "babble"

    def __init__(self, num_animals: int, anatomy: Anatomy, may_defer: bool = True, genome: None = None) -> None:
        settings = BoutGenome(rate=0.0, optimism=-1.0, explore=1.0, explore_aroused=1.0)
        super().__init__(num_animals, anatomy, may_defer, settings)

    def birth(self, seeds: np.ndarray, mask: np.ndarray) -> None:
        """As the bout learner's, without plasticity."""
        super().birth(seeds, mask)
        self.lesions.plasticity[mask] = True

    def propose(self, context: np.ndarray, reflex: Reflex, gains: Gains) -> Proposal:
        """Every bout explores, at any age."""
        return super().propose(context, reflex, replace(gains, exploration=np.ones(self.num_animals)))
