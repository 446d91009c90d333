"""What is coming as things are, whoever acts: a forecast of each channel, offered to steering with the recollection.

Temporal differences with an eligibility trace that fades with steps (Sutton and Barto 2018, chapter 12), on the cortex's code as
it is when the observation comes. It is what lets a cue for salt turn good on first sight (Robinson and Berridge 2013).
"""

from __future__ import annotations

import numpy as np
from numba import njit

from core.batch_state import BatchState
from learning.subsystem import Transition
from learning.three_factor import Plasticity, Ring, remember, teach

_STEPS = 6


@njit(cache=True)
def _sum_columns(units, tables, first, values):
    for row in range(units.shape[0]):
        values[row] = np.float32(0.0)
        for unit in units[row]:
            for channel in range(values.shape[1]):
                values[row, channel] += tables[row, unit, first + channel]


@njit(cache=True)
def _learn(units, errors, cut, rate, eligibility, first, plasticity, ring, tables):
    ones = np.ones(errors.shape[1])
    for row in range(units.shape[0]):
        remember(row, units[row], ones, ring)
        if not cut[row]:
            teach(row, ring, 0, eligibility, errors[row], rate[row], first, plasticity, tables[row])


class ComingForecast:
    """Forecasts of ``channels`` channels for ``num_animals`` animals.

    Args:
        num_animals: how many.
        active: units that are active at a time.
        first_column: of its weights in the cortex's table.
        channels: how many.
        horizon: discount per step.
        trace: lambda per step.
        plasticity: how active units share a correction.

    Attributes:
        now: ``units`` that are active now, for the cortex to fill, and their forecasts ``values`` (animals, channels).
        past: the same of the step before.
    """

    def __init__(
        self,
        num_animals: int,
        active: int,
        first_column: int,
        channels: int,
        *,
        horizon: float,
        trace: float,
        plasticity: Plasticity,
    ) -> None:
        self._plasticity = plasticity
        self._first, self._horizon = first_column, horizon
        self._eligibility = (horizon * trace) ** np.arange(_STEPS)
        units, values = np.zeros(active, np.int32), np.zeros(channels, np.float32)
        self.now = BatchState(num_animals, units=units, values=values)
        self.past = BatchState(num_animals, units=units, values=values)
        self.trace = BatchState(
            num_animals,
            units=np.zeros((_STEPS, active), np.int32),
            factor=np.zeros((_STEPS, channels)),
            newest=0,
            length=0,
        )

    def begin(self, mask: np.ndarray) -> None:
        """A new episode of the chosen animals (bool mask): nothing is eligible any more."""
        self.trace.length[mask] = 0

    def pass_on(self) -> None:
        """What is now becomes what was before the step that begins."""
        self.past.units[:], self.past.values[:] = self.now.units, self.now.values

    def forecast(self, tables: np.ndarray) -> None:
        """Forecast from the units that are active now."""
        _sum_columns(self.now.units, tables, self._first, self.now.values)

    def learn(self, brought: np.ndarray, transition: Transition, rate: np.ndarray, tables: np.ndarray) -> None:
        """Correct by what a step brought (animals, channels). Where an episode was cut short, nobody knows what was to come."""
        follows = np.where(transition.terminated, 0.0, self._horizon)[:, None]
        errors = brought + follows * self.now.values - self.past.values
        ring = Ring(self.trace.units, self.trace.factor, self.trace.newest, self.trace.length)
        cut = transition.truncated & ~transition.terminated
        _learn(self.past.units, errors, cut, rate, self._eligibility, self._first, self._plasticity, ring, tables)
