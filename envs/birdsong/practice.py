"""Kernels of Birdsong: one frame of song for every bird, what is heard of it, and what it is worth."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numba import njit

from envs.birdsong.features import BRIGHTNESS, ENTROPY, LOUDNESS, PERIODICITY, PITCH
from envs.birdsong.note_table import hear
from envs.birdsong.similarity import SPECIES_SHARE, compare, count_traits, credit, likeness, measure

HEARING_DELAY = 2  # frames from beak to judgement: 20 ms; chosen
LONGEST = 170  # frames of a rendition, hearing delay included
MOST_SYLLABLES = 24
BURST = 3  # frames that a burst of noise lasts at least; chosen
_PITCH_MEMORY = 0.05  # share by which the running mean of a syllable's pitch follows each rendition; chosen
_HEARING_NOISE = np.array([0.01, 0.01, 0.02, 0.1, 0.03])  # half ranges, in units of the features; chosen
_DEAF_NOISE = np.array([0.05, 1.5, 0.3, 1.0, 0.5])  # what cells of hearing say by themselves; chosen
_DEAF_REST = np.array([0.05, 1.5, 0.3, -3.0, 2.3])
_WHITE = np.array([1.2, 2.5, 0.1, -1.0, 3.2])  # white noise in all features


class Songs(NamedTuple):
    """The songs that can be heard and compared with, padded to one length.

    Attributes:
        features: (songs, frames, 5) what is heard of them.
        measures: (songs, frames, 6), weights: (songs, frames), quantiles: (songs, 128); see :mod:`envs.birdsong.similarity`.
        lengths: (songs,) frames.
        syllables: (songs, frames) which syllable it is, -1 in gaps.
    """

    features: np.ndarray
    measures: np.ndarray
    weights: np.ndarray
    quantiles: np.ndarray
    lengths: np.ndarray
    syllables: np.ndarray


class Kind(NamedTuple):
    """What songs of the species are like: ``scale`` (6,) of measures, mean and deviation of traits, (5,) each."""

    scale: np.ndarray
    trait_mean: np.ndarray
    trait_deviation: np.ndarray


@njit(cache=True)
def sing(birds, notes, actions, songs, kind, noise, fitness):
    """Sing one frame with ``actions`` (birds, 3): fills ``fitness`` (birds,) and what will be heard.

    Args:
        birds: (birds,) records.
        notes: the table of notes.
        actions: (birds, 3).
        songs: a :class:`Songs`.
        kind: a :class:`Kind`.
        noise: (birds, 4) uniform in [0, 1).
        fitness: (birds,), filled.
    """
    features, measured = np.empty(5), np.empty(6)
    for row in range(birds.shape[0]):
        bird = birds[row]
        frame, song = bird.moment, bird.tutor
        hear(actions[row], notes, features)
        for index in range(3):
            bird.sung[frame, index] = actions[row, index]
        if frame == 0:
            for index in range(5):
                bird.before[index] = features[index]
        measure(features, bird.before, measured)
        fitness[row] = 0.0
        length = songs.lengths[song]
        if frame < length:
            distance = compare(frame, measured, songs.measures[song, :length], kind.scale, bird.ring, bird.sums)
            fitness[row] = (1.0 - SPECIES_SHARE) * songs.weights[song, frame] * credit(distance, songs.quantiles[song])
            bird.sounding = count_traits(features, bird.sounding, bird.traits)
            if frame == length - 1:
                fitness[row] += SPECIES_SHARE * likeness(bird.traits, length, kind.trait_mean, kind.trait_deviation)
        for index in range(5):
            bird.before[index] = features[index]
        _attend(bird, features, songs.syllables[song, frame])
        _hear(bird, features, songs.features, noise[row], frame)
        bird.moment = frame + 1


@njit(cache=True)
def _attend(bird, features, syllable):
    """Keep the mean pitch of each syllable, and let the experimenter's computer decide about noise."""
    bird.noise_left = max(0, bird.noise_left - 1)
    if syllable != bird.syllable:
        if bird.syllable >= 0 and bird.pitch_frames > 0:
            found = bird.pitch_sum / bird.pitch_frames
            bird.times_sung[bird.syllable] += 1
            share = max(_PITCH_MEMORY, 1.0 / bird.times_sung[bird.syllable])
            bird.mean_pitch[bird.syllable] += share * (found - bird.mean_pitch[bird.syllable])
        bird.syllable, bird.pitch_sum, bird.pitch_frames = syllable, 0.0, 0
    if syllable < 0:
        return
    clear = features[LOUDNESS] > 0.3
    if clear:
        bird.pitch_sum += features[PITCH]
        bird.pitch_frames += 1
    if syllable == bird.noise_syllable and clear:
        off = features[PITCH] - bird.noise_threshold
        if (off > 0.0) if bird.noise_above else (off < 0.0):
            bird.noise_left = BURST
    if syllable == bird.distorted_syllable and bird.distorts:
        bird.noise_left = 1


@njit(cache=True)
def _hear(bird, features, tutors, noise, frame):
    """Put what this frame sounds like to the bird into its ears; it is sensed when the delay has passed."""
    heard = bird.ears[frame % bird.ears.shape[0]]
    if bird.deaf:
        for index in range(5):
            heard[index] = _DEAF_REST[index] + _DEAF_NOISE[index] * _swing(noise, index)
        return
    if bird.tutoring:
        for index in range(5):
            heard[index] = tutors[bird.tutor_heard, frame, index]
    elif bird.noise_left > 0:
        for index in range(5):
            heard[index] = _WHITE[index]
    else:
        for index in range(5):
            heard[index] = features[index]
        heard[PITCH] += bird.pitch_shift
    if bird.muffled > 0.0:
        heard[LOUDNESS] = max(0.0, heard[LOUDNESS] - bird.muffled)
        heard[BRIGHTNESS] -= bird.muffled
        heard[PERIODICITY] *= 1.0 - 0.5 * min(1.0, bird.muffled)
        heard[ENTROPY] *= 1.0 - 0.5 * min(1.0, bird.muffled)
    for index in range(5):
        heard[index] += _HEARING_NOISE[index] * _swing(noise, index)


@njit(cache=True, inline="always")
def _swing(noise, index):
    """From four uniform numbers to noise of a feature in [-1, 1); brightness goes against loudness."""
    return 2.0 * noise[index] - 1.0 if index < 4 else 1.0 - 2.0 * noise[0]


@njit(cache=True)
def perceive(birds, total, senses):
    """Fill the senses of every bird: the phase of the song as HVC counts it, and what the ears pass on now."""
    for row in range(birds.shape[0]):
        bird, sense = birds[row], senses[row]
        sense.phase = min(1.0, bird.moment / total)
        sense.tutor_sings = 1.0 if bird.tutoring and not bird.deaf else 0.0
        heard_at = bird.moment - 1 - HEARING_DELAY
        sense.moment = max(-1, heard_at)
        sense.hears = 1.0 if heard_at >= 0 else 0.0
        ear = bird.ears[max(0, heard_at) % bird.ears.shape[0]]
        sense.loudness = min(1.5, max(0.0, ear[LOUDNESS]))
        sense.pitch = min(5.0, max(-2.0, ear[PITCH]))
        sense.periodicity = min(1.1, max(0.0, ear[PERIODICITY]))
        sense.entropy = min(0.5, max(-20.0, ear[ENTROPY]))
        sense.brightness = min(5.0, max(-1.0, ear[BRIGHTNESS]))
