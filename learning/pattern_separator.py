"""Pattern separation: a wide, fixed, sparse, locally random expansion with local inhibition.

As in the insect mushroom body and the cerebellar granular layer (Caron et al. 2013; Litwin-Kumar et
al. 2017; Dasgupta et al. 2017): each unit samples a few inputs of one neighbourhood, and about 5% of
the units of a neighbourhood are active. Wiring is drawn from each animal's own stream, so two animals
of one genome have uncorrelated codes.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from core.copying import copy_vector
from core.senses import Senses
from core.streams import RowStreams


@njit(cache=True)
def _normalise(rows, observation, inner, scale, low, high, inputs):
    outer = observation.shape[1]
    for row in rows:
        for entry in range(scale.shape[0]):
            value = observation[row, entry] if entry < outer else inner[row, entry - outer]
            stretched = value if np.isnan(scale[entry]) else np.arcsinh(value / scale[entry])
            inputs[row, entry] = 2.0 * (stretched - low[entry]) / (high[entry] - low[entry]) - 1.0


class Wiring(NamedTuple):
    """What each unit samples, (animals, groups, window, units of a group), and ``first`` input of each group's window."""

    first: np.ndarray
    sampled: np.ndarray
    preferred: np.ndarray


@njit(cache=True)
def _least(values, first, places):
    """Fill ``places`` (n,) with ``first`` + where the least values are, in their order; of equal ones the first comes first."""
    count, held = places.shape[0], 0
    for place in range(values.shape[0]):
        value = values[place]
        if held == count and value >= values[places[count - 1] - first]:
            continue
        slot = held if held < count else count - 1
        held = min(count, held + 1)
        while slot > 0 and values[places[slot - 1] - first] > value:
            places[slot] = places[slot - 1]
            slot -= 1
        places[slot] = first + place


@njit(cache=True)
def _encode(rows, inputs, wiring, known, winners, active):
    """Fill ``active[row]`` with the indices of the active units, group after group.

    ``known`` (animals, size) are the inputs that ``winners`` (animals, groups, n) belong to: a group none of whose inputs has
    changed keeps its winners.
    """
    groups, window, per_group = wiring.sampled.shape[1:]
    count = winners.shape[2]
    mismatch = np.empty(per_group, np.float32)
    for row in rows:
        for group in range(groups):
            start = wiring.first[group]
            changed = False
            for place in range(window):
                changed |= inputs[row, start + place] != known[row, start + place]
            if changed:
                mismatch[:] = 0.0
                for place in range(window):
                    value = inputs[row, start + place]
                    mask, wanted = wiring.sampled[row, group, place], wiring.preferred[row, group, place]
                    for unit in range(per_group):
                        off = value - wanted[unit]
                        mismatch[unit] += mask[unit] * off * off
                _least(mismatch, group * per_group, winners[row, group])
            for winner in range(count):
                active[row, group * count + winner] = winners[row, group, winner]
        copy_vector(inputs[row], known[row])


class SenseScaling:
    """Brings senses to [-1, 1]: by their bounds, after a stretch around 0 where a sense has a typical ``scale``."""

    def __init__(self, num_animals: int, senses: Senses) -> None:
        self.inputs = np.zeros((num_animals, senses.size), np.float32)
        self._scale = senses.scales
        self._low, self._high = self._stretch(senses.low.astype(float)), self._stretch(senses.high.astype(float))

    def scale(self, rows: np.ndarray, observation: np.ndarray, inner: np.ndarray) -> np.ndarray:
        """(animals, senses.size) float32, filled in the given row numbers from ``observation`` and ``inner`` side by side."""
        _normalise(rows, observation, inner, self._scale, self._low, self._high, self.inputs)
        return self.inputs

    def _stretch(self, values: np.ndarray) -> np.ndarray:
        linear = np.isnan(self._scale)
        return np.where(linear, values, np.arcsinh(values / np.where(linear, 1.0, self._scale)))


class PatternSeparator:
    """Fixed random expansion of an observation, for ``num_animals`` animals.

    Each input has one neighbourhood: the inputs within ``reach`` places of it. A unit of that
    neighbourhood samples ``fan_in`` of them and responds the better, the nearer they are to its
    preferred values. The ``share`` of units nearest to the input are active; of equally near units
    the first wins.

    Args:
        num_animals: how many.
        senses: the observation's senses; their ``scale`` says where receptive fields crowd.
        units: number of units wanted; rounded down to a multiple of 8 for each neighbourhood.
        fan_in: inputs sampled by each unit.
        reach: how far a neighbourhood extends on either side.
        share: share of active units.
    """

    def __init__(
        self, num_animals: int, senses: Senses, units: int = 1000, fan_in: int = 3, reach: int = 2, share: float = 0.05
    ) -> None:
        self.num_animals, self.senses, self.fan_in = num_animals, senses, min(fan_in, senses.size)
        self.groups = senses.size
        self.per_group = max(8, units // self.groups // 8 * 8)
        self.units = self.groups * self.per_group
        self.winners = max(1, round(share * self.per_group))
        self.active_units = self.groups * self.winners
        self.window = min(2 * reach + 1, self.groups)
        self.first = np.clip(np.arange(self.groups) - reach, 0, self.groups - self.window)
        shape = (num_animals, self.groups, self.window, self.per_group)
        self.sampled, self.preferred = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
        self.scaling = SenseScaling(num_animals, senses)
        self._known = np.full((num_animals, senses.size), np.nan, np.float32)
        self._winners = np.zeros((num_animals, self.groups, self.winners), np.int32)

    def wire(self, streams: RowStreams, stream: str, mask: np.ndarray) -> None:
        """Draw the wiring of the chosen animals (bool mask) from their own streams."""
        for row in np.flatnonzero(mask):
            draw = streams.uniform(stream, 2 * self.sampled[row].size, np.arange(self.num_animals) == row)[row]
            keys, preferred = draw.reshape(2, *self.sampled.shape[1:])
            rank = np.argsort(np.argsort(keys, axis=1, kind="stable"), axis=1, kind="stable")
            self.sampled[row] = rank < self.fan_in
            self.preferred[row] = 2.0 * preferred - 1.0
        self._known[mask] = np.nan  # what is known of inputs was said by another wiring

    def get_state(self) -> dict[str, np.ndarray]:
        """The wiring, as copies."""
        return {"sampled": self.sampled.copy(), "preferred": self.preferred.copy()}

    def set_state(self, state: dict[str, np.ndarray]) -> None:
        """Restore what :meth:`get_state` gave."""
        self.sampled[:], self.preferred[:] = state["sampled"], state["preferred"]
        self._known[:] = np.nan

    def encode(self, rows: np.ndarray, observation: np.ndarray, inner: np.ndarray, active: np.ndarray) -> None:
        """Write the active units of the given row numbers into ``active`` (animals, active_units) int32, in place.

        Args:
            rows: (n,) int, which rows.
            observation: (animals, k) and
            inner: (animals, senses.size - k), together the senses in their order.
        """
        inputs = self.scaling.scale(rows, observation, inner)
        _encode(rows, inputs, Wiring(self.first, self.sampled, self.preferred), self._known, self._winners, active)
