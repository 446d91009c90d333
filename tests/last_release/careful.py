"""Learners that extend those of the last release, by its names."""

from dataclasses import replace

import numpy as np

from envs.messages import Proposal
from learning.bouts import BoutGenome, BoutLearner


class Careful(BoutLearner):
    """The bout learner, which calls its parent in everything, and counts."""

    name = "careful"
    purposes = (*BoutLearner.purposes, "checks")
    genome_type = BoutGenome

    def __init__(self, rows, anatomy, may_defer=True, settings=None):
        super().__init__(rows, anatomy, may_defer, settings)
        self.calls = {"recall": 0, "propose": 0, "learn": 0}
        self._context = None

    def recall(self, context):
        self.calls["recall"] += 1
        return super().recall(context)

    def propose(self, context, reflex, gains):
        self.calls["propose"] += 1
        self._context = context.copy()
        proposal = super().propose(context, reflex, gains)
        assert isinstance(proposal, Proposal)
        return proposal

    def learn(self, context, proposal, experience):
        self.calls["learn"] += 1
        assert np.array_equal(self._context, context), "it is its own, and nobody overwrites it"
        super().learn(context, proposal, experience)


class OnlyLearns(BoutLearner):
    """Overrides nothing but learning."""

    name = "only_learns"

    def learn(self, context, proposal, experience):
        super().learn(context, proposal, experience)


assert replace(BoutGenome(), enough=9.0).enough == 9.0
