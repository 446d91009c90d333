"""Thought assessors: supervised predictors of steering's channels, one table for each animal.

Each assessor is a read-out of the pattern-separated observation that is corrected by what steering's channel then did, so what it
learns is a sensation and not a value; steering values the prediction in the present state of the body. That is what lets a
cue for salt turn good on first sight (Robinson and Berridge 2013; Dayan and Berridge 2014; after Byrnes' Thought Assessors).

Three predictions are kept for every channel: what an act brings at once; how much of it is within reach if one seeks it
(discounted, each channel with a policy of its own, as in the Horde of Sutton et al. 2011); and what is coming as things are,
whatever one does (temporal differences with an eligibility trace). What a channel of long delay, such as malaise, brings is
learned by a trace of its own, over acts during which something was tasted (Garcia and Koelling 1966). An act that changes
nothing in the observation brings within reach only what it brings at once: else "lick" would inherit the worth of leaving, and
self-confirming errors would hold an animal at an empty spout. All are three-factor rules: active units x eligibility x
prediction error.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

MEMORY = 6
LATE = 12


def newborn_table(units: int, options: int, channels: int) -> np.ndarray:
    """(units, 2 options + 1, channels) float32 zeros: at once and within reach for each option, then what is coming."""
    return np.zeros((units, 2 * options + 1, channels), np.float32)


@njit(cache=True)
def predict(active, table, predictions):
    """Sum the rows of the active units: fills ``predictions`` (2 options + 1, channels)."""
    total, rows = predictions.reshape(-1), table.reshape(table.shape[0], -1)  # in one stretch, which compiles to vectors
    total[:] = 0.0
    for unit in active:
        row = rows[unit]
        for entry in range(total.shape[0]):
            total[entry] += row[entry]


@njit(cache=True)
def predict_rows(active, tables, predictions):
    """:func:`predict` for every animal."""
    for row in range(active.shape[0]):
        predict(active[row], tables[row], predictions[row])


@njit(cache=True)
def _same(one, other):
    for place in range(one.shape[0]):  # noqa: SIM110  # numba compiles no all()
        if one[place] != other[place]:
            return False
    return True


class Code(NamedTuple):
    """What is active at a moment: ``units`` (animals, n) int32, and what they predict: (animals, 2 options + 1, channels)."""

    units: np.ndarray
    predictions: np.ndarray


class Act(NamedTuple):
    """What was done and what came of it.

    Attributes:
        option: (animals,) int, the act that was carried out; -1 where it matches none.
        channels: (animals, channels) what steering's channels did.
        ended: (animals,) bool, nothing follows.
        rate: (animals,) learning rate.
        shunned: (animals, options) bool, acts that would not be chosen now, so that what they bring is not within reach.
    """

    option: np.ndarray
    channels: np.ndarray
    ended: np.ndarray
    rate: np.ndarray
    shunned: np.ndarray


class Settings(NamedTuple):
    """How predictions are corrected.

    Attributes:
        anneal, floor: a unit's rate for an act is rate x max(floor, 1 / (1 + visits / anneal)); the
            maximum of noisy predictions is too high, and averaging corrects that.
        horizon, coming_horizon: discounts per step.
        decay: of the trace per step, on top of ``coming_horizon``.
        delay: (channels,) share of an act's effect that comes per step, for channels of long delay; 0 for the others.
    """

    anneal: float
    floor: float
    horizon: float
    coming_horizon: float
    decay: float
    delay: np.ndarray


class Trace(NamedTuple):
    """The eligibility trace: ``units`` (animals, MEMORY, n) int32 and ``strength`` (animals, MEMORY)."""

    units: np.ndarray
    strength: np.ndarray


class LateTrace(NamedTuple):
    """Acts whose delayed effects are still to come: ``units`` (animals, LATE, n), ``act`` (animals, LATE), ``strength`` by channel."""

    units: np.ndarray
    act: np.ndarray
    strength: np.ndarray


class Memory(NamedTuple):
    """``visits`` (animals, units, options) and ``weights`` (animals, units, 2 options + 1, channels), changed in place."""

    visits: np.ndarray
    weights: np.ndarray


@njit(cache=True)
def correct_rows(before, act, after, settings, trace, late, memory):
    """Correct all assessors of every animal by one step.

    Args:
        before, after: a :class:`Code` each, at the act and now.
        act: an :class:`Act`.
        settings: a :class:`Settings`.
        trace, late: a :class:`Trace` and a :class:`LateTrace`, changed in place.
        memory: a :class:`Memory`, changed in place.
    """
    horizon, coming_horizon = settings.horizon, settings.coming_horizon
    strength, visits = trace.strength, memory.visits
    options = (memory.weights.shape[2] - 1) // 2
    share = 1.0 / before.units.shape[1]
    for row in range(before.units.shape[0]):
        table, follows = memory.weights[row], 0.0 if act.ended[row] else 1.0
        units, now, following = before.units[row], before.predictions[row], after.predictions[row]
        done, rate = act.option[row], act.rate[row]
        leads_on = 0.0 if act.ended[row] or _same(units, after.units[row]) else horizon
        for slot in range(strength.shape[1] - 1, 0, -1):
            strength[row, slot] = strength[row, slot - 1] * coming_horizon * settings.decay
            trace.units[row, slot] = trace.units[row, slot - 1]
        strength[row, 0] = 1.0
        trace.units[row, 0] = units
        for channel in range(act.channels.shape[1]):
            seen = act.channels[row, channel]
            if done >= 0:
                best = 0.0
                for other in range(options):
                    if not act.shunned[row, other]:
                        best = max(best, following[options + other, channel])
                at_once = share * rate * (seen - now[done, channel])
                within_reach = share * rate * (seen + leads_on * best - now[options + done, channel])
                for unit in units:
                    own = max(settings.floor, 1.0 / (1.0 + visits[row, unit, done] / settings.anneal))
                    if settings.delay[channel] == 0.0:
                        table[unit, done, channel] += own * at_once
                    table[unit, options + done, channel] += own * within_reach
            error = seen + follows * coming_horizon * following[2 * options, channel] - now[2 * options, channel]
            for slot in range(strength.shape[1]):
                if strength[row, slot] > 0.01:
                    step = share * rate * error * strength[row, slot]
                    for unit in trace.units[row, slot]:
                        table[unit, 2 * options, channel] += step
        _blame(row, units, act, settings.delay, late, table)
        if done >= 0:
            for unit in units:
                visits[row, unit, done] += 1.0
        if act.ended[row]:
            strength[row] = 0.0
            late.strength[row] = 0.0


@njit(cache=True)
def _blame(row, units, act, delay, late, table):
    """Share what a delayed channel did among the acts that may have caused it, and correct them together (Rescorla-Wagner)."""
    done, channels = act.option[row], act.channels[row]
    late_units, late_act, late_strength = late.units[row], late.act[row], late.strength[row]
    share = 1.0 / units.shape[0]
    tasted = False
    for channel in range(channels.shape[0]):
        tasted |= delay[channel] == 0.0 and channels[channel] > 0.0
    if tasted and done >= 0:
        if late_act[0] != done or not _same(late_units[0], units):
            for slot in range(late_act.shape[0] - 1, 0, -1):
                late_units[slot], late_strength[slot] = late_units[slot - 1], late_strength[slot - 1]
                late_act[slot] = late_act[slot - 1]
            late_units[0], late_act[0], late_strength[0] = units, done, 0.0
        for channel in range(channels.shape[0]):
            late_strength[0, channel] += delay[channel]
    for channel in range(channels.shape[0]):
        if delay[channel] > 0.0:
            expected = norm = 0.0
            for slot in range(late_act.shape[0]):
                if late_strength[slot, channel] > 1e-4:
                    predicted = 0.0
                    for unit in late_units[slot]:
                        predicted += table[unit, late_act[slot], channel]
                    expected += late_strength[slot, channel] * predicted
                    norm += late_strength[slot, channel] ** 2
            error = channels[channel] - expected
            for slot in range(late_act.shape[0]):
                if late_strength[slot, channel] > 1e-4:
                    step = share * act.rate[row] * error * late_strength[slot, channel] / (0.01 + norm)
                    for unit in late_units[slot]:
                        table[unit, late_act[slot], channel] += step
                late_strength[slot, channel] *= 1.0 - delay[channel]


@njit(cache=True)
def find_shunned(predictions, channel_values, bound, shunned):
    """Acts that at once bring more of what is unwelcome than ``bound``: fills ``shunned`` (animals, options) bool."""
    for row in range(shunned.shape[0]):
        for option in range(shunned.shape[1]):
            total = 0.0
            for channel in range(channel_values.shape[1]):
                total += min(0.0, channel_values[row, channel]) * max(0.0, predictions[row, option, channel])
            shunned[row, option] = total < -bound


@njit(cache=True)
def values_of(predictions, channel_values, values):
    """Value of each option: what is sought within reach, less what is shunned at once; fills ``values`` (animals, options)."""
    options = values.shape[1]
    for row in range(values.shape[0]):
        for option in range(options):
            total = 0.0
            for channel in range(channel_values.shape[1]):
                worth = channel_values[row, channel]
                prediction = (
                    predictions[row, options + option, channel] if worth > 0.0 else predictions[row, option, channel]
                )
                total += worth * prediction
            values[row, option] = total
