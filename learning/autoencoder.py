"""Features that are learned without a teacher, and may be learned before birth from the body's own waves.

A k-sparse autoencoder (Makhzani and Frey 2014): the few units whose features match the input best are active, and move so
that they reconstruct it better; units that are seldom active become more excitable (Foldiak 1990). Before birth the retina
drives itself with waves of activity (Meister et al. 1991), so that features can be learned in the womb, from fake data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
from numba import njit

from core.batch_state import BatchState
from core.interfaces import Gains, Proposal, Reflex
from core.renamed import renamed_attributes
from core.senses import Senses
from core.streams import RowStreams
from learning.codes import Code
from learning.cortex import Cortex
from learning.cortical_genome import CorticalGenome
from learning.pattern_separator import SenseScaling

_EXCITABILITY = 0.02  # by which a unit's threshold follows its use, each time; chosen


class Dictionary(NamedTuple):
    """Features of every animal, and how they learn."""

    features: np.ndarray  # (animals, units, inputs)
    excitability: np.ndarray  # (animals, units)
    rate: np.ndarray  # (animals,)
    share: float  # of units that are active


@njit(cache=True)
def _encode(rows, inputs, dictionary, error, active):
    """Active units of each row, and one step of reconstruction learning where ``rate`` is above 0."""
    features, excitability, rate, share = dictionary
    units, width = features.shape[1:]
    match = np.empty(units, np.float32)
    rebuilt = np.empty(width, np.float32)
    for row in rows:
        for unit in range(units):
            total = np.float32(0.0)
            for entry in range(width):
                total += features[row, unit, entry] * inputs[row, entry]
            match[unit] = total
        rebuilt[:] = 0.0
        for winner in range(active.shape[1]):
            best = 0
            for unit in range(1, units):
                if match[unit] + excitability[row, unit] > match[best] + excitability[row, best]:
                    best = unit
            active[row, winner] = best
            for entry in range(width):
                rebuilt[entry] += match[best] * features[row, best, entry]
            error[row, winner] = match[best]
            match[best] = np.float32(-np.inf)
        off = np.float32(0.0)
        for entry in range(width):
            rebuilt[entry] = inputs[row, entry] - rebuilt[entry] / active.shape[1]
            off += rebuilt[entry] * rebuilt[entry]
        if rate[row] > 0.0:
            for unit in range(units):
                excitability[row, unit] += _EXCITABILITY * rate[row] * share
            for winner in range(active.shape[1]):
                unit = active[row, winner]
                excitability[row, unit] -= _EXCITABILITY * rate[row]
                length = np.float32(0.0)
                for entry in range(width):
                    features[row, unit, entry] += rate[row] * error[row, winner] * rebuilt[entry]
                    length += features[row, unit, entry] ** 2
                for entry in range(width):
                    features[row, unit, entry] /= max(np.sqrt(length), 1e-6)
        error[row, 0] = off


class SparseAutoencoder:
    """Learned features of ``senses`` for ``num_animals`` animals; as a code, the ``share`` of units that match best is active.

    ``rate`` (animals,) is how far features move at each look; :attr:`loss` (animals,) is the last squared error of reconstruction.
    """

    def __init__(self, num_animals: int, senses: Senses, units: int, share: float = 0.05) -> None:
        self.num_animals, self.units, self.share = num_animals, units, share
        self.active_units = max(1, round(share * units))
        self.scaling = SenseScaling(num_animals, senses)
        self.features = np.zeros((num_animals, units, senses.size + 1), np.float32)
        self.excitability = np.zeros((num_animals, units), np.float32)
        self.rate = np.zeros(num_animals)
        self._error = np.zeros((num_animals, self.active_units), np.float32)
        self._inputs = np.ones((num_animals, senses.size + 1), np.float32)  # the last input is a constant

    @property
    def loss(self) -> np.ndarray:
        """(animals,) squared error of the last reconstruction."""
        return self._error[:, 0]

    def wire(self, streams: RowStreams, stream: str, mask: np.ndarray) -> None:
        """Random features of length 1 in the chosen animals (bool mask)."""
        draw = streams.normal(stream, self.features[0].size, mask).reshape(self.features.shape)[mask]
        self.features[mask] = draw / np.linalg.norm(draw, axis=2, keepdims=True)
        self.excitability[mask] = 0.0

    def encode(self, rows: np.ndarray, observation: np.ndarray, inner: np.ndarray, active: np.ndarray) -> None:
        """As :meth:`learning.codes.Code.encode`; learns where ``rate`` is above 0."""
        self._inputs[:, :-1] = self.scaling.scale(rows, observation, inner)
        self.look(rows, self._inputs, active)

    def look(self, rows: np.ndarray, inputs: np.ndarray, active: np.ndarray) -> None:
        """Encode scaled inputs (animals, size + 1) in [-1, 1]."""
        dictionary = Dictionary(self.features, self.excitability, self.rate, self.share)
        _encode(rows, inputs, dictionary, self._error, active)

    def get_state(self) -> dict[str, np.ndarray]:
        """Features and excitability, as copies."""
        return {"features": self.features.copy(), "excitability": self.excitability.copy()}

    def set_state(self, state: dict[str, np.ndarray]) -> None:
        """Restore what :meth:`get_state` gave."""
        self.features[:], self.excitability[:] = state["features"], state["excitability"]


def retinal_waves(streams: RowStreams, mask: np.ndarray, size: int, steps: int) -> np.ndarray:
    """Spontaneous activity of ``size`` neighbouring inputs: bumps that travel at random speed and width.

    Returns:
        (animals, steps, size) float32 in [-1, 1]; zero outside the chosen animals (bool mask).
    """
    waves = np.zeros((len(mask), steps, size), np.float32)
    place = np.arange(size)
    length = 20  # steps of one wave
    for start in range(0, steps, length):
        origin, speed, width = streams.uniform("womb", 3, mask).T
        time = np.arange(min(length, steps - start))
        centre = (origin[:, None] - 0.5 + (speed[:, None] - 0.5) * time / 5.0) * 1.5 * size + 0.5 * size
        away = (place - centre[:, :, None]) / (1.0 + 0.2 * size * width[:, None, None])
        waves[:, start : start + length] = 2.0 * np.exp(-0.5 * away**2) - 1.0
    waves[~mask] = 0.0
    return waves


@renamed_attributes(enough="min_visits")
@dataclass(frozen=True)
class AutoencoderGenome(CorticalGenome):
    """As :class:`learning.cortical_genome.CorticalGenome`, and for the features:

    Attributes:
        feature_rate: how far active features move at each look, at first.
        critical_period: looks after which that has halved; it goes on falling as 1 / looks.
        womb: looks at spontaneous activity before birth.
    """

    feature_rate: float = 0.02
    critical_period: float = 2000.0
    womb: int = 0


class AutoencoderLearner(Cortex):
    """The cortex on learned features in place of the fixed random expansion of all that is heard."""

    name = "autoencoder"
    stream_names = (*Cortex.stream_names, "womb")
    genome: AutoencoderGenome
    genome_type = AutoencoderGenome

    def _mixed_code(self, senses: Senses) -> Code:
        self.features = SparseAutoencoder(self.num_animals, senses, self.genome.mixed_units, self.genome.mixed_share)
        self.looks = BatchState(self.num_animals, looks=0.0)
        self._receptive = np.ones(self.num_animals)
        return self.features

    def birth(self, seeds: np.ndarray, mask: np.ndarray) -> None:
        """Random features, shaped by waves before birth if the genome says so."""
        super().birth(seeds, mask)
        self.looks.restart(mask)
        chosen = np.flatnonzero(mask)
        if self.genome.womb and chosen.size:
            size = self.features.features.shape[2] - 1
            waves = retinal_waves(self.streams, mask, size, self.genome.womb)
            inputs = np.ones((self.num_animals, size + 1), np.float32)
            for step in range(self.genome.womb):
                inputs[:, :-1] = waves[:, step]
                self._open_period(chosen, 1.0)
                self.features.look(chosen, inputs, np.zeros((self.num_animals, self.features.active_units), np.int32))

    def _open_period(self, rows: np.ndarray, plasticity: np.ndarray | float) -> None:
        self.features.rate[rows] = (
            plasticity * self.genome.feature_rate / (1.0 + self.looks.looks[rows] / self.genome.critical_period)
        )
        self.looks.looks[rows] += 1.0

    def _propose(self, observation: np.ndarray, reflex: Reflex, gains: Gains) -> Proposal:
        self._receptive = gains.plasticity
        return super()._propose(observation, reflex, gains)

    def _encode(self, rows: np.ndarray, observation: np.ndarray, units: np.ndarray) -> None:
        self._open_period(rows, (self._receptive * ~self.lesions.plasticity)[rows])
        super()._encode(rows, observation, units)

    def _state_parts(self) -> dict[str, Any]:
        return super()._state_parts() | {"looks": self.looks}


@renamed_attributes(enough="min_visits")
@dataclass(frozen=True)
class WombGenome(AutoencoderGenome):
    """As :class:`AutoencoderGenome`, with a womb."""

    womb: int = 2000


class WombLearner(AutoencoderLearner):
    """As the autoencoder learner, born with features that 2,000 looks at retinal waves have shaped."""

    name = "autoencoder_womb"
    genome_type = WombGenome
