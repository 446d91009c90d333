"""Kernels of the node-perturbation learner: a linear read-out of a sparse code, its perturbation, and the three-factor rule on it.

All that belongs to a unit lies side by side: ``synapses`` is (units, width) float32 with, in each row, the motor weights of
the outputs, their bias weights, and what reward there was with the learner and with the reflex in charge.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

TALLIES = 2  # reward with the learner and with the reflex in charge


class Outputs(NamedTuple):
    """``rest`` (outputs,), the action of a silent read-out, and the bounds ``lowest`` and ``highest`` of actions, (outputs,) each."""

    rest: np.ndarray
    lowest: np.ndarray
    highest: np.ndarray


class Variability(NamedTuple):
    """The pathway of variability and bias.

    Attributes:
        silenced: (animals,) bool: without it, there is neither perturbation nor bias.
        noise: (animals, outputs) standard normal.
        share_kept: of the perturbation from step to step (correlated noise of unit variance).
        amplitude: (animals,) of the perturbation, in units of the action.
        perturbation: (animals, outputs), advanced in place.
    """

    silenced: np.ndarray
    noise: np.ndarray
    share_kept: float
    amplitude: np.ndarray
    perturbation: np.ndarray


class Proposed(NamedTuple):
    """Filled: actions (animals, outputs) ``without`` and ``with_noise``, and ``evidence`` (animals, TALLIES) for either actor."""

    without: np.ndarray
    with_noise: np.ndarray
    evidence: np.ndarray


class Act(NamedTuple):
    """What was done.

    Attributes:
        units: (animals, n) int32 that were active.
        deviation: (animals, outputs) of the act from the read-out, in standard deviations of the perturbation. Of the reflex's
            acts only those better than expected teach, since they may be far from anything the learner would do.
        in_charge: (animals,) bool, the learner's action was carried out.
    """

    units: np.ndarray
    deviation: np.ndarray
    in_charge: np.ndarray


class Teaching(NamedTuple):
    """The third factor and what it does.

    Attributes:
        reward: (animals,) the error of steering's prediction.
        rate: (animals,) learning rate, in units of the action.
        consolidation: (animals,) share of the bias that moves to the motor weights each time that it is judged.
    """

    reward: np.ndarray
    rate: np.ndarray
    consolidation: np.ndarray


class Settings(NamedTuple):
    """Innate settings of the rule.

    Attributes:
        kernel: (slots,) eligibility of the acts 0, 1, 2 ... steps ago; a peak at the delay of judgement.
        tally_share: share by which the tallies follow.
        binary: whether only the sign of the reward counts (Fiete et al. 2007).
        bound: largest sum of a unit's motor and bias weights, times the number of active units.
    """

    kernel: np.ndarray
    tally_share: float
    binary: bool
    bound: float


class Trace(NamedTuple):
    """What was done in the last steps, in a ring of slots (animals, slots, ...).

    ``newest`` and ``length``, (animals,) each, tell where the newest is and how many there are.
    """

    units: np.ndarray
    deviation: np.ndarray
    in_charge: np.ndarray
    newest: np.ndarray
    length: np.ndarray


@njit(cache=True)
def propose_rows(units, synapses, outputs, variability, proposed):
    """Read out an action for every animal and perturb it.

    Args:
        units: (animals, n) int32, active units.
        synapses: (animals, units, width).
        outputs: an :class:`Outputs`.
        variability: a :class:`Variability`; its perturbation is advanced.
        proposed: a :class:`Proposed`, filled.
    """
    read_out, action, evidence = proposed.without, proposed.with_noise, proposed.evidence
    perturbation, kept = variability.perturbation, variability.share_kept
    count = action.shape[1]
    innovation = np.sqrt(1.0 - kept * kept)
    for row in range(action.shape[0]):
        table = synapses[row]
        for output in range(count):
            read_out[row, output] = outputs.rest[output]
        for tally in range(TALLIES):
            evidence[row, tally] = 0.0
        bias = 0.0 if variability.silenced[row] else 1.0
        for unit in units[row]:
            weights = table[unit]
            for output in range(count):
                read_out[row, output] += weights[output] + bias * weights[count + output]
            for tally in range(TALLIES):
                evidence[row, tally] += weights[2 * count + tally]
        for tally in range(TALLIES):
            evidence[row, tally] /= units.shape[1]
        for output in range(count):
            moved = kept * perturbation[row, output] + innovation * variability.noise[row, output]
            perturbation[row, output] = moved
            wanted = read_out[row, output] + bias * variability.amplitude[row] * moved
            action[row, output] = min(outputs.highest[output], max(outputs.lowest[output], wanted))


@njit(cache=True)
def learn_rows(act, teaching, settings, trace, synapses):
    """Put this step into the trace, and apply the reward that came now to the acts that it judges.

    Args:
        act: an :class:`Act`.
        teaching: a :class:`Teaching`.
        settings: a :class:`Settings`.
        trace: a :class:`Trace`, changed in place.
        synapses: (animals, units, width), changed in place.
    """
    kernel = settings.kernel
    outputs, active, slots = act.deviation.shape[1], act.units.shape[1], kernel.shape[0]
    limit = settings.bound / active
    for row in range(act.units.shape[0]):
        place = (trace.newest[row] + 1) % slots
        trace.newest[row] = place
        trace.length[row] = min(slots, trace.length[row] + 1)
        for index in range(active):
            trace.units[row, place, index] = act.units[row, index]
        for output in range(outputs):
            trace.deviation[row, place, output] = act.deviation[row, output]
        trace.in_charge[row, place] = act.in_charge[row]
        reward = teaching.reward[row]
        third = reward
        if third == 0.0:
            continue
        if settings.binary:
            third = 1.0 if third > 0.0 else -1.0
        table = synapses[row]
        for back in range(trace.length[row]):
            eligible = kernel[back]
            if eligible == 0.0:
                continue
            slot = (place - back) % slots
            who = 0 if trace.in_charge[row, slot] else 1
            step = teaching.rate[row] * third * eligible / active if who == 0 or third > 0.0 else 0.0
            moves = teaching.consolidation[row] * eligible
            for index in range(active):
                weights = table[trace.units[row, slot, index]]
                for output in range(outputs):
                    moved = moves * weights[outputs + output]
                    motor = weights[output] + moved
                    total = motor + weights[outputs + output] - moved + step * trace.deviation[row, slot, output]
                    weights[output] = motor
                    weights[outputs + output] = min(limit, max(-limit, total)) - motor
                weights[2 * outputs + who] += eligible * settings.tally_share * (reward - weights[2 * outputs + who])
