"""A memory bank that starts empty: the essay's plainest learner from scratch, a lookup table.

Each moment unlike all that are kept is written to a new slot; what is done at a moment is what was found good in the slots
most like it (model-free episodic control, Blundell et al. 2016; there with Monte Carlo returns, here with the same temporal
differences as the other option learners). Moments are compared after a random projection that each animal draws at birth, so
that nobody else can read its bank.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numba import njit

from core.renamed import renamed_attributes
from core.senses import Senses
from core.streams import RowStreams
from learning.codes import Code
from learning.cortex import Cortex
from learning.cortical_genome import CorticalGenome
from learning.pattern_separator import SenseScaling


class Bank(NamedTuple):
    """The slots of every animal, as the kernel takes them."""

    projection: np.ndarray  # (animals, width, senses.size) from a moment to its key
    keys: np.ndarray  # (animals, slots, width)
    used: np.ndarray  # (animals,) slots in use
    clock: np.ndarray  # (animals,) moments looked up so far
    last_used: np.ndarray  # (animals, slots) by that clock


@njit(cache=True)
def _look_up(rows, inputs, bank, apart, active, written):
    """Nearest slots of each row; a moment unlike all is written to the next slot, or over the one unused for longest."""
    projection, keys, used, clock, last_used = bank
    slots, width = keys.shape[1:]
    nearest_count = active.shape[1]
    key = np.empty(width, np.float32)
    distance = np.empty(slots, np.float32)
    for row in rows:
        clock[row] += 1
        for place in range(width):
            total = np.float32(0.0)
            for entry in range(inputs.shape[1]):
                total += projection[row, place, entry] * inputs[row, entry]
            key[place] = total
        nearest = np.float32(np.inf)
        for slot in range(used[row]):
            total = np.float32(0.0)
            for place in range(width):
                off = key[place] - keys[row, slot, place]
                total += off * off
            distance[slot] = total
            nearest = min(nearest, total)
        written[row] = -1
        if nearest > apart * apart:
            slot = int(used[row] if used[row] < slots else np.argmin(last_used[row]))
            used[row] = max(used[row], slot + 1)
            keys[row, slot] = key
            distance[slot] = np.float32(0.0)
            written[row] = slot
        for winner in range(nearest_count):
            if winner >= used[row]:
                active[row, winner] = active[row, 0]
                continue
            best = 0
            for slot in range(1, used[row]):
                if distance[slot] < distance[best]:
                    best = slot
            active[row, winner] = best
            distance[best] = np.float32(np.inf)
        last_used[row, active[row, 0]] = clock[row]


class MemoryBank:
    """Slots of moments, for ``num_animals`` animals; as a code, the ``nearest`` slots are its active units.

    Args:
        num_animals: how many.
        senses: the observation's senses.
        slots: how many moments are kept.
        nearest: how many kept moments are consulted.
        apart: distance from which a moment is a new one, in half ranges of a sense.
        width: numbers in a key.
    """

    def __init__(
        self, num_animals: int, senses: Senses, slots: int, nearest: int = 4, apart: float = 1.5, width: int = 16
    ) -> None:
        self.units, self.active_units, self.apart = slots, nearest, apart
        self.scaling = SenseScaling(num_animals, senses)
        self.projection = np.zeros((num_animals, width, senses.size), np.float32)
        self.keys = np.zeros((num_animals, slots, width), np.float32)
        self.used, self.clock = np.zeros(num_animals, np.int64), np.zeros(num_animals, np.int64)
        self.last_used = np.zeros((num_animals, slots), np.int64)
        self.written = np.full(num_animals, -1)

    def wire(self, streams: RowStreams, stream: str, mask: np.ndarray) -> None:
        """Draw the projection of the chosen animals (bool mask) and empty their banks."""
        draw = streams.normal(stream, self.projection[0].size, mask).reshape(self.projection.shape)
        self.projection[mask] = draw[mask] / np.sqrt(self.projection.shape[1])
        for array in (self.keys, self.used, self.clock, self.last_used):
            array[mask] = 0

    def encode(self, rows: np.ndarray, observation: np.ndarray, inner: np.ndarray, active: np.ndarray) -> None:
        """As :meth:`learning.codes.Code.encode`; ``written`` then tells which slot was written, -1 for none."""
        inputs = self.scaling.scale(rows, observation, inner)
        bank = Bank(self.projection, self.keys, self.used, self.clock, self.last_used)
        _look_up(rows, inputs, bank, self.apart, active, self.written)

    def get_state(self) -> dict[str, np.ndarray]:
        """Projection and bank, as copies."""
        return {name: getattr(self, name).copy() for name in ("projection", "keys", "used", "clock", "last_used")}

    def set_state(self, state: dict[str, np.ndarray]) -> None:
        """Restore what :meth:`get_state` gave."""
        for name, array in state.items():
            getattr(self, name)[...] = array


@renamed_attributes(enough="min_visits")
@dataclass(frozen=True)
class EpisodicMemoryGenome(CorticalGenome):
    """As :class:`learning.cortical_genome.CorticalGenome`, with ``mixed_units`` slots; ``apart`` as in :class:`MemoryBank`."""

    mixed_units: int = 1000
    apart: float = 1.5


class EpisodicMemoryLearner(Cortex):
    """The cortex with a memory bank in place of its mixed map."""

    name = "episodic_memory"
    genome: EpisodicMemoryGenome
    genome_type = EpisodicMemoryGenome

    def _mixed_code(self, senses: Senses) -> Code:
        self.bank = MemoryBank(self.num_animals, senses, self.genome.mixed_units, apart=self.genome.apart)
        return self.bank

    def _encode(self, rows: np.ndarray, observation: np.ndarray, units: np.ndarray) -> None:
        super()._encode(rows, observation, units)
        new = rows[self.bank.written[rows] >= 0]
        first = self.code.units - self.bank.units
        self.synapses.table[new, first + self.bank.written[new]] = self._newborn_unit
