"""Fitness of a song: how much it resembles the tutor's, relative to unrelated songs of the species, and how song-like it is.

After Sound Analysis Pro (Tchernichovski et al. 2000): features scaled by their median absolute deviation in the species, among
them the modulations of amplitude and frequency, are compared over intervals of 70 ms that may be shifted by up to 20 ms; a
distance counts by how rarely an unrelated song comes as near. Steering judges single moments without shift, by other features
and another measure, so that a bird cannot win by pleasing itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from numba import njit

from envs.birdsong.features import ENTROPY, LOUDNESS, PERIODICITY, PITCH
from envs.birdsong.gestures import gesture_of, song_of_the_species
from envs.birdsong.note_table import features_of

INTERVAL = 7  # frames that are compared together: 70 ms (SA+)
SHIFTS = 5  # -20 to +20 ms; chosen
AUDIBLE = 0.25  # loudness from which a frame is sound
QUANTILES = 128
UNRELATED = 24  # songs of the species that stand for strangers
TRAITS = 5
SPECIES_SHARE = 0.2  # of fitness that is for being song-like at all; chosen
_MEASURES = 6  # loudness, pitch, goodness, entropy, amplitude and frequency modulation
_LEAST_SCALE = (0.15, 0.1, 0.1, 1.0, 0.1, 0.1)  # some features hardly vary in the repertoire; chosen
_SPECIES_SEED, _SPECIES_SONGS = 20_000, 200
_ROOM = -2.0  # Wiener entropy of what is too faint; chosen
_ENTROPY_LIMIT = -9.0  # tones below it differ in nothing that can be heard


@njit(cache=True)
def measure(features, before, out):
    """Fill ``out`` (6,) with what is compared, from the features (5,) of a frame and of the one before it."""
    heard = min(1.0, max(0.0, (features[LOUDNESS] - 0.1) / 0.3))
    out[0] = features[LOUDNESS]
    out[1] = features[PITCH]
    out[2] = heard * features[PERIODICITY]  # what is too faint to be heard has no timbre, but that of the room
    out[3] = heard * max(_ENTROPY_LIMIT, features[ENTROPY]) + (1.0 - heard) * _ROOM
    out[4] = features[LOUDNESS] - before[LOUDNESS]
    out[5] = features[PITCH] - before[PITCH]


@njit(cache=True)
def frame_distance(one, other, scale):
    """Squared distance of two frames (6,), mean over measures; pitch counts as far as it is clear in both."""
    clear = min(one[2], other[2])
    total = 0.0
    for index in range(_MEASURES):
        weight = clear if index == 1 or index == 5 else 1.0
        away = min(4.0, abs(one[index] - other[index]) / scale[index])
        total += weight * away * away
    return total / _MEASURES


@njit(cache=True)
def compare(frame, measures, model, scale, ring, sums):
    """Take in one frame of a song; returns the least distance over shifts of the interval that ends with it.

    Args:
        frame: number of the frame in the song.
        measures: (6,) of this frame; ``model`` (frames, 6) of the other song.
        scale: (6,) median absolute deviations of the species.
        ring: (SHIFTS, INTERVAL) distances of the last frames, and ``sums`` (SHIFTS,) their sums; zeros at the start.
    """
    best = np.inf
    slot = frame % INTERVAL
    for shift in range(SHIFTS):
        other = min(model.shape[0] - 1, max(0, frame + shift - SHIFTS // 2))
        distance = frame_distance(measures, model[other], scale)
        sums[shift] += distance - ring[shift, slot]
        ring[shift, slot] = distance
        best = min(best, sums[shift])
    return max(0.0, best) / min(INTERVAL, frame + 1)


@njit(cache=True)
def credit(distance, quantiles):
    """1 for a distance below all of unrelated songs, 0 at their median, -1 above all."""
    low, high = 0, quantiles.shape[0]
    while low < high:
        middle = (low + high) // 2
        if quantiles[middle] < distance:
            low = middle + 1
        else:
            high = middle
    return 1.0 - 2.0 * low / quantiles.shape[0]


@njit(cache=True)
def count_traits(features, sounding_before, traits):
    """Add a frame (5,) to the running ``traits`` (5,): sounding frames, onsets, sums of pitch and entropy, clear frames.

    Returns whether the frame sounds.
    """
    sounding = features[LOUDNESS] > AUDIBLE
    if sounding:
        traits[0] += 1.0
        traits[3] += max(_ENTROPY_LIMIT, features[ENTROPY])
        if not sounding_before:
            traits[1] += 1.0
        if features[PERIODICITY] > 0.7:
            traits[2] += features[PITCH]
            traits[4] += 1.0
    return sounding


@njit(cache=True)
def likeness(traits, frames, mean, deviation):
    """How song-like a whole rendition is, 0 to 1, from its traits: share of sound, syllables a second, pitch, noisiness, clarity."""
    total = 0.0
    for index in range(TRAITS):
        away = min(4.0, abs(_trait(traits, frames, index) - mean[index]) / deviation[index])
        total += away * away
    return np.exp(-0.5 * total / TRAITS)


@njit(cache=True)
def _trait(traits, frames, index):
    sounding = max(1.0, traits[0])
    if index == 0:
        return traits[0] / frames
    if index == 1:
        return traits[1] / frames
    if index == 2:
        return traits[2] / max(1.0, traits[4])
    if index == 3:
        return traits[3] / sounding
    return traits[4] / sounding


@dataclass(frozen=True)
class Species:
    """What songs of the species are like: scales of measures, strangers' songs, and the spread of traits."""

    scale: np.ndarray
    strangers: tuple[np.ndarray, ...]
    trait_mean: np.ndarray
    trait_deviation: np.ndarray


def measures_of(features: np.ndarray) -> np.ndarray:
    """(frames, 6) measures of a song's features (frames, 5)."""
    out = np.empty((len(features), _MEASURES))
    for frame in range(len(features)):
        measure(features[frame], features[max(0, frame - 1)], out[frame])
    return out


def traits_of(features: np.ndarray) -> np.ndarray:
    """(5,) traits of a whole song."""
    counts = _counts(features)
    return np.array([_trait(counts, len(features), index) for index in range(TRAITS)])


def _counts(features: np.ndarray) -> np.ndarray:
    traits, before = np.zeros(TRAITS), False
    for frame in features:
        before = count_traits(frame, before, traits)
    return traits


@cache
def species() -> Species:
    """Measured on 200 songs that the species' repertoire of notes gives; the same on every machine."""
    songs = [
        features_of(gesture_of(song_of_the_species(np.random.default_rng(_SPECIES_SEED + index))))
        for index in range(_SPECIES_SONGS)
    ]
    frames = np.concatenate([measures_of(song)[song[:, LOUDNESS] > AUDIBLE] for song in songs])
    scale = np.median(np.abs(frames - np.median(frames, axis=0)), axis=0)
    scale = np.maximum(scale, _LEAST_SCALE)
    traits = np.stack([traits_of(song) for song in songs])
    return Species(scale, tuple(measures_of(song) for song in songs[:UNRELATED]), traits.mean(axis=0), traits.std(axis=0))


def quantiles_of_strangers(model: np.ndarray) -> np.ndarray:
    """(128,) quantiles of the distance of unrelated songs from ``model`` (frames, 6), for :func:`credit`."""
    return _quantiles([_distances(stranger, model) for stranger in species().strangers])


def quantiles_of_moments(model: np.ndarray) -> np.ndarray:
    """As :func:`quantiles_of_strangers`, from other moments of the same song.

    For recordings. Songs of the syrinx differ from any recording in timbre. Against them, every pupil would seem to resemble it.
    """
    least, frames = 2 * INTERVAL, len(model)
    later = range(min(least, frames // 3), max(frames - least, 2 * frames // 3 + 1))
    return _quantiles([_distances(np.roll(model, -shift, axis=0), model) for shift in later])


def _distances(song: np.ndarray, model: np.ndarray) -> list[float]:
    """Distances of the intervals of a song (repeated as often as needed) from those of the model."""
    ring, sums, found = np.zeros((SHIFTS, INTERVAL)), np.zeros(SHIFTS), []
    for frame in range(len(model)):
        found.append(compare(frame, song[frame % len(song)], model, species().scale, ring, sums))
    return found[INTERVAL - 1 :]


def _quantiles(found: list[list[float]]) -> np.ndarray:
    return np.quantile(np.concatenate(found), (np.arange(QUANTILES) + 0.5) / QUANTILES)


def weights_of(model: np.ndarray) -> np.ndarray:
    """(frames,) weight of the interval that ends with each frame, by how much of it sounds; they add up to 1."""
    sounding = (model[:, 0] > AUDIBLE).astype(float)
    weight = np.array([max(0.2, sounding[max(0, t - INTERVAL + 1) : t + 1].mean()) for t in range(len(model))])
    weight[: INTERVAL - 1] = 0.0
    return weight / weight.sum()


def similarity(features: np.ndarray, model: np.ndarray, quantiles: np.ndarray) -> float:
    """Resemblance of a song (frames, 5) to another's measures (frames, 6): 1 the same, 0 as strangers, down to -1."""
    ring, sums, total = np.zeros((SHIFTS, INTERVAL)), np.zeros(SHIFTS), 0.0
    weights, measures = weights_of(model), measures_of(features)
    for frame in range(len(model)):
        mine = measures[min(frame, len(measures) - 1)]
        total += weights[frame] * credit(compare(frame, mine, model, species().scale, ring, sums), quantiles)
    return total


def song_fitness(features: np.ndarray, model: np.ndarray, quantiles: np.ndarray) -> float:
    """The world's verdict on a whole rendition: four fifths resemblance to the tutor, one fifth being song-like."""
    return (1.0 - SPECIES_SHARE) * similarity(features, model, quantiles) + SPECIES_SHARE * likeness_of(features)


def likeness_of(features: np.ndarray) -> float:
    """How song-like a whole song (frames, 5) is, 0 to 1; see :func:`likeness`."""
    kind = species()
    return float(likeness(_counts(features), len(features), kind.trait_mean, kind.trait_deviation))
