"""Motor programmes that need a target: where a goal lies, whether it can be sought now, and the action that seeks it.

A target is the direction of a sense, or the place where one of steering's channels is remembered.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

from core.batch_state import BatchState, RecordState
from core.copying import copy_vector
from core.interfaces import Recollection
from core.senses import Sense, Senses
from core.streams import RowStreams
from learning.place_memory import PlaceMemory
from learning.subsystem import LearnerSpec, Transition

_REACHED = 0.05  # distance at which a goal is reached, in units of the place sense


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
def _aim(observation, place, memory, goals, aims):
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
            copy_vector(programmes[option[row] - 1 if 0 < option[row] <= fixed else 0], action[row])


class GoalSeeking:
    """Goals of a repertoire for ``num_animals`` animals, and the memory of places that they need.

    Args:
        num_animals: how many.
        spec: for its repertoire, senses and channels.
        cells: number of place cells.

    Attributes:
        names: of the goals.
        senses: what is sensed of the memory: distance to and confidence in each remembered channel.
        pace: (goals,) share of full speed.
        aim: ``vector`` to each goal and whether it is ``usable``, and the values of ``senses``, as ``inner``.
    """

    def __init__(self, num_animals: int, spec: LearnerSpec, cells: int) -> None:
        repertoire = spec.repertoire
        goals = repertoire.goals if repertoire.place else tuple(goal for goal in repertoire.goals if goal.sense)
        self.names = tuple(goal.name for goal in goals)
        self.pace = np.array([goal.pace for goal in goals], float)
        remembered = tuple(dict.fromkeys(goal.channel for goal in goals if goal.channel))
        self._channels = np.array([spec.channels.index(channel) for channel in remembered], int)
        self._first = 1 + len(repertoire.names)
        self._goals = Goals(
            column=np.array([spec.senses.place(goal.sense).start if goal.sense else -1 for goal in goals], int),
            slot=np.array([remembered.index(goal.channel) if goal.channel else -1 for goal in goals], int),
            reach=_REACHED,
        )
        self._where = spec.senses.place(repertoire.place) if repertoire.place else slice(0, 0)
        depleting = tuple(any(goal.depletes for goal in goals if goal.channel == channel) for channel in remembered)
        self.place_memory = PlaceMemory(num_animals, remembered, depleting, cells, spec.dt)
        distances = [Sense(f"distance_{c}", "1", 0.0, 3.0, f"distance to remembered {c}") for c in remembered]
        confidences = [Sense(f"confidence_{c}", "1", 0.0, 1.0, f"confidence in remembered {c}") for c in remembered]
        self.senses = Senses(*distances, *confidences)
        self.aim = BatchState(
            num_animals,
            place=np.zeros(2),
            vector=np.zeros((len(goals), 2)),
            usable=np.zeros(len(goals), bool),
            offered=np.zeros(len(goals), bool),
            inner=np.zeros(self.senses.size),
        )

    def wire(self, streams: RowStreams, stream: str, mask: np.ndarray) -> None:
        """Draw the place fields of the chosen animals (bool mask) and forget everything."""
        self.place_memory.wire(streams, stream, mask)

    def begin(self, mask: np.ndarray) -> None:
        """A new episode of the chosen animals (bool mask)."""
        self.aim.restart(mask, "offered")
        self.place_memory.begin(mask)

    def observe(self, observation: np.ndarray, lesioned: np.ndarray | None) -> None:
        """Look up where channels were found and aim at them, from an observation (animals, senses); ``lesioned`` is (animals,)."""
        memory, aim = self.place_memory, self.aim
        if lesioned is None:
            lesioned = np.zeros(len(observation), bool)
        if memory.channels:
            aim.place = observation[:, self._where]
            memory.recall(aim.place)
        remembered = Remembered(memory.state.target, memory.state.confidence, lesioned)
        _aim(observation, aim.place, remembered, self._goals, Aim(aim.vector, aim.usable, aim.inner))

    def recollection(self) -> Recollection:
        """Where channels were found, seen from here."""
        memory, aim = self.place_memory, self.aim
        count = len(memory.channels)
        return Recollection(
            displacement={name: memory.state.target[:, index] - aim.place for index, name in enumerate(memory.channels)},
            confidence={name: aim.inner[:, count + index].copy() for index, name in enumerate(memory.channels)},
        )

    def remember(self, transition: Transition, plasticity: np.ndarray) -> None:
        """Learn where the channels of a tick were met; ``plasticity`` is (animals,)."""
        if self.place_memory.channels:
            place, channels = transition.final_observation[:, self._where], transition.verdict.channels
            present = np.clip(channels[:, self._channels], 0.0, 1.0)  # a channel may have any range; presence has not
            self.place_memory.remember(place, present, plasticity)

    def stop(self, bout: RecordState) -> None:
        """An act towards a goal ends where the goal is reached or gone."""
        if self.names:
            goal = bout.option - self._first
            seeking = np.flatnonzero((goal >= 0) & (goal < len(self.names)))
            bout.left[seeking] *= self.aim.usable[seeking, goal[seeking]]
