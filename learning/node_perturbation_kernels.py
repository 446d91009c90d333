"""Kernels of the graded learner: a linear read-out of a sparse code, its perturbation, and the three-factor rule on it.

All that belongs to a unit lies side by side: ``synapses`` is (units, width) float32 with, in each row, the motor weights of
the outputs, their bias weights, and what reward there was with the learner and with the reflex in charge.
"""

from __future__ import annotations

import numpy as np
from numba import njit

TALLIES = 2  # reward with the learner and with the reflex in charge


@njit(cache=True)
def propose_rows(
    units,
    synapses,
    rest,
    silenced,
    noise,
    share_kept,
    amplitude,
    lowest,
    highest,
    perturbation,
    read_out,
    action,
    evidence,
):
    """Read out an action for every animal and perturb it.

    Args:
        units: (rows, n) int32, active units.
        synapses: (rows, units, width).
        rest: (outputs,) action of a silent read-out.
        silenced: (rows,) bool: without the pathway of variability, which gives both the perturbation and the bias.
        noise: (rows, outputs) standard normal.
        share_kept: of the perturbation from step to step (correlated noise of unit variance).
        amplitude: (rows,) of the perturbation, in units of the action.
        lowest, highest: (outputs,) bounds of the action.
        perturbation: (rows, outputs), advanced in place.
        read_out, action: (rows, outputs), filled: without and with the perturbation.
        evidence: (rows, 2), filled with the tallies, means over the active units.
    """
    outputs = action.shape[1]
    innovation = np.sqrt(1.0 - share_kept * share_kept)
    for row in range(action.shape[0]):
        table = synapses[row]
        for output in range(outputs):
            read_out[row, output] = rest[output]
        for tally in range(TALLIES):
            evidence[row, tally] = 0.0
        bias = 0.0 if silenced[row] else 1.0
        for unit in units[row]:
            weights = table[unit]
            for output in range(outputs):
                read_out[row, output] += weights[output] + bias * weights[outputs + output]
            for tally in range(TALLIES):
                evidence[row, tally] += weights[2 * outputs + tally]
        for tally in range(TALLIES):
            evidence[row, tally] /= units.shape[1]
        for output in range(outputs):
            moved = share_kept * perturbation[row, output] + innovation * noise[row, output]
            perturbation[row, output] = moved
            wanted = read_out[row, output] + bias * amplitude[row] * moved
            action[row, output] = min(highest[output], max(lowest[output], wanted))


@njit(cache=True)
def learn_rows(
    units,
    deviation,
    in_charge,
    reward,
    rate,
    kernel,
    consolidation,
    tally_share,
    binary,
    bound,
    trace_units,
    trace_deviation,
    trace_in_charge,
    newest,
    trace_length,
    synapses,
):
    """Put this step into the trace, and apply the reward that came now to the acts that it judges.

    Args:
        units: (rows, n) int32 that were active at the act.
        deviation: (rows, outputs) of the act from the read-out, in standard deviations of the perturbation. Of the reflex's acts
            only those better than expected teach, since they may be far from anything the learner would do.
        in_charge: (rows,) bool, the learner's action was carried out.
        reward: (rows,) the third factor: the error of steering's prediction.
        rate: (rows,) learning rate, in units of the action.
        kernel: (slots,) eligibility of the acts 0, 1, 2 ... steps ago; a peak at the delay of judgement.
        consolidation: (rows,) share of the bias that moves to the motor weights each time that it is judged.
        tally_share: share by which the tallies follow.
        binary: whether only the sign of the reward counts (Fiete et al. 2007).
        bound: largest sum of a unit's motor and bias weights, times the number of active units.
        trace_units, trace_deviation, trace_in_charge: (rows, slots, ...) what was done in the last steps, in a ring of which
            ``newest`` (rows,) is the place of this step; ``trace_length`` (rows,) how many are of this episode. Changed in place.
        synapses: (rows, units, width), changed in place.
    """
    outputs, active, slots = deviation.shape[1], units.shape[1], kernel.shape[0]
    limit = bound / active
    for row in range(units.shape[0]):
        place = (newest[row] + 1) % slots
        newest[row] = place
        trace_length[row] = min(slots, trace_length[row] + 1)
        for index in range(active):
            trace_units[row, place, index] = units[row, index]
        for output in range(outputs):
            trace_deviation[row, place, output] = deviation[row, output]
        trace_in_charge[row, place] = in_charge[row]
        third = reward[row]
        if third == 0.0:
            continue
        if binary:
            third = 1.0 if third > 0.0 else -1.0
        table = synapses[row]
        for back in range(trace_length[row]):
            eligible = kernel[back]
            if eligible == 0.0:
                continue
            slot = (place - back) % slots
            who = 0 if trace_in_charge[row, slot] else 1
            step = rate[row] * third * eligible / active if who == 0 or third > 0.0 else 0.0
            moves = consolidation[row] * eligible
            for index in range(active):
                weights = table[trace_units[row, slot, index]]
                for output in range(outputs):
                    moved = moves * weights[outputs + output]
                    motor = weights[output] + moved
                    total = motor + weights[outputs + output] - moved + step * trace_deviation[row, slot, output]
                    weights[output] = motor
                    weights[outputs + output] = min(limit, max(-limit, total)) - motor
                weights[2 * outputs + who] += eligible * tally_share * (reward[row] - weights[2 * outputs + who])


def learn_reference(
    reward: float,
    rate: float,
    kernel: np.ndarray,
    consolidation: float,
    tally_share: float,
    binary: bool,
    bound: float,
    trace: list[tuple[np.ndarray, np.ndarray, bool]],
    table: np.ndarray,
) -> None:
    """:func:`learn_rows` for one animal in plain NumPy, in place; ``trace`` is newest first and holds this step already."""
    if reward == 0.0:
        return
    outputs = trace[0][1].size
    motor, bias = slice(0, outputs), slice(outputs, 2 * outputs)
    third = np.sign(reward) if binary else reward
    for eligible, (units, deviation, in_charge) in zip(kernel, trace, strict=False):
        if eligible == 0.0:
            continue
        limit, teaches = bound / len(units), in_charge or third > 0.0
        table[units, motor], table[units, bias] = (
            table[units, motor] + consolidation * eligible * table[units, bias],
            table[units, bias] * (1.0 - consolidation * eligible),
        )
        total = table[units, motor] + table[units, bias] + teaches * rate * third * eligible / len(units) * deviation
        table[units, bias] = np.clip(total, -limit, limit) - table[units, motor]
        tally = 2 * outputs + (0 if in_charge else 1)
        table[units, tally] += eligible * tally_share * (reward - table[units, tally])
