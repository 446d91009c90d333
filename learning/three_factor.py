"""The three-factor rule: weight change = rate x modulator x eligibility, on one linear read-out.

The eligibility trace of a synapse is what its units did (pre x post), fading with time; the modulator is
broadcast (Fremaux and Gerstner 2016; Gerstner et al. 2018). Here the code is sparse, so a trace is
kept as the last few sets of active units with one strength each, instead of one number a synapse.
"""

from __future__ import annotations

import numpy as np
from numba import njit

MEMORY = 4


@njit(cache=True)
def read_out(active, shared, weights, values):
    """Fill ``values`` (options,) float32 = sum over active units of shared[unit] + weights[unit, option]."""
    base = np.float32(0.0)
    options = values.shape[0]
    for option in range(options):
        values[option] = np.float32(0.0)
    for unit in active:
        base += shared[unit]
        for option in range(options):
            values[option] += weights[unit, option]
    for option in range(options):
        values[option] += base


@njit(cache=True)
def update(traced_units, traced_option, strength, modulator, rate, anneal, floor, portion, visits, shared, weights):
    """Apply ``modulator`` to everything in the eligibility trace of one animal.

    Args:
        traced_units: (MEMORY, active) int32, sets of active units.
        traced_option: (MEMORY,) int, the option of each set; -1 where the slot is empty.
        strength: (MEMORY,) eligibility.
        modulator: the third factor, for example a temporal-difference error.
        rate: learning rate, shared by all units of a set.
        anneal, floor: a unit's rate is rate * max(floor, 1 / (1 + visits / anneal)).
        portion: (options,) share of each option's change that goes to the value common to all options.
        visits: (units, options) visits of each unit with each option.
        shared: (units,) weights of the value common to all options.
        weights: (units, options) weights of each option.
    """
    for slot in range(traced_option.shape[0]):
        option = traced_option[slot]
        if option < 0 or strength[slot] < 1e-4:
            continue
        step = modulator * strength[slot] * rate / traced_units.shape[1]
        for unit in traced_units[slot]:
            own = max(floor, 1.0 / (1.0 + visits[unit, option] / anneal))
            shared[unit] += portion[option] * step * own
            weights[unit, option] += (1.0 - portion[option]) * step * own


def read_out_reference(active: np.ndarray, shared: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """:func:`read_out` in plain NumPy, (options,); tests compare the two."""
    return shared[active].sum() + weights[active].sum(axis=0)


def update_reference(
    traced_units: np.ndarray, traced_option: np.ndarray, strength: np.ndarray, modulator: float, rate: float,
    anneal: float, floor: float, portion: np.ndarray, visits: np.ndarray, shared: np.ndarray, weights: np.ndarray,
) -> None:  # fmt: skip
    """:func:`update` in plain NumPy, in place; tests compare the two."""
    for units, option, eligibility in zip(traced_units, traced_option, strength, strict=True):
        if option >= 0 and eligibility >= 1e-4:
            own = np.maximum(floor, 1.0 / (1.0 + visits[units, option] / anneal))
            step = modulator * eligibility * rate / len(units) * own
            np.add.at(shared, units, portion[option] * step)
            np.add.at(weights, (units, option), (1.0 - portion[option]) * step)
