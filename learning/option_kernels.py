"""The hot kernels of the option learner: when to decide, what to choose, and how a bout that ends is learned from."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from learning.three_factor import MEMORY, read_out, update

DEFER = 0


class Remembered(NamedTuple):
    """Where channels were found: ``target`` (animals, channels, 2), ``confidence`` (animals, channels), ``lesioned`` (animals,)."""

    target: np.ndarray
    confidence: np.ndarray
    lesioned: np.ndarray


class Goals(NamedTuple):
    """Programmes with a target: ``column`` (goals,) of the sense to follow, or -1; ``slot`` (goals,) of the channel to go to."""

    column: np.ndarray
    slot: np.ndarray
    reach: float


class Aim(NamedTuple):
    """``vector`` (animals, goals, 2) to each goal, whether it is ``usable`` (animals, goals), and what is sensed of memory."""

    vector: np.ndarray
    usable: np.ndarray
    inner: np.ndarray


class Exploration(NamedTuple):
    """``draw`` (animals, 1 + options) uniform, ``chance`` (animals,) to explore."""

    draw: np.ndarray
    chance: np.ndarray


class Caution(NamedTuple):
    """Settings of a genome that decide what counts as better; see :class:`learning.options.OptionGenome`."""

    pessimism: float
    optimism: float
    min_visits: float
    noise: float


class Running(NamedTuple):
    """The running option of every animal: its record, and the units that were active when it began."""

    bouts: np.ndarray
    units: np.ndarray


class Following(NamedTuple):
    """What every animal carries out next, and what that is worth to the option that ends."""

    target: np.ndarray
    chosen: np.ndarray


class Durations(NamedTuple):
    """Steps of an option: one of the first ``programmes`` lasts ``short``, one with a goal at most ``long``."""

    programmes: int
    short: int
    long: int


@njit(cache=True)
def aim(observation, place, memory, goals, aims):
    """For each goal the vector to it and whether there is one; and what the learner senses of its own memory."""
    target, inner = memory.target, aims.inner
    channels = target.shape[1]
    for row in range(observation.shape[0]):
        for channel in range(channels):
            dx, dy = target[row, channel, 0] - place[row, 0], target[row, channel, 1] - place[row, 1]
            known = 0.0 if memory.lesioned[row] else memory.confidence[row, channel]
            inner[row, channel] = min(3.0, math.hypot(dx, dy)) if known > 0.1 else 3.0
            inner[row, channels + channel] = known
        for goal in range(goals.column.shape[0]):
            column, slot = goals.column[goal], goals.slot[goal]
            if column >= 0:
                x, y, there = observation[row, column], observation[row, column + 1], True
            else:
                x, y = target[row, slot, 0] - place[row, 0], target[row, slot, 1] - place[row, 1]
                there = inner[row, channels + slot] > 0.1
            aims.vector[row, goal, 0], aims.vector[row, goal, 1] = x, y
            aims.usable[row, goal] = there and math.hypot(x, y) > goals.reach


@njit(cache=True)
def needs_decision(bouts, urgency, arousal, usable, offered):
    """Animals whose bout is over, where something happened, or where a goal came within reach."""
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
            offered[row] = usable[row]
    return new_decision


@njit(cache=True)
def decide(rows, active, synapses, usable, exploration, caution, values, bouts):
    """Choose an option in the given rows: the best lower bound, or when exploring the best upper bound."""
    options, draw = values.shape[1], exploration.draw
    fixed = options - usable.shape[1]
    evidence = np.empty(options, np.float32)
    for row in rows:
        largest, mean = read_out(active[row], synapses[row], options, values[row], evidence)
        worst, typical = math.sqrt(largest), math.sqrt(mean)
        best, best_bound, tried, tried_bound = 1, -np.inf, 1, -np.inf
        best_seen, reflex_seen = 0.0, values[row, DEFER] + caution.noise * (2.0 * draw[row, 1 + DEFER] - 1.0)
        for option in range(1, options):
            if option >= fixed and not usable[row, option - fixed]:
                continue
            certainty = 1.0 / math.sqrt(1.0 + evidence[option])
            tie = 1e-3 * draw[row, 1 + option] * certainty
            seen = values[row, option] + caution.noise * (2.0 * draw[row, 1 + option] - 1.0)
            upper = seen + caution.optimism * typical * certainty + tie if caution.optimism >= 0.0 else tie / certainty
            bound = seen - caution.pessimism * worst * certainty + tie
            if upper > tried_bound:
                tried, tried_bound = option, upper
            if bound > best_bound:
                best, best_bound, best_seen = option, bound, seen
        bout = bouts[row]
        bout.explores = draw[row, 0] < exploration.chance[row]
        bout.chosen = tried if bout.explores else best
        known = 0
        for unit in active[row]:
            known += synapses[row, unit, options + best] >= caution.min_visits
        bout.familiarity = known / active.shape[1]
        bout.confidence = best_seen - reflex_seen - caution.pessimism * worst / math.sqrt(1.0 + evidence[best])
        bout.best_value, bout.defer_value = best_seen, reflex_seen


@njit(cache=True)
def fill_actions(option, programmes, vector, usable, pace, action):
    """The action of each row's option: a fixed programme, or a step towards a goal."""
    fixed = programmes.shape[0]
    for row in range(option.shape[0]):
        goal = option[row] - 1 - fixed
        if goal < 0:
            action[row] = programmes[max(0, option[row] - 1)]
        else:
            x, y = vector[row, goal]
            length = max(math.hypot(x, y), 1e-9)
            step = pace[goal] / length if usable[row, goal] else 0.0
            action[row, 0], action[row, 1] = step * x, step * y


@njit(cache=True)
def close_bouts(rows, target, running, trace, fading, rate, plasticity, synapses):
    """End the running option of the given rows: temporal-difference error, trace, visits and weights.

    Args:
        rows: (n,) int.
        target: (animals,) what is worth having next, discounted.
        running: a :class:`Running`.
        trace: a :class:`learning.three_factor.Trace`.
        fading: (trace decay an option, discount a step).
        rate: (animals,) learning rate.
        plasticity: a :class:`learning.three_factor.Plasticity`.
        synapses: (animals, units, width) float32, changed in place.
    """
    past_units, past_option, strength = trace.past_units, trace.past_option, trace.strength
    trace_decay, discount = fading
    bouts, active = running
    for row in rows:
        bout = bouts[row]
        if not bout.running:
            continue
        if bout.cut:
            past_option[row] = -1
        for slot in range(MEMORY - 1, 0, -1):
            past_option[row, slot] = past_option[row, slot - 1]
            strength[row, slot] = strength[row, slot - 1]
            past_units[row, slot] = past_units[row, slot - 1]
        past_option[row, 0] = bout.option
        strength[row, 0] = 1.0
        past_units[row, 0] = active[row]
        error = bout.reward + target[row] - bout.value
        update(row, trace, error, rate[row], plasticity, synapses)
        for slot in range(MEMORY):
            strength[row, slot] *= trace_decay * discount**bout.steps
        if rate[row] <= 0.0:
            continue
        options = plasticity.portion.shape[0]
        for unit in active[row]:
            own = synapses[row, unit]
            own[options + bout.option] += 1.0
            own[2 * options + 2] += 1.0
            own[2 * options + 1] += max(0.005, 1.0 / own[2 * options + 2]) * (error * error - own[2 * options + 1])


@njit(cache=True)
def value_next(rows, in_charge, bouts, values, may_defer, discount, following):
    """What is carried out next, and what that is worth to the bout that ends.

    While exploring, the worth is that of what would have been done instead: the best option where it is surely
    better than the reflex, else the reflex (expected SARSA; the hand-over rule's own margins are not known here).
    """
    target, chosen = following
    for row in rows:
        bout = bouts[row]
        chosen[row] = bout.chosen if in_charge[row] else DEFER
        worth = values[row, chosen[row]]
        bout.next_value = worth
        bout.next_tried = bout.explores and in_charge[row]
        if bout.next_tried:
            worth = bout.best_value if bout.confidence > 0.0 or not may_defer else bout.defer_value
        target[row] = discount**bout.steps * worth


@njit(cache=True)
def open_bouts(rows, running, chosen, next_units, durations):
    bouts, units = running
    for row in rows:
        bout = bouts[row]
        bout.cut, bout.option, bout.value = bout.next_tried, chosen[row], bout.next_value
        units[row] = next_units[row]
        bout.reward, bout.steps, bout.running = 0.0, 0, True
        bout.left = durations.long if chosen[row] > durations.programmes else durations.short


@njit(cache=True)
def accumulate(bouts, reward, discount):
    for row in range(bouts.shape[0]):
        bout = bouts[row]
        bout.reward += discount**bout.steps * reward[row]
        bout.steps += 1
        bout.left -= 1
