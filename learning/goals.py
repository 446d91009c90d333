"""Motor programmes that need a target: where a goal lies, whether it can be sought now, and the action that seeks it."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit


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
def fill_actions(option, programmes, vector, usable, pace, action):
    """The action of each row's option: a fixed programme, or a step towards a goal; rest for any other."""
    fixed = programmes.shape[0]
    for row in range(option.shape[0]):
        goal = option[row] - 1 - fixed
        if 0 <= goal < pace.shape[0]:
            x, y = vector[row, goal]
            length = max(math.hypot(x, y), 1e-9)
            step = pace[goal] / length if usable[row, goal] else 0.0
            action[row, 0], action[row, 1] = step * x, step * y
        else:
            action[row] = programmes[option[row] - 1 if 0 < option[row] <= fixed else 0]
