"""The motor map: a graded read-out of a code, improved by its own perturbations, for animals whose every moment is judged.

Reward times centred perturbation, as in the model of song learning of Fiete, Fee and Seung (2007): the code (HVC) drives the
axes of the action (RA) through motor weights; a second pathway (LMAN, by way of Area X) adds correlated noise and a bias, learns
from the third factor, and hands over to the motor weights within about a day (Andalman and Fee 2009; Fee and Goldberg 2011).
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from gymnasium.spaces import Box
from numba import njit

from core.batch_state import BatchState
from core.interfaces import Gains
from learning.cortical_genome import CorticalGenome
from learning.subsystem import Transition
from learning.three_factor import ELIGIBLE, Ring, equal_portions, remember, teach


class Axes(NamedTuple):
    """``rest`` (axes,), the action of a silent map; the bounds ``lowest`` and ``highest`` of actions; ``first`` column of the map."""

    rest: np.ndarray
    lowest: np.ndarray
    highest: np.ndarray
    first: int


class Variability(NamedTuple):
    """The pathway of variability and bias.

    Attributes:
        silenced: (animals,) bool: without it, there is neither perturbation nor bias.
        noise: (animals, axes) standard normal.
        share_kept: of the perturbation from step to step (correlated noise of unit variance).
        amplitude: (animals,) of the perturbation, in units of the action.
        perturbation: (animals, axes), advanced in place.
    """

    silenced: np.ndarray
    noise: np.ndarray
    share_kept: float
    amplitude: np.ndarray
    perturbation: np.ndarray


class Teaching(NamedTuple):
    """The third factor and what it does.

    Attributes:
        reward: (animals,) the error of steering's prediction; only its sign counts (Fiete et al. 2007).
        rate: (animals,) learning rate, in units of the action.
        consolidation: (animals,) share of the bias that moves to the motor weights each time that it is judged.
        eligibility: (slots,) of the acts 0, 1, 2 ... steps ago; a peak at the delay of judgement.
        bound: largest sum of a unit's motor and bias weights, times the number of active units.
    """

    reward: np.ndarray
    rate: np.ndarray
    consolidation: np.ndarray
    eligibility: np.ndarray
    bound: float


@njit(cache=True)
def _read(units, tables, axes, variability, without, with_noise):
    count, kept = axes.rest.shape[0], variability.share_kept
    innovation = math.sqrt(1.0 - kept * kept)
    for row in range(units.shape[0]):
        bias = 0.0 if variability.silenced[row] else 1.0
        for axis in range(count):
            without[row, axis] = axes.rest[axis]
        for unit in units[row]:
            own = tables[row, unit]
            for axis in range(count):
                without[row, axis] += own[axes.first + axis] + bias * own[axes.first + count + axis]
        for axis in range(count):
            moved = kept * variability.perturbation[row, axis] + innovation * variability.noise[row, axis]
            variability.perturbation[row, axis] = moved
            wanted = without[row, axis] + bias * variability.amplitude[row] * moved
            with_noise[row, axis] = min(axes.highest[axis], max(axes.lowest[axis], wanted))


@njit(cache=True)
def _learn(units, deviation, teaching, axes, plasticity, ring, tables):
    """Put this step into the ring, and apply the reward that came now to the acts that it judges.

    ``deviation`` is (animals, 2 axes) in standard deviations of the perturbation: the map's own, then that of the reflex's acts, of
    which only those better than expected teach, since they may be far from anything the map would do.
    """
    count, active = axes.rest.shape[0], units.shape[1]
    limit, bias = teaching.bound / active, axes.first + count
    errors = np.empty(count)
    for row in range(units.shape[0]):
        remember(row, units[row], deviation[row], ring)
        third = np.sign(teaching.reward[row])
        if third == 0.0:
            continue
        table = tables[row]
        _consolidate(row, ring, teaching, axes, table)
        errors[:] = third
        teach(row, ring, 0, teaching.eligibility, errors, teaching.rate[row], bias, plasticity, table)
        errors[:] = max(0.0, third)
        teach(row, ring, count, teaching.eligibility, errors, teaching.rate[row], bias, plasticity, table)
        for back in range(ring.length[row]):
            if teaching.eligibility[back] > ELIGIBLE:
                for unit in ring.units[row, (ring.newest[row] - back) % ring.units.shape[1]]:
                    own = table[unit]
                    for axis in range(count):
                        motor = own[axes.first + axis]
                        own[bias + axis] = min(limit, max(-limit, motor + own[bias + axis])) - motor


@njit(cache=True)
def _consolidate(row, ring, teaching, axes, table):
    """Move a share of the bias of what is judged to the motor weights."""
    count = axes.rest.shape[0]
    for back in range(ring.length[row]):
        if teaching.eligibility[back] > ELIGIBLE:
            moves = teaching.consolidation[row] * teaching.eligibility[back]
            for unit in ring.units[row, (ring.newest[row] - back) % ring.units.shape[1]]:
                own = table[unit]
                for axis in range(count):
                    moved = moves * own[axes.first + count + axis]
                    own[axes.first + axis] += moved
                    own[axes.first + count + axis] -= moved


class MotorMap:
    """The motor map of ``num_animals`` animals. Its weights are columns of the cortex's table, and its code is the first map.

    Args:
        num_animals: how many.
        space: of actions.
        rest: (axes,) the action of a silent map, the mean innate act.
        active: units of the first map that are active at a time.
        first: column of its weights.
        delay: steps from an action to its judgement.
        dt: seconds per step.
        genome: of the cortex.

    Attributes:
        eligibility: (slots,) of the acts 0, 1, 2 ... steps ago; a peak of half width ``genome.spread`` steps at the delay.
        read_out, action: (animals, axes) what the map says, without and with the perturbation.
    """

    def __init__(
        self,
        num_animals: int,
        space: Box,
        rest: np.ndarray,
        *,
        active: int,
        first: int,
        delay: int,
        dt: float,
        genome: CorticalGenome,
    ) -> None:
        self.genome = genome
        self.axes = Axes(rest, space.low.ravel().astype(float), space.high.ravel().astype(float), first)
        count = len(rest)
        slots = np.arange(delay + 1 + math.ceil(2 * genome.spread))
        kernel = np.exp(-0.5 * ((slots - delay) / genome.spread) ** 2)
        self.eligibility = np.where(kernel < ELIGIBLE, 0.0, kernel / kernel.sum())
        self._share_kept = math.exp(-dt / genome.correlation_time)
        self._consolidation = 1.0 - math.exp(-dt / genome.consolidation_time)
        self.trace = BatchState(
            num_animals,
            units=np.zeros((len(slots), active), np.int32),
            factor=np.zeros((len(slots), 2 * count)),
            newest=0,
            length=0,
        )
        self.now = BatchState(num_animals, units=np.zeros(active, np.int32), perturbation=np.zeros(count))
        self._plasticity = equal_portions(active)
        self.read_out, self.action = np.zeros((num_animals, count)), np.zeros((num_animals, count))

    def draw_weights(self, draw: np.ndarray, units: int, table: np.ndarray) -> None:
        """Random first weights of the given units of one animal, from ``draw`` (units x axes) uniform."""
        count, active = len(self.axes.rest), self.now.units.shape[1]
        weights = self.genome.first_weights * (2.0 * draw - 1.0) / math.sqrt(active)
        table[:units, self.axes.first : self.axes.first + count] = weights.reshape(units, count)

    def propose(
        self, tables: np.ndarray, silenced: np.ndarray, noise: np.ndarray, gains: Gains, explores: np.ndarray
    ) -> None:
        """Fill ``read_out`` and ``action`` for the active units in ``now``; the perturbation is calmer where nothing is explored."""
        amplitude = self.genome.perturbation * gains.exploration * np.where(explores, 1.0, self.genome.calm)
        variability = Variability(silenced, noise, self._share_kept, amplitude, self.now.perturbation)
        _read(self.now.units, tables, self.axes, variability, self.read_out, self.action)

    def credit(
        self,
        transition: Transition,
        action: np.ndarray,
        *,
        by_map: np.ndarray,
        explores: np.ndarray,
        lesions: BatchState,
        tables: np.ndarray,
    ) -> None:
        """Credit the perturbation that was judged now, and what the reflex did better than expected.

        Args:
            transition: what happened.
            action: (animals, axes) carried out.
            by_map: (animals,) bool, by the motor map.
            explores: (animals,) bool, in order to find out.
            lesions: fields ``variability`` and ``plasticity``, (animals,) bool.
            tables: (animals, units, width) the cortex's weights.
        """
        genome, gains, varies = self.genome, transition.gains, ~lesions.variability
        own = self.now.perturbation * (np.where(explores, 1.0, genome.calm) * varies)[:, None]
        seen = np.clip(action - self.read_out, -1.0, 1.0) / genome.perturbation
        seen *= (genome.imitates * gains.exploration * varies)[:, None]
        deviation = np.concatenate([own * by_map[:, None], seen * ~by_map[:, None]], axis=1)
        teaching = Teaching(
            reward=transition.verdict.reward,
            rate=genome.motor_rate * gains.learning_rate * gains.plasticity * ~lesions.plasticity,
            consolidation=self._consolidation * varies,
            eligibility=self.eligibility,
            bound=genome.bound,
        )
        self.learn(deviation, teaching, tables)

    def learn(self, deviation: np.ndarray, teaching: Teaching, tables: np.ndarray) -> None:
        """Credit what was done; see :func:`_learn`."""
        trace = self.trace
        ring = Ring(trace.units, trace.factor, trace.newest, trace.length)
        _learn(self.now.units, deviation, teaching, self.axes, self._plasticity, ring, tables)

    def read(self, units: np.ndarray, tables: np.ndarray, silenced: np.ndarray) -> np.ndarray:
        """(animals, axes) what the map says for active units (animals, n), unperturbed; changes nothing."""
        nothing = np.zeros_like(self.now.perturbation)
        said, heard = np.zeros_like(self.read_out), np.zeros_like(self.read_out)
        variability = Variability(silenced, nothing, 1.0, np.zeros(len(units)), nothing.copy())
        _read(units, tables, self.axes, variability, said, heard)
        return heard
