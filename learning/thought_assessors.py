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


@njit(cache=True)
def correct_rows(
    before,
    option,
    channels,
    now,
    after,
    predicted_after,
    ended,
    rate,
    anneal,
    floor,
    horizon,
    coming_horizon,
    decay,
    trace,
    strength,
    visits,
    shunned,
    delay,
    late_units,
    late_act,
    late_strength,
    tables,
):
    """Correct all assessors of every animal by one step.

    Args:
        before: (rows, n) int32 units that were active; ``now`` (rows, 2 options + 1, channels) what they predicted.
        option: (rows,) int, the act that was carried out; -1 where it matches none.
        channels: (rows, channels) what steering's channels did.
        after: (rows, n) int32 units active now; ``predicted_after`` what they predict.
        ended: (rows,) bool, nothing follows.
        rate: (rows,) learning rate.
        anneal, floor: a unit's rate for an act is rate x max(floor, 1 / (1 + visits / anneal)); a max over noisy
            predictions is too high, and averaging is what cures it.
        horizon, coming_horizon: discounts per step.
        decay: of the trace per step, on top of ``coming_horizon``.
        trace, strength: (rows, MEMORY, n) int32 and (rows, MEMORY), the eligibility trace, changed in place.
        shunned: (rows, options) bool, acts that would not be chosen now, so that what they bring is not within reach.
        delay: (channels,) share of an act's effect that comes per step, for channels of long delay; 0 for the others.
        late_units, late_act, late_strength: (rows, LATE, n), (rows, LATE), (rows, LATE, channels), the trace of acts whose
            delayed effects are still to come, changed in place.
        visits: (rows, units, options) and
        tables: (rows, units, 2 options + 1, channels), changed in place.
    """
    options = (tables.shape[2] - 1) // 2
    share = 1.0 / before.shape[1]
    for row in range(before.shape[0]):
        table, follows = tables[row], 0.0 if ended[row] else 1.0
        act, leads_on = option[row], 0.0 if ended[row] or _same(before[row], after[row]) else horizon
        for slot in range(strength.shape[1] - 1, 0, -1):
            strength[row, slot] = strength[row, slot - 1] * coming_horizon * decay
            trace[row, slot] = trace[row, slot - 1]
        strength[row, 0] = 1.0
        trace[row, 0] = before[row]
        for channel in range(channels.shape[1]):
            seen = channels[row, channel]
            if act >= 0:
                best = 0.0
                for other in range(options):
                    if not shunned[row, other]:
                        best = max(best, predicted_after[row, options + other, channel])
                at_once = share * rate[row] * (seen - now[row, act, channel])
                within_reach = share * rate[row] * (seen + leads_on * best - now[row, options + act, channel])
                for unit in before[row]:
                    own = max(floor, 1.0 / (1.0 + visits[row, unit, act] / anneal))
                    if delay[channel] == 0.0:
                        table[unit, act, channel] += own * at_once
                    table[unit, options + act, channel] += own * within_reach
            error = (
                seen
                + follows * coming_horizon * predicted_after[row, 2 * options, channel]
                - now[row, 2 * options, channel]
            )
            for slot in range(strength.shape[1]):
                if strength[row, slot] > 0.01:
                    step = share * rate[row] * error * strength[row, slot]
                    for unit in trace[row, slot]:
                        table[unit, 2 * options, channel] += step
        _blame(before[row], act, channels[row], delay, rate[row], late_units[row], late_act[row], late_strength[row], table)
        if act >= 0:
            for unit in before[row]:
                visits[row, unit, act] += 1.0
        if ended[row]:
            strength[row] = 0.0
            late_strength[row] = 0.0


@njit(cache=True)
def _blame(units, act, channels, delay, rate, late_units, late_act, late_strength, table):
    """Share what a delayed channel did among the acts that may have caused it, and correct them together (Rescorla-Wagner)."""
    share = 1.0 / units.shape[0]
    tasted = False
    for channel in range(channels.shape[0]):
        tasted |= delay[channel] == 0.0 and channels[channel] > 0.0
    if tasted and act >= 0:
        if late_act[0] != act or not _same(late_units[0], units):
            for slot in range(late_act.shape[0] - 1, 0, -1):
                late_units[slot], late_strength[slot] = late_units[slot - 1], late_strength[slot - 1]
                late_act[slot] = late_act[slot - 1]
            late_units[0], late_act[0], late_strength[0] = units, act, 0.0
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
                    step = share * rate * error * late_strength[slot, channel] / (0.01 + norm)
                    for unit in late_units[slot]:
                        table[unit, late_act[slot], channel] += step
                late_strength[slot, channel] *= 1.0 - delay[channel]


@njit(cache=True)
def find_shunned(predictions, channel_values, bound, shunned):
    """Acts that at once bring more of what is unwelcome than ``bound``: fills ``shunned`` (rows, options) bool."""
    for row in range(shunned.shape[0]):
        for option in range(shunned.shape[1]):
            total = 0.0
            for channel in range(channel_values.shape[1]):
                total += min(0.0, channel_values[row, channel]) * max(0.0, predictions[row, option, channel])
            shunned[row, option] = total < -bound


@njit(cache=True)
def values_of(predictions, channel_values, values):
    """Value of each option: what is sought within reach, less what is shunned at once; fills ``values`` (rows, options)."""
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


def correct_reference(
    before: np.ndarray,
    option: int,
    channels: np.ndarray,
    after: np.ndarray,
    ended: bool,
    rate: float,
    anneal: float,
    floor: float,
    horizon: float,
    coming_horizon: float,
    decay: float,
    trace: list[tuple[np.ndarray, float]],
    shunned: np.ndarray,
    delay: np.ndarray,
    late: list[tuple[np.ndarray, int, np.ndarray]],
    visits: np.ndarray,
    table: np.ndarray,
) -> tuple[list[tuple[np.ndarray, float]], list[tuple[np.ndarray, int, np.ndarray]]]:
    """:func:`correct_rows` for one animal in plain NumPy; returns the new traces, newest first. Tests compare the two."""
    options = (table.shape[1] - 1) // 2
    now, then = table[before].sum(axis=0), table[after].sum(axis=0)
    trace = [(before, 1.0), *((units, strength * coming_horizon * decay) for units, strength in trace)][:MEMORY]
    share = rate / len(before)
    if option >= 0:
        best = np.maximum(then[options : 2 * options][~shunned].max(axis=0, initial=0.0), 0.0)
        leads_on = 0.0 if ended or np.array_equal(before, after) else horizon
        own = np.maximum(floor, 1.0 / (1.0 + visits[before, option] / anneal))[:, None]
        table[before, option] += own * share * np.where(delay == 0.0, channels - now[option], 0.0)
        table[before, options + option] += own * share * (channels + leads_on * best - now[options + option])
    error = channels + (0.0 if ended else coming_horizon) * then[-1] - now[-1]
    for units, strength in trace:
        if strength > 0.01:
            table[units, 2 * options] += share * strength * error
    if option >= 0 and ((channels > 0.0) & (delay == 0.0)).any():
        if not late or late[0][1] != option or not np.array_equal(late[0][0], before):
            late = [(before, option, np.zeros(len(channels))), *late][:LATE]
        late[0] = (before, option, late[0][2] + delay)
    for channel in np.flatnonzero(delay):
        causes = [(units, act, strength[channel]) for units, act, strength in late if strength[channel] > 1e-4]
        expected = sum(strength * table[units, act, channel].sum() for units, act, strength in causes)
        norm = 0.01 + sum(strength**2 for *_, strength in causes)
        for units, act, strength in causes:
            table[units, act, channel] += share * (channels[channel] - expected) * strength / norm
    late = [(units, act, strength * (1.0 - delay)) for units, act, strength in late]
    if option >= 0:
        visits[before, option] += 1.0
    return ([], []) if ended else (trace, late)
