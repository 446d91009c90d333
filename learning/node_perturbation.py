"""A learner of graded actions: a time- or observation-locked read-out, improved by its own perturbations.

Reward times centred perturbation, as in the model of song learning of Fiete, Fee and Seung (2007): the code (HVC) drives the
outputs (RA) through motor weights; a second pathway (LMAN, by way of Area X) adds correlated noise and a bias, learns from the
third factor, and hands over to the motor weights within about a day (Andalman and Fee 2009; Fee and Goldberg 2011).
"""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from gymnasium.spaces import Box

from core.batch_state import BatchState
from core.errors import InvalidArgument
from core.interfaces import Gains, Proposal, Reflex
from core.renamed import renamed_attributes
from learning.node_perturbation_kernels import (
    TALLIES,
    Act,
    Outputs,
    Proposed,
    Settings,
    Teaching,
    Trace,
    Variability,
    learn_rows,
    propose_rows,
)
from learning.pattern_separator import PatternSeparator
from learning.subsystem import Learner, LearnerSpec, LiveMap, Transition

OPTIONS = ("directed song", "practice")
_CODES = 256  # observations whose code is kept


@renamed_attributes(enough="min_visits")
@dataclass(frozen=True)
class NodePerturbationGenome:
    """Innate settings of :class:`NodePerturbationLearner`.

    Attributes:
        units, share: width of the pattern separator and share of active units.
        first_weights: spread of a newborn's actions around the mean innate act.
        noise, calm_noise: standard deviation of the perturbation in practice, and its share when not practising.
        correlation_time: of the perturbation, s.
        rate: by how much an action changes after a perturbation of one standard deviation and a reward of 1 (of any size, if
            ``binary``).
        binary: only the sign of the reward counts.
        spread: half width of the eligibility's peak, in steps.
        consolidation_time: s of a unit's activity in which the bias moves to the motor weights, per unit active.
        bound: largest deviation from it that weights can give.
        practice: share of episodes that are practice once the own song is as good as the reflex's; ``first_practice`` before.
        watches: weight of the reflex's acts that were better than expected.
        lead: share by which the comparison of own song and reflex's follows each step.
        tally: share by which the tallies of reward follow.
        min_visits: a comparison counts once each active unit was visited so often under the learner, and so often under the reflex.
    """

    units: int = 256
    share: float = 1 / 32
    first_weights: float = 0.6
    noise: float = 0.1
    calm_noise: float = 0.3
    correlation_time: float = 0.007
    rate: float = 0.015
    binary: bool = True
    spread: float = 0.3
    consolidation_time: float = 0.8
    bound: float = 2.0
    practice: float = 0.8
    first_practice: float = 0.1
    watches: float = 0.3
    lead: float = 0.002
    tally: float = 0.05
    min_visits: float = 5.0


class NodePerturbationLearner(Learner):
    """Perturbs a read-out of the pattern-separated observation and keeps what was judged better than expected.

    Some episodes are practice, a tenth at first and most of them once its own acts are judged no worse than the reflex's: it
    perturbs them fully and acts whatever the reflex would do (``explores``). In the others it is calm, and acts where its tally
    of reward exceeds the reflex's.
    """

    name = "node_perturbation"
    stream_names = ("wiring", "exploration", "practice", "first weights")
    lesionable = ("variability", "plasticity")
    option_names = OPTIONS

    def __init__(
        self, num_animals: int, spec: LearnerSpec, may_defer: bool = True, genome: NodePerturbationGenome | None = None
    ) -> None:
        super().__init__(num_animals, spec, may_defer)
        if not isinstance(spec.action_space, Box):
            raise InvalidArgument("The node-perturbation learner needs graded actions (a Box); this world's are discrete.")
        self.genome = genome = genome or NodePerturbationGenome()
        space = spec.action_space
        self._lowest, self._highest = space.low.ravel().astype(float), space.high.ravel().astype(float)
        outputs = self._lowest.size
        self._rest = np.asarray(spec.repertoire.actions, float).reshape(-1, outputs).mean(axis=0)  # the mean innate act
        self._shape = (num_animals, *space.shape)
        self.separator = PatternSeparator(num_animals, spec.outer, genome.units, share=genome.share)
        active = self.separator.active_units
        width = 2 * outputs + TALLIES
        self.synapses = BatchState(num_animals, weights=np.zeros((self.separator.units, width), np.float32))
        delay = 0 if spec.judging_delay is None else round(spec.judging_delay / spec.dt)
        slots = np.arange(delay + 1 + math.ceil(2 * genome.spread))
        kernel = np.exp(-0.5 * ((slots - delay) / genome.spread) ** 2)
        self._kernel = np.where(kernel < 0.01, 0.0, kernel / kernel.sum())
        self.trace = BatchState(
            num_animals,
            units=np.zeros((len(slots), active), np.int32),
            deviation=np.zeros((len(slots), outputs)),
            in_charge=np.zeros(len(slots), bool),
            newest=0,
            length=0,
        )
        self.act = BatchState(
            num_animals,
            perturbation=np.zeros(outputs),
            sung=0,
            watched=0,
            luck=1.0,
            lead=-1e-3,
            practises=False,
            began=False,
            units=np.zeros(active, np.int32),
        )
        self._kept = math.exp(-spec.dt / genome.correlation_time)
        self._consolidation = 1.0 - math.exp(-spec.dt / genome.consolidation_time)
        self._action, self._evidence = np.zeros((num_animals, outputs)), np.zeros((num_animals, TALLIES))
        self._read_out = np.zeros((num_animals, outputs))
        self._inner = np.zeros((num_animals, 0), np.float32)
        self._codes = np.zeros((_CODES, num_animals, active), np.int32)
        self._known: dict[bytes, int] = {}
        self._outputs = Outputs(self._rest, self._lowest, self._highest)
        self._group_for_kernels()

    def _group_for_kernels(self) -> None:
        trace = self.trace
        self._trace = Trace(trace.units, trace.deviation, trace.in_charge, trace.newest, trace.length)

    def birth(self, seeds: np.ndarray, mask: np.ndarray) -> None:
        """Random wiring, random first weights, no bias."""
        self.streams.seed(seeds, mask)
        for part in (self.synapses, self.trace, self.act, self.lesions):
            part.restart(mask)
        self.separator.wire(self.streams, "wiring", mask)
        self._known.clear()
        outputs = self._lowest.size
        for row in np.flatnonzero(mask):
            draw = self.streams.uniform(
                "first weights", self.separator.units * outputs, np.arange(self.num_animals) == row
            )[row]
            weights = self.genome.first_weights * (2.0 * draw - 1.0) / math.sqrt(self.separator.active_units)
            self.synapses.weights[row, :, :outputs] = weights.reshape(-1, outputs)
        self.begin(mask)

    def begin(self, mask: np.ndarray) -> None:
        """A new episode: nothing is eligible any more, and whether it will be practice is drawn."""
        self.trace.length[mask] = 0
        self.act.began[mask] = False
        self.act.luck[mask] = self.streams.uniform("practice", 1, mask)[mask, 0]

    def _encode(self, observation: np.ndarray) -> np.ndarray:
        """(animals, active) units; the code of an observation that all animals share is kept, since wiring is fixed."""
        heard = np.ascontiguousarray(observation[:, : self.separator.groups])
        if (heard != heard[0]).any():
            self.separator.encode(np.arange(self.num_animals), heard, self._inner, self.act.units)
            return self.act.units
        key = heard[0].tobytes()
        place = self._known.get(key)
        if place is None:
            place = len(self._known) % _CODES
            if len(self._known) >= _CODES:
                self._known.clear()
                place = 0
            units = np.zeros_like(self.act.units)
            self.separator.encode(np.arange(self.num_animals), heard, self._inner, units)
            self._codes[place] = units
            self._known[key] = place
        self.act.units[...] = self._codes[place]
        return self.act.units

    def read(self, observation: np.ndarray) -> np.ndarray:
        """(animals, *action shape) what the read-out says for an observation (animals, senses), unperturbed; changes nothing."""
        heard = np.ascontiguousarray(observation[:, : self.separator.groups], np.float32)
        units = np.zeros_like(self.act.units)
        self.separator.encode(np.arange(self.num_animals), heard, self._inner, units)
        outputs = self._lowest.size
        weights = np.take_along_axis(self.synapses.weights, units[:, :, None], axis=1)[:, :, : 2 * outputs].sum(axis=1)
        bias = np.where(self.lesions.variability[:, None], 0.0, weights[:, outputs:])
        return np.clip(self._rest + weights[:, :outputs] + bias, self._lowest, self._highest).reshape(self._shape)

    def _propose(self, observation: np.ndarray, reflex: Reflex, gains: Gains) -> Proposal:
        """The read-out and its perturbation."""
        genome, act = self.genome, self.act
        new_decision = ~act.began
        if new_decision.any():
            share = np.where((act.lead > 0.0) | (not self.may_defer), genome.practice, genome.first_practice)
            practises = act.luck < share * (gains.exploration > 0.0)
            act.practises = np.where(new_decision, practises, act.practises)
            act.began[:] = True
        units = self._encode(observation)
        amplitude = genome.noise * gains.exploration * np.where(act.practises, 1.0, genome.calm_noise)
        variability = Variability(
            silenced=self.lesions.variability,
            noise=self.streams.normal("exploration", self._lowest.size),
            share_kept=self._kept,
            amplitude=amplitude,
            perturbation=act.perturbation,
        )
        proposed = Proposed(self._read_out, self._action, self._evidence)
        propose_rows(units, self.synapses.weights, self._outputs, variability, proposed)
        own, reflexes = self._evidence.T
        visits = genome.share * np.minimum(act.sung, act.watched)  # of each unit, by the learner and by the reflex
        act.lead += genome.lead * np.where(visits > 1.0, own - reflexes, 0.0)
        familiarity = np.minimum(1.0, visits / genome.min_visits)
        return Proposal.plain(
            self._action.reshape(self._shape).copy(),
            lower_bound=own - reflexes,
            advantage=own - reflexes,
            familiarity=familiarity,
            explores=act.practises.copy(),
            option=act.practises.astype(int),
            new_decision=new_decision,
        )

    def _learn(self, transition: Transition) -> None:
        """Credit the perturbation that was judged now."""
        genome, act = self.genome, self.act
        gains = transition.gains
        rate = genome.rate * gains.learning_rate * gains.plasticity * ~self.lesions.plasticity
        own = act.perturbation * (np.where(act.practises, 1.0, genome.calm_noise) * ~self.lesions.variability)[:, None]
        seen = np.clip(transition.action.reshape(own.shape) - self._read_out, -1.0, 1.0) / genome.noise
        seen *= (genome.watches * gains.exploration)[:, None]
        judged = transition.verdict.reward != 0.0
        act.sung += judged & transition.in_charge
        act.watched += judged & ~transition.in_charge
        deviation = np.where(transition.in_charge[:, None], own, seen * ~self.lesions.variability[:, None])
        teaching = Teaching(transition.verdict.reward, rate, self._consolidation * ~self.lesions.variability)
        settings = Settings(self._kernel, genome.tally, genome.binary, genome.bound)
        learn_rows(Act(act.units, deviation, transition.in_charge), teaching, settings, self._trace, self.synapses.weights)

    # -- state -----------------------------------------------------------------------------------

    def _counts(self) -> dict[str, int]:
        slots = self.trace.units.shape[1]
        return {"units": self.separator.units, "newest": slots, "length": slots + 1}

    def _state_parts(self) -> dict[str, Any]:
        return {
            "wiring": self.separator,
            "synapses": self.synapses,
            "trace": self.trace,
            "act": self.act,
            "lesions": self.lesions,
            "streams": self.streams,
        }

    def set_state(self, state: dict[str, np.ndarray]) -> None:
        """As every learner; kept codes are those of the wiring."""
        before = self.separator.preferred.copy()
        super().set_state(state)
        if not np.array_equal(before, self.separator.preferred):
            self._known.clear()

    def read_outs(self) -> dict[str, np.ndarray]:
        """Motor and bias weights, and tallies."""
        return {"synapses": self.synapses.weights}

    def live_map(self, row: int) -> LiveMap | None:
        """The actions that were learned for the observations met so far, in the order in which they were met first."""
        if not self._known:
            return None
        units = self._codes[: len(self._known), row]
        outputs = self._lowest.size
        weights = self.synapses.weights[row][units].sum(axis=1)
        values = self._rest + weights[:, :outputs] + weights[:, outputs : 2 * outputs]
        names = self.spec.action_names or tuple(f"axis {index + 1}" for index in range(outputs))
        return LiveMap(
            title="learned actions, in the order in which their observations come", values=values.T, row_names=names
        )

    def settings(self) -> dict[str, Any]:
        """The genome."""
        return asdict(self.genome)
