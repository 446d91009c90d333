"""What is coming as things are, whoever acts: a forecast of each channel, offered to steering with the recollection.

Temporal differences with an eligibility trace that fades with steps (Sutton and Barto 2018, chapter 12), on the cortex's code as
it is when the observation comes. It is what lets a cue for salt turn good on first sight (Robinson and Berridge 2013).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

from core.batch_state import BatchState
from core.interfaces import Recollection
from learning.read_out import ReadOut, Step
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


class ComingForecast(ReadOut):
    """Forecasts of ``channels`` channels for ``num_animals`` animals.

    Args:
        num_animals: how many.
        active: units that are active at a time.
        encode: fills the active units of given rows, from an observation.
        synapses: the cortex's weights, ``table`` (animals, units, columns).
        first_column: of its weights in the cortex's table.
        channels: how many.
        appraised: whether they are steering's channels; otherwise there is one, reward.
        horizon: discount per step.
        trace: lambda per step.
        plasticity: how active units share a correction.

    Attributes:
        now: ``units`` that are active now, and their forecasts ``values`` (animals, channels).
        past: the same of the step before.
    """

    ring: BatchState

    def __init__(
        self,
        num_animals: int,
        active: int,
        encode: Callable[[np.ndarray, np.ndarray, np.ndarray], None],
        synapses: BatchState,
        first_column: int,
        channels: int,
        *,
        appraised: bool,
        horizon: float,
        trace: float,
        plasticity: Plasticity,
    ) -> None:
        self._plasticity, self._encode, self._synapses, self._appraised = plasticity, encode, synapses, appraised
        self._everyone = np.arange(num_animals)
        self._first, self._horizon = first_column, horizon
        self._eligibility = (horizon * trace) ** np.arange(_STEPS)
        units, values = np.zeros(active, np.int32), np.zeros(channels, np.float32)
        self.now = BatchState(num_animals, units=units, values=values)
        self.past = BatchState(num_animals, units=units, values=values)
        self.ring = BatchState(
            num_animals,
            units=np.zeros((_STEPS, active), np.int32),
            factor=np.zeros((_STEPS, channels)),
            newest=0,
            length=0,
        )

    def begin(self, mask: np.ndarray) -> None:
        """A new episode of the chosen animals (bool mask): nothing is eligible any more."""
        self.ring.length[mask] = 0

    def pass_on(self) -> None:
        """What is now becomes what was before the step that begins."""
        self.past.units[:], self.past.values[:] = self.now.units, self.now.values

    def observe(self, observation: np.ndarray, lesions: Any) -> None:
        """Forecast from what is observed (animals, senses)."""
        self._encode(self._everyone, observation, self.now.units)
        _sum_columns(self.now.units, self._synapses.table, self._first, self.now.values)

    def recall(self, found: Recollection, lesions: Any) -> None:
        """What is coming of each channel, or of reward."""
        coming = self.now.values * ~lesions.assessors[:, None]
        if self._appraised:
            found.predicted_channels = coming.astype(float)
        else:
            found.predicted_reward = coming[:, 0].astype(float)

    def learn(self, step: Step) -> None:
        """Correct by what a step brought. Where an episode was cut short, nobody knows what was to come."""
        terminated, truncated = step.transition.terminated, step.transition.truncated
        follows = np.where(terminated, 0.0, self._horizon)[:, None]
        errors = step.brought + follows * self.now.values - self.past.values
        ring = Ring(self.ring.units, self.ring.factor, self.ring.newest, self.ring.length)
        cut, table = truncated & ~terminated, self._synapses.table
        _learn(self.past.units, errors, cut, step.rate, self._eligibility, self._first, self._plasticity, ring, table)

    def state_parts(self) -> dict[str, Any]:
        """Its weights are the cortex's."""
        return {"coming": self.now, "coming_past": self.past, "coming_trace": self.ring}
