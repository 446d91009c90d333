"""Which act brought a sensation of long delay: malaise after a taste (Garcia and Koelling 1966).

What such a channel does is shared among all acts during which something was tasted lately, each by how much of its effect must
come now, and they are corrected together (Rescorla and Wagner 1972).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from core.batch_state import BatchState
from core.copying import copy_vector
from learning.three_factor import Plasticity, change

LATE = 12


class Acts(NamedTuple):
    """The last acts with a taste: ``units`` (animals, LATE, n), ``act`` (animals, LATE), ``strength`` (animals, LATE, channels)."""

    units: np.ndarray
    act: np.ndarray
    strength: np.ndarray


@njit(cache=True)
def _same(one, other):
    for place in range(one.shape[0]):  # noqa: SIM110  # numba compiles no all()
        if one[place] != other[place]:
            return False
    return True


@njit(cache=True)
def _blame(units, done, channels, share, rate, first_column, plasticity, late, tables):
    count = channels.shape[1]
    for row in range(units.shape[0]):
        table, late_units, late_act, strength = tables[row], late.units[row], late.act[row], late.strength[row]
        tasted = False
        for channel in range(count):
            tasted |= share[channel] == 0.0 and channels[row, channel] > 0.0
        if tasted and done[row] > 0:
            if late_act[0] != done[row] or not _same(late_units[0], units[row]):
                for slot in range(LATE - 1, 0, -1):
                    copy_vector(late_units[slot - 1], late_units[slot])
                    copy_vector(strength[slot - 1], strength[slot])
                    late_act[slot] = late_act[slot - 1]
                copy_vector(units[row], late_units[0])
                late_act[0], strength[0] = done[row], 0.0
            for channel in range(count):
                strength[0, channel] += share[channel]
        for channel in range(count):
            if share[channel] == 0.0:
                continue
            expected = norm = 0.0
            for slot in range(LATE):
                if strength[slot, channel] > 1e-4:
                    predicted = 0.0
                    for unit in late_units[slot]:
                        predicted += table[unit, first_column + late_act[slot] * count + channel]
                    expected += strength[slot, channel] * predicted
                    norm += strength[slot, channel] ** 2
            error = channels[row, channel] - expected
            for slot in range(LATE):
                if strength[slot, channel] > 1e-4:
                    column = first_column + late_act[slot] * count + channel
                    step = rate[row] * error * strength[slot, channel] / (0.01 + norm)
                    change(table, late_units[slot], column, plasticity.portion, step)
                strength[slot, channel] *= 1.0 - share[channel]


class DelayedCauses:
    """Acts whose delayed effects are still to come, for ``num_animals`` animals.

    Args:
        num_animals: how many.
        active: units that are active at a time.
        delays: (channels,) time constants in s; 0 for channels that follow at once.
        dt: seconds per step.
        first_column: of the forecasts that are corrected, by act and channel.
        plasticity: how active units share a correction.
    """

    def __init__(
        self, num_animals: int, active: int, delays: np.ndarray, dt: float, first_column: int, plasticity: Plasticity
    ) -> None:
        self._plasticity = plasticity
        self.share = np.where(delays > 0.0, 1.0 - np.exp(-dt / np.maximum(delays, 1e-9)), 0.0)
        self._first_column = first_column
        self.state = BatchState(
            num_animals,
            units=np.zeros((LATE, active), np.int32),
            act=np.zeros(LATE, np.int64),
            strength=np.zeros((LATE, len(delays))),
        )

    def blame(
        self, units: np.ndarray, done: np.ndarray, channels: np.ndarray, rate: np.ndarray, tables: np.ndarray
    ) -> None:
        """Correct what the acts of the last minutes were forecast to bring.

        Args:
            units: (animals, n) int32, active when the present act began.
            done: (animals,) int, the option that is carried out; 0 where it resembles none.
            channels: (animals, channels) what was felt in this step.
            rate: (animals,) learning rate.
            tables: (animals, units, width), changed in place.
        """
        late = Acts(self.state.units, self.state.act, self.state.strength)
        _blame(units, done, channels, self.share, rate, self._first_column, self._plasticity, late, tables)
