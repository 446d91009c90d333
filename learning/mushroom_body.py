"""What a smell announces: a random code of Kenyon cells, and dopamine that marks the cells which were active, as in the fly.

*Code.* Each Kenyon cell sums a few glomeruli drawn at random from all of them (Caron et al. 2013). Those with the largest sums fire:
APL, one large cell that inhibits them all, lets about 5% through (Lin et al. 2014). A weak smell excites fewer, clean air none.
*Forecast.* One output for each channel that steering appraises: the mean mark of the cells that fire, between -1 and 1.
*Teaching.* Dopamine of a channel moves the marks of recently active cells towards 1, each by itself: rate x eligibility x (1 - mark).
The error is each synapse's own, and not what all of them together failed to predict, so a known smell does not block a new one. An
odour that comes alone lets marks fade slowly. One that begins after dopamine is marked the other way: relief (Handler et al. 2019).
*Second order.* A forecast that rises releases dopamine for the smells that came just before it, not for the one that is there: one
compartment teaches another (Yamada et al. 2023).
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from core.batch_state import BatchState
from core.copying import copy_vector
from core.interfaces import Recollection
from core.streams import RowStreams
from learning.cortical_genome import CorticalGenome
from learning.read_out import ReadOut, Step
from learning.subsystem import LearnerSpec

NAME = "kenyon cells"
_DENSER = 5  # times as many cells fire at most without APL
_ELIGIBLE = 0.01  # least eligibility that counts
_FRESH = 0.1  # eligibility below which a cell that fires has just begun to
_PHASIC = 0.05  # least dopamine that teaches


class Firing(NamedTuple):
    """Cells that fire: their numbers ``cells`` (animals, most), of which the first ``number`` (animals,) fire."""

    cells: np.ndarray
    number: np.ndarray


@njit(cache=True)
def _ranked(values, rank):
    """The value of this rank from above among ``values`` (n,) float32, none of them negative: their bits are in their order."""
    bits, found = values.view(np.int32), 0
    for bit in range(30, -1, -1):
        trial, count = found | (1 << bit), 0
        for index in range(bits.shape[0]):
            count += bits[index] >= trial
        if count >= rank:
            found = trial
    for index in range(bits.shape[0]):
        if bits[index] == found:
            return values[index]
    return values[0]


@njit(cache=True)
def _fire(rows, inputs, known, claws, threshold, disinhibited, winners, firing):
    """Which cells fire, in the order of their numbers: the ``winners`` most excited ones above ``threshold``."""
    units, most = claws.shape[2], firing.cells.shape[1]
    drive, strong = np.empty(units, np.float32), np.empty(units, np.float32)
    for row in rows:
        changed = False
        for entry in range(inputs.shape[1]):
            changed |= inputs[row, entry] != known[row, entry]
        if not changed:
            continue
        copy_vector(inputs[row], known[row])
        smell, wired = inputs[row], claws[row]
        drive[:] = 0.0
        for claw in range(wired.shape[0]):
            own = wired[claw]
            for unit in range(units):
                drive[unit] += smell[own[unit]]
        above = 0
        for unit in range(units):
            if drive[unit] > threshold:
                strong[above] = drive[unit]
                above += 1
        allowed = most if disinhibited[row] else winners
        least, spare = threshold, 0
        if above > allowed:
            least = _ranked(strong[:above], allowed)
            spare = allowed
            for index in range(above):
                spare -= strong[index] > least
        count = 0
        for unit in range(units):
            fires = drive[unit] > least
            if not fires and spare > 0 and drive[unit] == least:
                fires, spare = True, spare - 1
            if fires:
                firing.cells[row, count] = unit
                count += 1
        firing.number[row] = count


class KenyonCells:
    """A fixed random code of a sense without order, for ``num_animals`` animals; a :class:`learning.codes.Code`.

    Args:
        num_animals: how many.
        low, high: (inputs,) bounds of the sense.
        genome: ``kenyon_units``, ``kenyon_fan_in``, ``kenyon_share`` and ``kenyon_threshold``.

    Attributes:
        units: the cells, and after them one unit for each place that no cell takes where few of them fire.
        active_units: how many fire at most while APL inhibits them.
        firing: the cells that fire. Without APL there may be more of them than ``active_units``; :meth:`encode` gives the first.
        disinhibited: (animals,) bool, without APL.
    """

    def __init__(self, num_animals: int, low: np.ndarray, high: np.ndarray, genome: CorticalGenome) -> None:
        self.cells = genome.kenyon_units
        self.active_units = max(1, round(genome.kenyon_share * self.cells))
        self.units = self.cells + self.active_units
        self._low, self._range = low, high - low
        self._threshold = np.float32(genome.kenyon_threshold * genome.kenyon_fan_in)
        small = np.min_scalar_type(len(low) - 1)  # wiring is read at every step
        self.wiring = BatchState(num_animals, claws=np.zeros((genome.kenyon_fan_in, self.cells), small))
        most = min(self.cells, _DENSER * self.active_units)
        self.firing = BatchState(num_animals, cells=np.zeros(most, np.int32), number=0)
        self.disinhibited = np.zeros(num_animals, bool)
        self._known = np.full((num_animals, len(low)), np.nan, np.float32)
        self._silent = self.cells + np.arange(self.active_units, dtype=np.int32)

    def wire(self, streams: RowStreams, stream: str, mask: np.ndarray) -> None:
        """Draw the inputs of every cell of the chosen animals (bool mask) from their own streams."""
        shape = self.wiring.claws.shape[1:]
        for row in np.flatnonzero(mask):
            draw = streams.uniform(stream, int(np.prod(shape)), np.arange(len(mask)) == row)[row]
            self.wiring.claws[row] = (draw * len(self._low)).reshape(shape)
        self.forget(mask)

    def forget(self, mask: np.ndarray) -> None:
        """Let what fires be worked out anew, as after a lesion."""
        self._known[mask] = np.nan

    def fire(self, rows: np.ndarray, observation: np.ndarray) -> None:
        """Fill :attr:`firing` of the given row numbers from the sense (animals, inputs)."""
        inputs = ((observation - self._low) / self._range).astype(np.float32)
        firing = Firing(self.firing.cells, self.firing.number)
        claws = self.wiring.claws
        _fire(rows, inputs, self._known, claws, self._threshold, self.disinhibited, self.active_units, firing)

    def encode(self, rows: np.ndarray, observation: np.ndarray, inner: np.ndarray, active: np.ndarray) -> None:
        """Write the active units of the given row numbers into ``active`` (animals, active_units) int32, in place."""
        self.fire(rows, observation)
        width = self.active_units
        fires = np.arange(width) < self.firing.number[rows, None]
        active[rows] = np.where(fires, self.firing.cells[rows, :width], self._silent)

    def get_state(self) -> dict[str, np.ndarray]:
        """The wiring, as copies."""
        return self.wiring.get_state()

    def set_state(self, state: dict[str, np.ndarray]) -> None:
        """Restore what :meth:`get_state` gave."""
        self.wiring.set_state(state)
        self._known[:] = np.nan


class Dopamine(NamedTuple):
    """How dopamine changes marks; see :class:`learning.cortical_genome.CorticalGenome`."""

    rate: float
    fades: float
    relief: float
    second_order: float
    kept: float  # of eligibility, in a step
    lingers: float  # of dopamine, in a step
    used: float  # of the usual forecast, in a step


class Marks(NamedTuple):
    """What learning changes and needs: ``marks`` (animals, cells, channels), and what is recent."""

    marks: np.ndarray
    eligible: np.ndarray
    lingering: np.ndarray
    usual: np.ndarray


@njit(cache=True)
def _forecast(firing, least, marks, values):
    for row in range(values.shape[0]):
        values[row] = 0.0
        for index in range(firing.number[row]):
            for channel in range(values.shape[1]):
                values[row, channel] += marks[row, firing.cells[row, index], channel]
        for channel in range(values.shape[1]):
            values[row, channel] /= max(firing.number[row], least)


@njit(cache=True)
def _teach(present, values, channels, plasticity, dopamine, state):
    """One step: ``present`` fired in it and forecast ``values``; ``channels`` (animals, channels) is what came."""
    cells = state.eligible.shape[1]
    for row in range(channels.shape[0]):
        rate = dopamine.rate * plasticity[row]
        for cell in range(cells):
            state.eligible[row, cell] *= dopamine.kept
        for index in range(present.number[row]):
            cell = present.cells[row, index]
            if state.eligible[row, cell] < _FRESH:
                for channel in range(channels.shape[1]):
                    mark, linger = state.marks[row, cell, channel], state.lingering[row, channel]
                    state.marks[row, cell, channel] -= plasticity[row] * dopamine.relief * linger * (1.0 + mark)
            state.eligible[row, cell] = 1.0
        for channel in range(channels.shape[1]):
            came = min(1.0, max(0.0, channels[row, channel]))
            rise = dopamine.second_order * max(0.0, values[row, channel] - max(0.0, state.usual[row, channel]))
            for cell in range(cells):
                eligible = state.eligible[row, cell]
                if eligible <= _ELIGIBLE:
                    continue
                mark = state.marks[row, cell, channel]
                if came > _PHASIC:
                    mark += rate * eligible * came * (1.0 - mark)
                else:
                    if rise > _PHASIC and eligible < 1.0:
                        mark += rate * eligible * rise * (1.0 - mark)
                    mark -= rate * eligible * dopamine.fades * mark
                state.marks[row, cell, channel] = mark
            state.lingering[row, channel] = max(came, dopamine.lingers * state.lingering[row, channel])
            state.usual[row, channel] = values[row, channel] + dopamine.used * (
                state.usual[row, channel] - values[row, channel]
            )


class MushroomBody(ReadOut):
    """Forecasts of what a smell announces, for ``num_animals`` animals.

    Args:
        num_animals: how many.
        spec: what the learner is born into; it hears a sense that is not topographic.
        genome: innate settings.

    Attributes:
        columns: of the sense in an observation.
        code: its Kenyon cells.
        now: its ``forecast`` (animals, assessed channels) in [-1, 1].
        synapses: their ``marks`` (animals, cells, channels) in [-1, 1].
    """

    def __init__(self, num_animals: int, spec: LearnerSpec, genome: CorticalGenome) -> None:
        self.lesionable = ("mushroom_body", "apl")
        sense = next(sense for sense in spec.outer if not sense.topographic)
        self.columns = spec.outer.place(sense.name)
        low, high = spec.outer.low[self.columns], spec.outer.high[self.columns]
        self.code = KenyonCells(num_animals, low, high, genome)
        self._channels = np.array([spec.channels.index(channel) for channel in spec.assessed], int)
        channels, cells = len(self._channels), self.code.cells
        self.synapses = BatchState(num_animals, marks=np.zeros((cells, channels), np.float32))
        self.recent = BatchState(
            num_animals,
            eligible=np.zeros(cells, np.float32),
            lingering=np.zeros(channels),
            usual=np.zeros(channels),
        )
        self.now = BatchState(num_animals, forecast=np.zeros(channels))
        self.past = BatchState(
            num_animals,
            cells=np.zeros(self.code.firing.cells.shape[1], np.int32),
            number=0,
            forecast=np.zeros(channels),
        )
        self._everyone = np.arange(num_animals)
        self._dopamine = Dopamine(
            rate=genome.kenyon_rate,
            fades=genome.kenyon_fades,
            relief=genome.kenyon_relief,
            second_order=genome.kenyon_second_order,
            kept=math.exp(-spec.dt / genome.kenyon_trace),
            lingers=math.exp(-spec.dt / genome.kenyon_relief_time),
            used=math.exp(-spec.dt / genome.kenyon_trace),
        )

    def birth(self, streams: RowStreams, mask: np.ndarray) -> None:
        """No cell of the chosen animals (bool mask) is marked."""
        for part in (self.synapses, self.recent, self.now, self.past, self.code.firing):
            part.restart(mask)

    def observe(self, observation: np.ndarray, lesions: Any) -> None:
        """Forecast from an observation (animals, senses); nothing without Kenyon cells, and from more of them without APL."""
        code, disinhibited = self.code, lesions.apl
        if (code.disinhibited != disinhibited).any():
            code.forget(code.disinhibited != disinhibited)
            code.disinhibited[:] = disinhibited
        code.fire(self._everyone, observation[:, self.columns])
        firing = Firing(code.firing.cells, code.firing.number)
        _forecast(firing, code.active_units, self.synapses.marks, self.now.forecast)
        self.now.forecast[lesions.mushroom_body] = 0.0

    def pass_on(self) -> None:
        """What is now becomes what was before the step that begins."""
        firing, past = self.code.firing, self.past
        past.cells, past.number, past.forecast = firing.cells, firing.number, self.now.forecast

    def recall(self, found: Recollection, lesions: Any) -> None:
        """What the smell announces."""
        found.predicted_channels = self.now.forecast * ~lesions.assessors[:, None]

    def learn(self, step: Step) -> None:
        """Let dopamine mark cells by what a step brought of steering's channels."""
        recent, channels, rate = self.recent, step.transition.verdict.channels, step.rate
        present = Firing(self.past.cells, self.past.number)
        state = Marks(self.synapses.marks, recent.eligible, recent.lingering, recent.usual)
        _teach(present, self.past.forecast, channels[:, self._channels], rate, self._dopamine, state)

    def state_parts(self) -> dict[str, Any]:
        """All but the code's wiring, which is the cortex's."""
        return {
            "mushroom_body_synapses": self.synapses,
            "mushroom_body_recent": self.recent,
            "mushroom_body_now": self.now,
            "mushroom_body_firing": self.code.firing,
            "mushroom_body_past": self.past,
        }

    def learned(self) -> dict[str, np.ndarray]:
        """Marks."""
        return {"mushroom_body": self.synapses.marks}

    def counts(self) -> dict[str, int]:
        """Kenyon cells."""
        return {"cells": self.code.cells}
