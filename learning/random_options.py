"""Chance for a learner: the same motor programmes, chosen at random, for life."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from core.interfaces import Gains, Proposal, Reflex
from learning.cortex import Cortex
from learning.cortical_genome import CorticalGenome
from learning.subsystem import LearnerSpec

_OWN_LUCK = np.uint64(0x9E3779B97F4A7C15)


class RandomOptions(Cortex):
    """Tries motor programmes uniformly at random, act by act, and learns nothing."""

    name = "random_options"

    def __init__(self, num_animals: int, spec: LearnerSpec, may_defer: bool = True, genome: None = None) -> None:
        settings = CorticalGenome(map_rate=0.0, mixed_rate=0.0, motor_rate=0.0, optimism=-1.0, explore=1.0)
        super().__init__(num_animals, replace(spec, judging_delay=None), may_defer, settings)

    def birth(self, seeds: np.ndarray, mask: np.ndarray) -> None:
        """As the cortex's, without plasticity, and with luck of its own: else it would repeat a newborn cortex act by act."""
        super().birth(np.asarray(seeds, np.uint64) ^ _OWN_LUCK, mask)
        self.lesions.plasticity[mask] = True

    def _propose(self, observation: np.ndarray, reflex: Reflex, gains: Gains) -> Proposal:
        """Every act explores, at any age."""
        return super()._propose(observation, reflex, replace(gains, exploration=np.ones(self.num_animals)))
