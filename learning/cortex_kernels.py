"""The hot kernels of the cortex: what each act would bring, what that is worth, and how an act that ends is learned from."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from core.copying import copy_matrix, copy_vector
from learning.three_factor import change, learning_rates

DEFER = 0
TRACE = 4  # acts for which deferring stays eligible
_LINE = 16


class Layout(NamedTuple):
    """Where everything lies in the row of a unit, (width,) float32: all that belongs to a unit is read together.

    Attributes:
        options, channels: how many there are. The forecast of what comes within reach after an act lies in column
            ``option * channels + channel``.
        once: first column of the forecasts of what an act brings at once, in the same order; -1 where nobody asks for them.
        visits: first column of how often each option was begun while the unit was active.
        seen: column of how often any was.
        error: first column of the mean squares of the errors, by channel.
        coming: first column of the forecasts of what is coming as things are, by channel; -1 where nobody asks for them.
        motor: first column of the motor map: motor weights of each axis, then their bias; -1 without one.
        width: of a row, in whole cache lines.
    """

    options: int
    channels: int
    once: int
    visits: int
    seen: int
    error: int
    coming: int
    motor: int
    width: int


def layout(options: int, channels: int, at_once: bool, coming: bool, axes: int) -> Layout:
    """Lay out the read-outs that an animal has; see :class:`Layout`."""
    widths = {
        "reach": options * channels,
        "once": at_once * options * channels,
        "visits": options,
        "seen": 1,
        "error": channels,
        "coming": coming * channels,
        "motor": 2 * axes,
    }
    column, first = 0, {}
    for name, width in widths.items():
        first[name] = column if width else -1
        column += width
    del first["reach"]
    return Layout(options, channels, width=-(-column // _LINE) * _LINE, **first)


class Situation(NamedTuple):
    """What steering and memory say where an animal decides.

    Attributes:
        worth: (animals, channels) reward that a unit of each channel is worth now.
        usable: (animals, goals) bool, goals that can be sought.
        draw: (animals, 1 + options) uniform random numbers.
        chance: (animals,) to explore.
        futile: (animals,) bool, the reflex brings no good.
        limits: (animals, 2, channels) float32, the least and the most that can lie ahead, by all that was ever felt.
    """

    worth: np.ndarray
    usable: np.ndarray
    draw: np.ndarray
    chance: np.ndarray
    futile: np.ndarray
    limits: np.ndarray


class Caution(NamedTuple):
    """Settings of a genome that decide what counts as better; see :class:`learning.cortical_genome.CorticalGenome`.

    ``uniform`` is the share of exploration that takes any act alike, ``uniform_alone`` that without a reflex to fall back on.
    ``first_goal`` is the number of the first option with a goal, ``motor`` that of the motor map or -1; ``appraised`` says that
    forecasts are of sensations, which are never less than none.
    """

    pessimism: float
    optimism: float
    uniform: float
    uniform_alone: float
    min_visits: float
    hopes: float
    shuns: float
    noise: float
    then_reflex: bool
    explores_after: float
    may_defer: bool
    appraised: bool
    first_goal: int
    motor: int


class Decided(NamedTuple):
    """What a decision leaves behind, for every animal.

    Attributes:
        units: (animals, n) int32, active.
        reach, once: (animals, options, channels) forecasts.
        ahead: (animals, channels) what is within reach from here.
        total: (animals, options) worth of each option.
    """

    units: np.ndarray
    reach: np.ndarray
    once: np.ndarray
    ahead: np.ndarray
    total: np.ndarray


class Memory(NamedTuple):
    """What is learned, and which deferred acts are eligible.

    Attributes:
        table: (animals, units, width).
        units: (animals, TRACE, n) int32, active when these acts began.
        strength: (animals, TRACE) of their eligibility.
    """

    table: np.ndarray
    units: np.ndarray
    strength: np.ndarray


class Felt(NamedTuple):
    """What came of the act that ends: ``gained`` (animals, channels), and what lies beyond it.

    Attributes:
        ahead: (animals, channels) within reach from where it ended.
        reflex_ahead: (animals, channels) what the reflex would bring from there.
        ended: (animals,) bool, nothing follows.
        resembles: (animals,) int, the option that the reflex's act was like; 0 for none.
        unchanged: (animals,) bool, the code is as it was when the act began.
    """

    gained: np.ndarray
    ahead: np.ndarray
    reflex_ahead: np.ndarray
    ended: np.ndarray
    resembles: np.ndarray
    unchanged: np.ndarray


class Fading(NamedTuple):
    """``discount`` a step, and ``trace_decay`` of deferred acts, an act."""

    discount: float
    trace_decay: float


@njit(cache=True)
def needs_decision(bouts, urgency, arousal, usable, offered):
    """Animals whose act is over, where something happened, or where a goal came within reach; (animals,) bool."""
    new_decision = np.zeros(bouts.shape[0], np.bool_)
    for row in range(bouts.shape[0]):
        bout = bouts[row]
        due = bout.left <= 0 or abs(urgency[row] - bout.urgency) > 0.25 or abs(arousal[row] - bout.arousal) > 0.5
        for goal in range(usable.shape[1]):
            due |= usable[row, goal] and not offered[row, goal]
            offered[row, goal] &= usable[row, goal]
        if due:
            new_decision[row] = True
            bout.urgency, bout.arousal = urgency[row], arousal[row]
            copy_vector(usable[row], offered[row])
    return new_decision


@njit(cache=True)
def read(active, table, total):
    """Sum the rows of the active units into ``total`` (width,)."""
    total[:] = np.float32(0.0)
    for unit in active:
        row = table[unit]
        for column in range(total.shape[0]):
            total[column] += row[column]


@njit(cache=True)
def _gather_evidence(active, table, lay, weight, evidence):
    """How often each option was begun here: fills ``evidence`` (options,), where each unit counts by its ``weight`` (n,)."""
    evidence[:] = 0.0
    for index in range(active.shape[0]):
        row = table[active[index]]
        for option in range(lay.options):
            evidence[option] += weight[index] * row[lay.visits + option]


@njit(cache=True)
def _familiarity(active, table, column, weight, min_visits):
    """The share of the code, by ``weight`` (n,), that was active often enough with an option."""
    known = 0.0
    for index in range(active.shape[0]):
        if table[active[index], column] >= min_visits:
            known += weight[index]
    return known


@njit(cache=True)
def _forecast(total, lay, appraised, limits, reach, once):
    """Fill the forecasts of one animal from the sums of its active units; other acts are forecast relative to deferring.

    Forecasts of a policy that is not followed can leave the range of what is possible (Baird 1995), so they are cut to it.
    """
    for option in range(lay.options):
        for channel in range(lay.channels):
            column = option * lay.channels + channel
            value = total[column]
            if option != DEFER:
                value += total[channel]
            value = min(max(value, limits[0, channel]), limits[1, channel])
            reach[option, channel] = max(np.float32(0.0), value) if appraised else value
            if lay.once >= 0:
                once[option, channel] = total[lay.once + column]


@njit(cache=True)
def decide(rows, table, lay, weight, situation, caution, decided, bouts):
    """Value every option in the given rows and choose: the best lower bound, or when exploring the best upper bound.

    What is wanted counts by what comes within reach, what is unwanted by what comes at once.

    Args:
        rows: (n,) int.
        table: (animals, units, width).
        lay: a :class:`Layout`.
        weight: (active units,) of each as evidence; they add up to 1.
        situation: a :class:`Situation`.
        caution: a :class:`Caution`.
        decided: a :class:`Decided`, filled.
        bouts: records, changed in place.
    """
    options, channels = lay.options, lay.channels
    sums = np.empty(lay.width, np.float32)
    barred, evidence = np.empty(options, np.bool_), np.empty(options)
    for row in rows:
        active, total = decided.units[row], decided.total[row]
        read(active, table[row], sums)
        reach, once = decided.reach[row], decided.once[row]
        _forecast(sums, lay, caution.appraised, situation.limits[row], reach, once)
        n = active.shape[0]
        _gather_evidence(active, table[row], lay, weight, evidence)
        largest, typical = np.zeros(channels), np.zeros(channels)
        for channel in range(channels):
            typical[channel] = sums[lay.error + channel] / n
            for unit in active:
                largest[channel] = max(largest[channel], table[row, unit, lay.error + channel])
        doubt = hope = 0.0
        for channel in range(channels):
            worth = situation.worth[row, channel]
            doubt += worth * worth * largest[channel]
            hope += worth * worth * typical[channel] if worth > 0.0 else 0.0
        doubt, hope = math.sqrt(doubt), math.sqrt(hope)
        free = not caution.may_defer or situation.futile[row]
        pessimism = 0.0 if free else caution.pessimism  # it is the price of leaving the reflex
        best, best_bound, tried, tried_bound, any_act, any_bound = 1, -np.inf, 1, -np.inf, 1, -np.inf
        most = -np.inf
        for option in range(options):
            sought = shunned = 0.0
            for channel in range(channels):
                worth = situation.worth[row, channel]
                if worth > 0.0 or lay.once < 0:
                    sought += worth * reach[option, channel]
                else:
                    shunned += worth * max(0.0, once[option, channel])
            noise = caution.noise * (2.0 * situation.draw[row, 1 + option] - 1.0)
            total[option] = sought + shunned + noise
            barred[option] = shunned < -caution.shuns
            goal = option - caution.first_goal
            if 0 <= goal < situation.usable.shape[1] and not situation.usable[row, goal]:
                barred[option] = True
                continue
            most = max(most, total[option])
            if option == DEFER:
                continue
            certainty = 1.0 / math.sqrt(1.0 + evidence[option])
            tie = 1e-3 * situation.draw[row, 1 + option] * certainty
            high = total[option] + caution.optimism * hope * certainty + tie
            low = total[option] - pessimism * doubt * certainty + tie
            if situation.draw[row, 1 + option] > any_bound:
                any_act, any_bound = option, situation.draw[row, 1 + option]
            if high > tried_bound:
                tried, tried_bound = option, high
            if low > best_bound:
                best, best_bound = option, low
        bout = bouts[row]
        chance, draw = situation.chance[row], situation.draw[row, 0]
        if caution.may_defer:
            known = 0.0
            for option in range(options):
                known = max(known, evidence[option])
            chance *= known / (known + caution.explores_after)
        helpless = caution.may_defer and situation.futile[row] and most <= caution.hopes  # nothing that is known would help
        if helpless:
            chance = max(chance, bout.arousal)
        hopeful = free or tried_bound > total[DEFER] + caution.hopes
        if helpless or draw < (caution.uniform_alone if free else caution.uniform) * chance:
            hopeful, tried = True, any_act
        if caution.motor >= 0:
            hopeful, tried = True, caution.motor  # where moments are judged, to explore is to practise
        bout.explores = draw < chance and hopeful
        bout.chosen = tried if bout.explores else best
        bout.familiarity = _familiarity(active, table[row], lay.visits + best, weight, caution.min_visits)
        bout.best_value, bout.defer_value = total[best], total[DEFER]
        uncertainty = math.sqrt(1.0 / (1.0 + evidence[best]) + 1.0 / (1.0 + evidence[DEFER]))  # of a difference
        bout.lower_bound = total[best] - total[DEFER] - pessimism * doubt * uncertainty
        _look_ahead(reach, evidence, lay, largest, barred, free, pessimism, caution.then_reflex, decided.ahead[row])


@njit(cache=True)
def _look_ahead(reach, evidence, lay, largest, barred, free, pessimism, then_reflex, ahead):
    """What is within reach from here: each channel by the act whose lower bound is highest, of those that are not barred."""
    for channel in range(lay.channels):
        top, top_bound, deviation = DEFER, -np.inf, math.sqrt(largest[channel])
        for option in range(lay.options):
            if then_reflex and option != DEFER:
                break
            if barred[option] or (option == DEFER and free):
                continue
            certainty = 0.0 if option == DEFER else 1.0 / math.sqrt(1.0 + evidence[option])
            low = reach[option, channel] - pessimism * deviation * certainty
            if low > top_bound:
                top, top_bound = option, low
        ahead[channel] = reach[top, channel]


@njit(cache=True)
def _change_at_once(table, units, first_column, rates, rate, gained, once, delayed):
    """Correct what an act was forecast to bring at once; channels with a delay learn elsewhere."""
    for channel in range(gained.shape[0]):
        if not delayed[channel]:
            change(table, units, first_column + channel, rates, rate * (gained[channel] - once[channel]))


@njit(cache=True)
def _count(table, units, lay, error, by_reflex, act):
    """Count a visit of the active units with the act that was done, and average their squared errors."""
    for unit in units:
        own = table[unit]
        share = max(0.005, 1.0 / (1.0 + own[lay.seen]))
        for channel in range(lay.channels):
            own[lay.error + channel] += share * (error[channel] * error[channel] - own[lay.error + channel])
        own[lay.seen] += 1.0
        if by_reflex:
            own[lay.visits + DEFER] += 1.0
        if act > 0:
            own[lay.visits + act] += 1.0


@njit(cache=True)
def close_bouts(rows, bouts, past, felt, fading, rate, lay, delayed, plasticity, memory):
    """End the running act of the given rows, and correct every forecast that it tests.

    Args:
        rows: (n,) int.
        bouts: records of the running acts.
        past: the :class:`Decided` of when they began.
        felt: a :class:`Felt`.
        fading: a :class:`Fading`.
        rate: (animals,) learning rate.
        lay: a :class:`Layout`.
        delayed: (channels,) bool, channels whose causes are found by a trace of their own.
        plasticity: a :class:`learning.three_factor.Plasticity`.
        memory: a :class:`Memory`, changed in place.
    """
    error, rates = np.zeros(lay.channels), np.empty(past.units.shape[1])
    for row in rows:
        bout = bouts[row]
        if not bout.running:
            continue
        table, units, strength = memory.table[row], past.units[row], memory.strength[row]
        reach, once, gained = past.reach[row], past.once[row], felt.gained[row]
        follows = 0.0 if felt.ended[row] else fading.discount**bout.steps
        by_reflex = bout.option == DEFER
        act = felt.resembles[row] if by_reflex else bout.option
        for slot in range(TRACE - 1, 0, -1):
            strength[slot] = strength[slot - 1]
            copy_vector(memory.units[row, slot - 1], memory.units[row, slot])
        copy_vector(units, memory.units[row, 0])
        strength[0] = 1.0
        if by_reflex:
            for channel in range(lay.channels):
                error[channel] = gained[channel] + follows * felt.reflex_ahead[row, channel] - reach[DEFER, channel]
            for slot in range(TRACE - 1, -1, -1):
                if strength[slot] > 1e-3:
                    eligible = memory.units[row, slot]
                    learning_rates(table, eligible, lay.visits, plasticity, rates)
                    for channel in range(lay.channels):
                        change(table, eligible, channel, rates, rate[row] * strength[slot] * error[channel])
            if lay.once >= 0:  # the rates are those of the last slot, which is now
                _change_at_once(table, units, lay.once, rates, rate[row], gained, once[DEFER], delayed)
        if act > 0:
            learning_rates(table, units, lay.visits + act, plasticity, rates)
            for channel in range(lay.channels):
                beyond = reach[act, channel] if felt.unchanged[row] else felt.ahead[row, channel]
                error[channel] = gained[channel] + follows * beyond - reach[act, channel]
                change(table, units, act * lay.channels + channel, rates, rate[row] * error[channel])
            if lay.once >= 0:
                column = lay.once + act * lay.channels
                _change_at_once(table, units, column, rates, rate[row], gained, once[act], delayed)
        if rate[row] > 0.0:
            _count(table, units, lay, error, by_reflex, act)
        fade = fading.trace_decay * fading.discount**bout.steps if by_reflex else 0.0
        for slot in range(TRACE):
            strength[slot] *= fade
        bout.running = False


@njit(cache=True)
def open_bouts(rows, in_charge, bouts, now, past, gained, acted, steps):
    """Begin an act in the given rows: what was decided there becomes the past that it will be judged by.

    Args:
        rows: (n,) int.
        in_charge: (animals,) bool, the learner's choice is carried out; else the reflex acts.
        bouts: records.
        now, past: a :class:`Decided` each; the latter is filled.
        gained: (animals, channels) and
        acted: (animals, axes), set to 0.
        steps: (options,) most steps that each option lasts.
    """
    for row in rows:
        bout = bouts[row]
        copy_vector(now.units[row], past.units[row])
        copy_matrix(now.reach[row], past.reach[row])
        copy_matrix(now.once[row], past.once[row])
        gained[row], acted[row] = 0.0, 0.0
        bout.option = bout.chosen if in_charge[row] else DEFER
        bout.steps, bout.left, bout.running = 0, steps[bout.option], True


@njit(cache=True)
def accumulate(bouts, felt, action, step_weight, horizon, gained, acted, limits):
    """Add a step to the running act: what was felt (animals, channels), and the action (animals, axes) that was carried out.

    ``limits`` widen to what would lie ahead if every step of a ``horizon`` felt like this one.
    """
    for row in range(bouts.shape[0]):
        bout = bouts[row]
        weight = step_weight**bout.steps
        for channel in range(felt.shape[1]):
            gained[row, channel] += weight * felt[row, channel]
            ahead = np.float32(horizon * felt[row, channel])
            limits[row, 0, channel] = min(limits[row, 0, channel], ahead)
            limits[row, 1, channel] = max(limits[row, 1, channel], ahead)
        for axis in range(action.shape[1]):
            acted[row, axis] += action[row, axis]
        bout.steps += 1
        bout.left -= 1


@njit(cache=True)
def nearest_programme(rows, action, programmes, tolerance, nearest):
    """The programme most like an action (animals, axes), as an option number; 0 where none is within ``tolerance`` of its size."""
    for row in rows:
        size = least = 0.0
        for axis in range(action.shape[1]):
            size += action[row, axis] ** 2
        nearest[row], least = 0, np.inf
        for programme in range(programmes.shape[0]):
            off = 0.0
            for axis in range(action.shape[1]):
                off += (action[row, axis] - programmes[programme, axis]) ** 2
            if off < least:
                nearest[row], least = 1 + programme, off
        if math.sqrt(least) > tolerance * max(0.05, math.sqrt(size)):
            nearest[row] = 0
