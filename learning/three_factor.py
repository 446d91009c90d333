"""The three-factor rule: weight change = rate x modulator x eligibility, on one linear read-out.

The eligibility trace of a synapse is what its units did (pre x post), fading with time; the modulator is
broadcast (Fremaux and Gerstner 2016; Gerstner et al. 2018). Here the code is sparse, so a trace is
kept as the last few sets of active units with one strength each, instead of one number a synapse.

All that belongs to a unit lies side by side, since it is always read together: ``synapses`` is
(units, width) float32 with, in each row, the weights of the options, their visits, the weight of the value
common to all options, the mean square of the error, and the unit's visits.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

MEMORY = 4
_LINE = 16


def width(options: int) -> int:
    """Numbers kept for each unit, rounded up to whole cache lines."""
    return -(-(2 * options + 3) // _LINE) * _LINE


def fields(options: int) -> dict[str, slice]:
    """Where each quantity lies in a unit's row."""
    return {
        "weights": slice(0, options),
        "visits": slice(options, 2 * options),
        "shared": slice(2 * options, 2 * options + 1),
        "square": slice(2 * options + 1, 2 * options + 2),
        "seen": slice(2 * options + 2, 2 * options + 3),
    }


@njit(cache=True)
def read_out(active, synapses, options, values, evidence):
    """Sum over the active units; returns the largest and the mean square error among them.

    Args:
        active: (n,) int32.
        synapses: (units, width) float32.
        options: number of options.
        values: (options,) float32, becomes the sum of shared and option weights.
        evidence: (options,) float32, becomes the mean number of visits.
    """
    for option in range(options):
        values[option] = evidence[option] = np.float32(0.0)
    base = largest = mean = np.float32(0.0)
    for unit in active:
        row = synapses[unit]
        base += row[2 * options]
        largest = max(largest, row[2 * options + 1])
        mean += row[2 * options + 1]
        for option in range(options):
            values[option] += row[option]
            evidence[option] += row[options + option]
    for option in range(options):
        values[option] += base
        evidence[option] /= np.float32(active.shape[0])
    return largest, mean / np.float32(active.shape[0])


class Trace(NamedTuple):
    """What is eligible, for every animal.

    Attributes:
        past_units: (animals, MEMORY, n) int32, sets of active units, newest first.
        past_option: (animals, MEMORY) int, the option of each set; -1 where the slot is empty.
        strength: (animals, MEMORY) eligibility.
    """

    past_units: np.ndarray
    past_option: np.ndarray
    strength: np.ndarray


class Plasticity(NamedTuple):
    """How a synapse follows the modulator.

    Attributes:
        anneal, floor: a unit's rate is rate * max(floor, 1 / (1 + visits / anneal)).
        portion: (options,) share of each option's change that goes to the value common to all options.
    """

    anneal: float
    floor: float
    portion: np.ndarray


@njit(cache=True)
def update(row, trace, modulator, rate, plasticity, synapses):
    """Apply ``modulator`` to everything in the eligibility trace of one animal.

    Args:
        row: which animal.
        trace: of all animals, a :class:`Trace`.
        modulator: the third factor, for example a temporal-difference error.
        rate: learning rate, shared by all units of a set.
        plasticity: a :class:`Plasticity`.
        synapses: (animals, units, width) float32, changed in place.
    """
    portion = plasticity.portion
    options = portion.shape[0]
    for slot in range(trace.past_option.shape[1]):
        option, strength = trace.past_option[row, slot], trace.strength[row, slot]
        if option < 0 or strength < 1e-4:
            continue
        units = trace.past_units[row, slot]
        step = modulator * strength * rate / units.shape[0]
        for unit in units:
            own = synapses[row, unit]
            change = step * max(plasticity.floor, 1.0 / (1.0 + own[options + option] / plasticity.anneal))
            own[2 * options] += portion[option] * change
            own[option] += (1.0 - portion[option]) * change
