"""The one rule of the cortex: weight change = rate x eligibility x error (Fremaux and Gerstner 2016; Gerstner et al. 2018).

The eligibility of a synapse is what its unit and its output did, fading or delayed with time; the error is broadcast. Read-outs
differ in where the error comes from and in the shape of the eligibility, never in the rule. The code is sparse, so an eligibility
trace is kept as the last few sets of active units with one strength each, instead of one number a synapse.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

ELIGIBLE = 0.01  # least eligibility that counts


class Plasticity(NamedTuple):
    """How the active units share a change.

    Attributes:
        portion: (n,) learning rate of each of the active units, in their order, divided among those of a map.
        anneal, floor: where visits count, it is multiplied by max(floor, 1 / (1 + visits / anneal)): averaging at first.
    """

    portion: np.ndarray
    anneal: float
    floor: float


def equal_portions(units: int) -> Plasticity:
    """That of so many active units which share a rate of 1 alike, however often they were visited."""
    return Plasticity(np.full(units, 1.0 / units), 1.0, 1.0)


@njit(cache=True)
def learning_rates(table, units, visits, plasticity, rates):
    """Fill ``rates`` (n,), the learning rate of each active unit; see :func:`change`.

    Args:
        table: (units, width) float32, all read-outs of one animal.
        units: (n,) int32, active when the outputs were eligible.
        visits: column of the counts by which a unit's rate falls.
        plasticity: a :class:`Plasticity`.
        rates: (n,), filled.
    """
    for index in range(units.shape[0]):
        own = max(plasticity.floor, 1.0 / (1.0 + table[units[index], visits] / plasticity.anneal))
        rates[index] = own * plasticity.portion[index]


@njit(cache=True)
def change(table, units, column, rates, step):
    """Apply eligibility x error = ``step`` to one output of the active units, each at its rate.

    Args:
        table: (units, width) float32, all read-outs of one animal; changed in place.
        units: (n,) int32, active when the output was eligible.
        column: of the output.
        rates: (n,) learning rate of each: a :class:`Plasticity`'s ``portion``, or that less what visits take off.
        step: eligibility x error, and whatever else multiplies all rates.
    """
    for index in range(units.shape[0]):
        table[units[index], column] += np.float32(rates[index] * step)


class Ring(NamedTuple):
    """What was done in the last steps: the eligibility trace of a read-out that learns at every step.

    Attributes:
        units: (animals, slots, n) int32, active then.
        factor: (animals, slots, outputs) what each output did then; 1 for a read-out that predicts.
        newest: (animals,) the slot of the last step.
        length: (animals,) slots in use.
    """

    units: np.ndarray
    factor: np.ndarray
    newest: np.ndarray
    length: np.ndarray


@njit(cache=True)
def remember(row, units, factor, ring):
    """Put a step of one animal into its ring."""
    slots = ring.units.shape[1]
    place = (ring.newest[row] + 1) % slots
    ring.newest[row] = place
    ring.length[row] = min(slots, ring.length[row] + 1)
    for index in range(units.shape[0]):
        ring.units[row, place, index] = units[index]
    for output in range(factor.shape[0]):
        ring.factor[row, place, output] = factor[output]


@njit(cache=True)
def teach(row, ring, first_output, eligibility, errors, rate, first_column, plasticity, table):
    """Apply an error of each output of one animal to all that is eligible.

    Args:
        row: which animal.
        ring: a :class:`Ring`.
        first_output: number of the first output in the ring.
        eligibility: (slots,) of what was done 0, 1, 2 ... steps ago.
        errors: (outputs,) the third factor.
        rate: learning rate.
        first_column: of the outputs.
        plasticity: a :class:`Plasticity`; counts are not used.
        table: (units, width), changed in place.
    """
    slots = ring.units.shape[1]
    for back in range(ring.length[row]):
        if eligibility[back] > ELIGIBLE:
            slot = (ring.newest[row] - back) % slots
            for output in range(errors.shape[0]):
                step = rate * eligibility[back] * errors[output] * ring.factor[row, slot, first_output + output]
                if step != 0.0:
                    change(table, ring.units[row, slot], first_column + output, plasticity.portion, step)
