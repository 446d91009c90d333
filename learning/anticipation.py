"""What steering itself is about to do, a lead ahead: a supervised map on leaky traces of the senses, as in the cerebellum.

*Code.* Granule cells: a fixed, sparse, random expansion of each outer sense and of its leaky traces, so that a cue which stays on
becomes a course in time. That the clock lies in the granule cells is one account (Medina et al. 2000); it may lie inside Purkinje
cells (Johansson et al. 2014).
*Teaching.* The target is the action that steering gives now by itself, the eligible units are those that were active ``lead``
seconds ago, and the error is target minus prediction (Marr 1969; Albus 1971; the olive is silenced by what is predicted: Kim,
Krupa and Thompson 1998). Reward plays no part. It is learned by watching, whoever is in charge.
*Nuclei.* What is predicted is carried out above a threshold, with a gain. It joins steering's own action: the larger of the two. The
threshold for what is heard falls, slowly, while it leads to predictions that are carried out, and hardly rises again: a second site
that keeps a residue when the map has unlearned (Medina, Garcia and Mauk 2001).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium.spaces import Box
from numba import njit

from core.actions import farther_from_rest
from core.batch_state import BatchState
from core.interfaces import Recollection
from core.senses import Sense, Senses
from core.streams import RowStreams
from learning.cortical_genome import CorticalGenome
from learning.pattern_separator import PatternSeparator
from learning.read_out import ReadOut, Step
from learning.subsystem import LearnerSpec
from learning.three_factor import Ring, equal_portions, remember, teach

NAME = "granule cells"
TRACES = (0.6, 1.6, 4.0, 10.0, 24.0)  # time constants of the traces, in leads; chosen
_SILENT = 1e-3  # share of its range below which a trace counts as gone


@njit(cache=True)
def _pass_on(heard, kept, silent, values, flat):
    """Let the traces (animals, entries, constants) follow what is heard; fill ``flat`` with each entry and its traces."""
    constants = kept.shape[0]
    for row in range(heard.shape[0]):
        for entry in range(heard.shape[1]):
            now = heard[row, entry]
            first = entry * (constants + 1)
            flat[row, first] = now
            for index in range(constants):
                away = kept[index] * (values[row, entry, index] - now)
                values[row, entry, index] = now + (away if abs(away) > silent[entry] else 0.0)
                flat[row, first + 1 + index] = values[row, entry, index]


@njit(cache=True)
def _predict(units, tables, values):
    for row in range(units.shape[0]):
        values[row] = 0.0
        for unit in units[row]:
            for axis in range(values.shape[1]):
                values[row, axis] += tables[row, unit, axis]


@njit(cache=True)
def _learn_alone(units, entries, target, rate, unlearning, axis, table):
    """The control: the units of each entry and its traces are corrected by what they alone predict. They lie side by side."""
    count = units.shape[0] // entries
    for entry in range(entries):
        own = units[entry * count : (entry + 1) * count]
        predicted = 0.0
        for unit in own:
            predicted += table[unit, axis]
        error = target - predicted
        if abs(target) < abs(predicted):
            error *= unlearning
        for unit in own:
            table[unit, axis] += np.float32(rate * error / count)


@njit(cache=True)
def _learn(units, target, rate, unlearning, entries, eligibility, plasticity, ring, tables):
    lead, axes = eligibility.shape[0] - 1, target.shape[1]
    ones, error = np.ones(axes), np.empty(axes)
    for row in range(units.shape[0]):
        remember(row, units[row], ones, ring)
        if rate[row] == 0.0 or ring.length[row] <= lead:
            continue
        then = ring.units[row, (ring.newest[row] - lead) % ring.units.shape[1]]
        for axis in range(axes):
            if entries:
                _learn_alone(then, entries, target[row, axis], rate[row], unlearning, axis, tables[row])
                error[axis] = 0.0
                continue
            predicted = 0.0
            for unit in then:
                predicted += tables[row, unit, axis]
            error[axis] = target[row, axis] - predicted
            if abs(target[row, axis]) < abs(predicted):
                error[axis] *= unlearning
        teach(row, ring, 0, eligibility, error, rate[row], 0, plasticity, tables[row])


@njit(cache=True)
def _settle(heard, spoken, rate, forgets, high, weights):
    """Nuclei: what is heard while a prediction is carried out comes to excite them; see :meth:`Anticipation.carried_out`."""
    for row in range(heard.shape[0]):
        for axis in range(spoken.shape[1]):
            excited = 0.0
            for entry in range(heard.shape[1]):
                excited += weights[row, entry, axis] * heard[row, entry] / high[entry]
            error = 1.0 - excited if spoken[row, axis] else -forgets * excited
            for entry in range(heard.shape[1]):
                weights[row, entry, axis] += rate[row] * error * heard[row, entry] / high[entry]


class Anticipation(ReadOut):
    """The predicted actions of steering, for ``num_animals`` animals.

    Args:
        num_animals: how many.
        spec: what the learner is born into; ``reflex_lead`` is not None, and actions are graded.
        genome: innate settings.

    Attributes:
        predicted: (animals, axes) the action ``reflex_lead`` ahead, as a deviation from rest in units of the largest there is.
        synapses: its weights ``table`` (animals, units, axes).
    """

    ring: BatchState

    def __init__(self, num_animals: int, spec: LearnerSpec, genome: CorticalGenome) -> None:
        assert spec.reflex_lead is not None
        self.lesionable = ("nuclei", "olive")
        self._space, self._action_shape = spec.action_space, (num_animals, *(spec.action_space.shape or ()))
        self._genome, self._columns = genome, spec.outer.size
        self._rest = np.asarray(spec.repertoire.actions, float).reshape(len(spec.repertoire.names), -1)[0]
        assert isinstance(spec.action_space, Box)
        low, high = spec.action_space.low.ravel().astype(float), spec.action_space.high.ravel().astype(float)
        self._reach = np.maximum(high - self._rest, self._rest - low)
        lead, axes = max(0, round(spec.reflex_lead / spec.dt)), len(self._rest)
        self._kept = np.exp(-spec.dt / (np.array(TRACES) * max(spec.reflex_lead, spec.dt)))
        self._silent = _SILENT * (spec.outer.high - spec.outer.low).astype(float)
        granules = _traced(spec.outer)
        self.code = PatternSeparator(num_animals, granules, genome.granule_units, share=genome.granule_share)
        self.synapses = BatchState(num_animals, table=np.zeros((self.code.units, axes), np.float32))
        self.nuclei = BatchState(num_animals, weights=np.zeros((spec.outer.size, axes)))
        self._heard = np.zeros((num_animals, spec.outer.size))
        self._high = spec.outer.high.astype(float)
        self.traces = BatchState(num_animals, values=np.zeros((spec.outer.size, len(TRACES))))
        active = self.code.active_units
        self.now = BatchState(num_animals, granules=np.zeros(active, np.int32))
        self.ring = BatchState(
            num_animals,
            granules=np.zeros((lead + 1, active), np.int32),
            factor=np.zeros((lead + 1, axes)),
            newest=0,
            length=0,
        )
        self._eligibility = np.zeros(lead + 1)
        self._eligibility[lead] = 1.0
        self._plasticity = equal_portions(active)
        self._inputs = np.zeros((num_animals, granules.size), np.float32)
        self._nothing = np.zeros((num_animals, 0), np.float32)
        self._everyone = np.arange(num_animals)
        self.predicted = np.zeros((num_animals, axes))

    def birth(self, streams: RowStreams, mask: np.ndarray) -> None:
        """Random wiring of the chosen animals (bool mask), and no weight."""
        self.code.wire(streams, NAME, mask)
        for part in (self.synapses, self.nuclei, self.traces, self.now, self.ring):
            part.restart(mask)

    def begin(self, mask: np.ndarray) -> None:
        """A new episode of the chosen animals: traces are gone, and nothing is eligible."""
        self.traces.restart(mask)
        self.ring.restart(mask)

    def observe(self, observation: np.ndarray, lesions: Any) -> None:
        """Take in an observation (animals, senses), outer senses first, and predict."""
        self._heard[:] = observation[:, : self._columns]
        _pass_on(self._heard, self._kept, self._silent, self.traces.values, self._inputs)
        self.code.encode(self._everyone, self._inputs, self._nothing, self.now.granules)
        _predict(self.now.granules, self.synapses.table, self.predicted)

    def carried_out(self, silenced: np.ndarray) -> np.ndarray:
        """(animals, axes) what the nuclei make of the prediction, a deviation from rest; 0 where they are ``silenced``."""
        size = np.abs(self.predicted) - self._threshold()
        said = np.sign(self.predicted) * np.maximum(0.0, self._genome.nuclear_gain * size) * self._reach
        return said * ~silenced[:, None]

    def _threshold(self) -> np.ndarray:
        """(animals, axes) from which a prediction is carried out now."""
        excited = np.einsum("re,rea->ra", self._heard / self._high, self.nuclei.weights)
        return self._genome.nuclear_threshold * (1.0 - self._genome.nuclear_residue * np.clip(excited, 0.0, 1.0))

    def recall(self, found: Recollection, lesions: Any) -> None:
        """What the nuclei make of it."""
        found.anticipated_action = self.carried_out(lesions.nuclei).reshape(self._action_shape)

    def join(self, action: np.ndarray, lesions: Any) -> None:
        """What is anticipated joins the learner's own acts as it joins the reflex."""
        assert isinstance(self._space, Box)
        anticipated = self.carried_out(lesions.nuclei).reshape(self._action_shape)
        own, rest = action.reshape(self._action_shape), self._rest.reshape(self._action_shape[1:])
        action[:] = farther_from_rest(own, anticipated, rest, self._space).reshape(action.shape)

    def learn(self, step: Step) -> None:
        """Correct the prediction made ``lead`` ago by what steering gives now by itself; nothing, where the olive is silent."""
        reflex, rate = step.transition.reflex, step.rate
        action = reflex.action if reflex.innate_action is None else reflex.innate_action
        target = (action.reshape(len(rate), -1) - self._rest) / self._reach * ~step.lesions.olive[:, None]
        ring = Ring(self.ring.granules, self.ring.factor, self.ring.newest, self.ring.length)
        rates = self._genome.granule_rate * rate
        unlearning = self._genome.granule_unlearning
        table = self.synapses.table
        spoken = np.abs(self.predicted) > self._threshold()
        forgets = self._genome.nuclear_forgetting
        _settle(self._heard, spoken, self._genome.nuclear_rate * rate, forgets, self._high, self.nuclei.weights)
        entries = self._columns if self._genome.granule_alone else 0
        _learn(self.now.granules, target, rates, unlearning, entries, self._eligibility, self._plasticity, ring, table)

    def state_parts(self) -> dict[str, Any]:
        """The wiring among them."""
        return {
            "wiring/granules": self.code,
            "anticipation_synapses": self.synapses,
            "anticipation_nuclei": self.nuclei,
            "anticipation_traces": self.traces,
            "anticipation_now": self.now,
            "anticipation_ring": self.ring,
        }

    def learned(self) -> dict[str, np.ndarray]:
        """Weights of the map and of the nuclei."""
        return {"anticipation": self.synapses.table, "nuclei": self.nuclei.weights}

    def counts(self) -> dict[str, int]:
        """Granule cells."""
        return {"granules": self.code.units}


def _traced(senses: Senses) -> Senses:
    """Each entry of each sense, followed by its traces."""
    fields = []
    for sense in senses:
        for entry in range(sense.size):
            for index in range(len(TRACES) + 1):
                name = f"{sense.name}_{entry}_{index}"
                fields.append(Sense(name, sense.unit, sense.low, sense.high, "trace", scale=sense.scale))
    return Senses(*fields)
