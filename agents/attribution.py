"""Which subsystem was causally upstream of each decision, by what each would have done."""

from __future__ import annotations

import numpy as np

from agents.disagreement import Disagreement
from agents.population import Population
from agents.steered_world import Tick

CAUSES = ("steering", "steering, guided by memory", "either", "both, mixed", "learning")
"""Who caused an act, in this order:

- the reflex acted, and would have acted so without any memory;
- the reflex acted, but without what was learned it would have acted otherwise;
- learning and the reflex wanted the same;
- the act is a mixture that neither wanted alone;
- the learner acted, and the reflex would have done something else.
"""
STEERING, GUIDED, EITHER, MIXED, LEARNING = range(len(CAUSES))


class Attribution:
    """An observer that counts causes: ``by_age`` (ages, causes), and ``by_want`` (ages, wants, causes), in animal-steps.

    Args:
        population: whose life it is; its world then also works out what reflexes without memory would have done.
        steps: for how long it will be watched.
        ages: into how many ages that is cut.
    """

    def __init__(self, population: Population, steps: int, ages: int = 20) -> None:
        population.steered.counterfactual = True
        self.wants = population.steered.steering.wants
        self.by_want = np.zeros((ages, len(self.wants), len(CAUSES)))
        self._unguided: np.ndarray | None = None
        self._steps, self._ages, self._step = steps, ages, 0
        self._acts = Disagreement(population.world.single_action_space)

    @property
    def by_age(self) -> np.ndarray:
        """(ages, causes)."""
        return self.by_want.sum(axis=1)

    def __call__(self, population: Population, tick: Tick) -> None:
        causes = self.causes(tick, self._unguided)
        age = min(self._ages - 1, self._step * self._ages // self._steps)
        flat = tick.reflex.want * len(CAUSES) + causes
        self.by_want[age] += np.bincount(flat, minlength=self.by_want[0].size).reshape(self.by_want[0].shape)
        self._unguided = population.steered.unguided
        self._step += 1

    def causes(self, tick: Tick, unguided: np.ndarray | None) -> np.ndarray:
        """(animals,) index into ``CAUSES`` for one tick; ``unguided`` is the reflex without memory, or None if not known."""
        reflex, learner, done = tick.reflex.action, tick.proposal.action, tick.action
        learner_wants = ~tick.proposal.defers
        found = np.full(len(done), MIXED)
        reflexes = self._acts.same(done, reflex)
        found[reflexes] = STEERING
        if unguided is not None:
            found[reflexes & ~self._acts.same(reflex, unguided)] = GUIDED
        found[self._acts.same(done, learner) & learner_wants & ~reflexes] = LEARNING
        found[reflexes & self._acts.same(reflex, learner) & learner_wants & tick.in_charge] = EITHER
        return found
