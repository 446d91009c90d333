"""Chance for a learner: the same motor programmes, chosen at random, for life."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.interfaces import Gains, Proposal, Reflex
from learning.options import OptionGenome, OptionLearner
from learning.subsystem import LearnerSpec


class RandomOptions(OptionLearner):
    """Tries motor programmes uniformly at random, bout by bout, and learns nothing."""

    name = "random_options"

    def __init__(self, num_animals: int, spec: LearnerSpec, may_defer: bool = True, genome: None = None) -> None:
        settings = OptionGenome(rate=0.0, optimism=-1.0, explore=1.0, explore_aroused=1.0)
        super().__init__(num_animals, spec, may_defer, settings)

    def birth(self, seeds: np.ndarray, mask: np.ndarray) -> None:
        """As the option learner's, without plasticity."""
        super().birth(seeds, mask)
        self.lesions.plasticity[mask] = True

    def _propose(self, observation: np.ndarray, reflex: Reflex, gains: Gains) -> Proposal:
        """Every bout explores, at any age."""
        return super()._propose(observation, reflex, replace(gains, exploration=np.ones(self.num_animals)))
