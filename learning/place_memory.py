"""Place memory: random place cells that remember where each of steering's channels was found.

One shot is enough, as for the shelter of a mouse (Vale et al. 2017: one visit shorter than 20 s).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from core.batch_state import BatchState
from core.streams import RowStreams

_FIELD = 0.35
_STEP = 0.1  # s; the next four are per step of this length
_LEARN = 0.5
_FORGET = 0.02
_DISAPPOINTMENT = 0.3
_RECOVERY = 0.995
_RETARGET = 5


@njit(cache=True, inline="always")
def _field(dx, dy):
    """A place field: 1 at its centre, 0 from ``_FIELD`` on."""
    inside = max(0.0, 1.0 - (dx * dx + dy * dy) * (1.0 / (_FIELD * _FIELD)))
    return inside * inside


class Map(NamedTuple):
    """Place cells of every animal and what they remember, as the kernels take them."""

    centres: np.ndarray  # (animals, cells, 2)
    memory: np.ndarray  # (animals, channels, cells) in [0, 1]
    disappointment: np.ndarray  # (animals, channels, cells) in [0, 1]
    depleting: np.ndarray  # (channels,)
    pace: float  # of learning: the length of a step, in steps of _STEP


@njit(cache=True, inline="always")
def _over(rate, pace):
    """A rate per ``_STEP`` over a step of another length; at most 1, so that what it moves stays in its range."""
    rate = min(1.0, rate)
    return rate if pace == 1.0 else 1.0 - (1.0 - rate) ** pace


@njit(cache=True)
def _remember(place, channels, cells_map, plasticity):
    """Update the memory of every row for being at ``place`` with ``channels`` present (0 to 1)."""
    centres, memory, disappointment, depleting, pace = cells_map
    cells = centres.shape[1]
    activity = np.empty(cells)
    for row in range(place.shape[0]):
        for cell in range(cells):
            activity[cell] = _field(place[row, 0] - centres[row, cell, 0], place[row, 1] - centres[row, cell, 1])
        for channel in range(channels.shape[1]):
            present = channels[row, channel]
            learn = _over(plasticity[row] * _LEARN * present, pace)
            forget = _over(plasticity[row] * _FORGET * (1.0 - present), pace)
            tire = pace * _DISAPPOINTMENT * (1.0 - present) * depleting[channel]
            for cell in range(cells):
                kept = memory[row, channel, cell]
                memory[row, channel, cell] = kept + learn * activity[cell] * (1.0 - kept) - forget * activity[cell] * kept
                tired = _RECOVERY**pace * disappointment[row, channel, cell] + tire * activity[cell]
                disappointment[row, channel, cell] = min(1.0, tired)


@njit(cache=True)
def _choose_targets(place, cells_map, due, target, confidence):
    """The best remembered place for each channel, less wanted if far or just found empty."""
    centres, memory, disappointment = cells_map.centres, cells_map.memory, cells_map.disappointment
    for row in range(place.shape[0]):
        if not due[row]:
            continue
        for channel in range(memory.shape[1]):
            best, best_score = 0, -1.0
            for cell in range(centres.shape[1]):
                dx = centres[row, cell, 0] - place[row, 0]
                dy = centres[row, cell, 1] - place[row, 1]
                wanted = memory[row, channel, cell] * (1.0 - disappointment[row, channel, cell])
                score = wanted / (1.0 + dx * dx + dy * dy)
                if score > best_score:
                    best, best_score = cell, score
            weight_sum = 1e-12
            x = y = 0.0
            for cell in range(centres.shape[1]):
                kept = memory[row, channel, cell]
                dx = centres[row, cell, 0] - centres[row, best, 0]
                dy = centres[row, cell, 1] - centres[row, best, 1]
                weight = _field(dx, dy) * kept * kept
                weight_sum += weight
                x += weight * centres[row, cell, 0]
                y += weight * centres[row, cell, 1]
            target[row, channel, 0], target[row, channel, 1] = x / weight_sum, y / weight_sum
            confidence[row, channel] = memory[row, channel, best]


class PlaceMemory:
    """Maps of ``channels`` over ``cells`` place cells, whose centres are drawn for each animal.

    A cell learns while it is active and the channel is present; it forgets slowly while it is active and
    the channel is absent. For ``depleting`` channels a place just
    found empty is avoided for a while (inhibition of return, about 20 s).
    Constants are chosen.
    """

    def __init__(
        self, num_animals: int, channels: tuple[str, ...], depleting: tuple[bool, ...], cells: int = 100, dt: float = _STEP
    ) -> None:
        self.num_animals, self.channels, self.cells = num_animals, channels, cells
        self._pace = dt / _STEP
        self._depleting = np.array(depleting, float)
        count = len(channels)
        self.state = BatchState(
            num_animals,
            centres=np.zeros((cells, 2)),
            memory=np.zeros((count, cells)),
            disappointment=np.zeros((count, cells)),
            target=np.zeros((count, 2)),
            confidence=np.zeros(count),
            due_in=0,
        )

    @property
    def _map(self) -> Map:
        now = self.state
        return Map(now.centres, now.memory, now.disappointment, self._depleting, self._pace)

    def wire(self, streams: RowStreams, stream: str, mask: np.ndarray) -> None:
        """Draw the place fields of the chosen animals (bool mask) and forget everything."""
        self.state.restart(mask)
        draw = streams.uniform(stream, 2 * self.cells, mask).reshape(self.num_animals, self.cells, 2)
        self.state.centres[mask] = 2.0 * draw[mask] - 1.0

    def begin(self, mask: np.ndarray) -> None:
        """A new episode: the animal is somewhere else, so what it just found empty is void."""
        self.state.restart(mask, "disappointment", "due_in")

    def remember(self, place: np.ndarray, channels: np.ndarray, plasticity: np.ndarray) -> None:
        """Learn from being at ``place`` (animals, 2) in [-1, 1] with ``channels`` (animals, channels) in [0, 1]."""
        _remember(place.astype(float), channels, self._map, plasticity)

    def recall(self, place: np.ndarray) -> None:
        """Bring ``state.target`` and ``state.confidence`` up to date: the best remembered place of every channel."""
        now = self.state
        due = now.due_in <= 0
        _choose_targets(place, self._map, due, now.target, now.confidence)
        now.due_in = np.where(due, _RETARGET, now.due_in) - 1
