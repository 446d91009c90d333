"""A learner whose critic evaluates a fixed baseline, adopts what has proven itself as the next one, and begins anew.

This is what the theorem of the advantage gate asks for and the default learner does not do: its critic evaluates the mixture
that it is part of. Here the baseline is the reflex alone at first. Values are of *acting once and then following the
baseline*, so an advantage says in which states a single departure pays. Departing wherever it surely pays is the mixture; when
blocks of the mixture have earned more than blocks of the baseline, what the read-out says then is kept as the new
baseline (conservative policy iteration in steps: Kakade and Langford 2002).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from core.batch_state import BatchState
from core.interfaces import Gains, Proposal, Reflex
from core.renamed import renamed_attributes
from learning.option_kernels import DEFER
from learning.options import OptionGenome, OptionLearner
from learning.subsystem import LearnerSpec, Transition


@renamed_attributes(enough="min_visits")
@dataclass(frozen=True)
class PolicyIterationGenome(OptionGenome):
    """As :class:`learning.options.OptionGenome`, and for the gate:

    Attributes:
        errors: standard errors by which an advantage must exceed 0 (the margin; 2 on either side of the theorem's epsilon).
        familiar: share of active units with enough visits from which an advantage counts.
        block: length of the blocks that are compared, s.
        checks: share of blocks under the baseline alone.
        blocks: least number of blocks of each kind.
        sure: standard errors by which the mixture must have earned more.
        fading: by which older blocks lose weight with each that is added.
    """

    errors: float = 2.0
    familiar: float = 0.6
    block: float = 20.0
    checks: float = 0.25
    blocks: float = 20.0
    sure: float = 1.64
    fading: float = 0.01


class PolicyIterationLearner(OptionLearner):
    """Evaluates a baseline, departs from it where that surely pays, and adopts the mixture when it has proven itself."""

    name = "policy_iteration"
    stream_names = (*OptionLearner.stream_names, "checks")
    genome: PolicyIterationGenome
    genome_type = PolicyIterationGenome

    def __init__(
        self, num_animals: int, spec: LearnerSpec, may_defer: bool = True, genome: PolicyIterationGenome | None = None
    ) -> None:
        super().__init__(num_animals, spec, may_defer, genome)
        self.baseline = BatchState(num_animals, weights=self.synapses.weights[0].copy(), rounds=0)
        two = np.zeros(2)
        self.gate = BatchState(
            num_animals,
            base=DEFER,
            adopted=False,
            advantage=0.0,
            left=0,
            checking=False,
            total=0.0,
            count=two,
            mean=two,
            square=two,
        )
        self._block = max(1, round(self.genome.block / spec.dt))
        self._fixed = len(self.option_names) - len(self.aim.usable[0])

    def birth(self, seeds: np.ndarray, mask: np.ndarray) -> None:
        """The baseline of a newborn is the reflex."""
        super().birth(seeds, mask)
        self.baseline.restart(mask)
        self.gate.restart(mask)

    def _propose(self, observation: np.ndarray, reflex: Reflex, gains: Gains) -> Proposal:
        """As the option learner, with blocks in which only the baseline acts."""
        gate = self.gate
        over = gate.left <= 0
        if over.any():
            draw = self.streams.uniform("checks", 1, over)[:, 0]
            gate.checking = np.where(over, draw < self.genome.checks, gate.checking)
            gate.left = np.where(over, self._block, gate.left)
            gate.total[over] = 0.0
            self.bout.left[over] = 0  # a block begins with a decision, or it would count what the other kind began
        proposal = super()._propose(observation, reflex, gains)
        proposal.advantage = gate.advantage.copy()
        proposal.adopted = gate.adopted.copy()
        return proposal

    def _estimates(self, table: np.ndarray, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(n, options) values of a read-out, and their standard errors, for the units active in the given rows."""
        own, options = self._fields, len(self.option_names)
        units = table[rows[:, None], self._next_units[rows]]
        values = units[:, :, own["weights"]].sum(axis=1)
        visits = units[:, :, own["visits"]].mean(axis=1)
        typical = np.sqrt(units[:, :, own["square"]].mean(axis=1))
        values[:, self._fixed : options][~self.aim.usable[rows]] = -np.inf
        return values, typical / np.sqrt(1.0 + visits)

    def _departures(self, table: np.ndarray, rows: np.ndarray, base: np.ndarray) -> tuple[np.ndarray, ...]:
        """The surest departure from ``base`` (n,): option, advantage, lower bound, and familiarity, (n,) each."""
        values, errors = self._estimates(table, rows)
        everyone = np.arange(len(rows))
        advantage = values - values[everyone, base][:, None]
        bound = advantage - self.genome.errors * np.hypot(errors, errors[everyone, base][:, None])
        bound[:, DEFER] = np.where(base == DEFER, -np.inf, bound[:, DEFER])
        bound[everyone, base] = -np.inf
        option = bound.argmax(axis=1)
        visits = table[rows[:, None], self._next_units[rows], len(self.option_names) + option[:, None]]
        return option, advantage[everyone, option], bound[everyone, option], (visits >= self.genome.min_visits).mean(axis=1)

    def _weigh(self, rows: np.ndarray) -> None:
        """The baseline's choice, and whether to depart from it."""
        if not self.may_defer:
            return
        bout, gate, genome = self.bout, self.gate, self.genome
        reflex = np.full(len(rows), DEFER)
        option, _, bound, familiarity = self._departures(self.baseline.weights, rows, reflex)
        departs = (self.baseline.rounds[rows] > 0) & (bound > 0.0) & (familiarity >= genome.familiar)
        base = np.where(departs, option, DEFER)
        option, advantage, bound, familiarity = self._departures(self.synapses.weights, rows, base)
        better = (bound > 0.0) & (familiarity >= genome.familiar) & ~gate.checking[rows]
        explores = bout.explores[rows] & ~gate.checking[rows]
        bout.explores[rows] = explores
        bout.chosen[rows] = np.where(explores, bout.chosen[rows], np.where(better, option, base))
        bout.confidence[rows], bout.familiarity[rows] = np.where(better, bound, -1.0), familiarity
        gate.base[rows], gate.advantage[rows] = base, np.where(better, advantage, 0.0)
        gate.adopted[rows] = ~explores & ~better & (base != DEFER)

    def _defers(self) -> np.ndarray:
        return self._may_defer & (self.bout.chosen == DEFER)

    def _value_next(self, rows: np.ndarray, in_charge: np.ndarray) -> None:
        """The baseline is what comes next, whatever is done: the trace ends where something else is done."""
        if not self.may_defer:
            super()._value_next(rows, in_charge)
            return
        bout, base = self.bout, self.gate.base[rows]
        chosen = np.where(in_charge[rows], bout.chosen[rows], DEFER)
        self._next[rows] = chosen
        bout.next_value[rows] = self._values[rows, chosen]
        bout.next_tried[rows] = chosen != base
        self._target[rows] = self._step_discount ** bout.steps[rows] * self._values[rows, base]

    def _learn(self, transition: Transition) -> None:
        """As the option learner; then compare blocks, and adopt what has proven itself."""
        super()._learn(transition)
        gate = self.gate
        gate.total += transition.verdict.reward
        gate.left -= 1
        ended = np.flatnonzero(gate.left <= 0)
        if ended.size:
            self._compare(ended)

    def _compare(self, rows: np.ndarray) -> None:
        gate, genome = self.gate, self.genome
        side = gate.checking[rows].astype(int)
        gate.count[rows] *= 1.0 - genome.fading
        gate.count[rows, side] += 1.0
        share = 1.0 / gate.count[rows, side]
        gate.mean[rows, side] += share * (gate.total[rows] - gate.mean[rows, side])
        gate.square[rows, side] += share * (gate.total[rows] ** 2 - gate.square[rows, side])
        count = np.maximum(gate.count[rows], 1e-9)
        spread = np.maximum(gate.square[rows] - gate.mean[rows] ** 2, 0.0)
        error = np.sqrt((spread / count).sum(axis=1))
        better = gate.mean[rows, 0] - gate.mean[rows, 1]
        plastic = ~self.lesions.plasticity[rows]
        proven = rows[(count.min(axis=1) >= genome.blocks) & (better > genome.sure * error) & plastic]
        self.baseline.weights[proven] = self.synapses.weights[proven]
        self.baseline.rounds[proven] += 1
        for tally in (gate.count, gate.mean, gate.square):
            tally[proven] = 0.0

    def _state_parts(self) -> dict[str, Any]:
        return super()._state_parts() | {"baseline": self.baseline, "gate": self.gate}

    def read_outs(self) -> dict[str, np.ndarray]:
        """As the option learner's, with the adopted baseline."""
        return super().read_outs() | {"baseline": self.baseline.weights, "rounds": self.baseline.rounds}
