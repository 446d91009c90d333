"""What can be heard in a song, frame by frame: loudness, pitch, periodicity, Wiener entropy and brightness.

Definitions follow Sound Analysis Pro (Tchernichovski et al. 2000); pitch is YIN's (de Cheveigne and Kawahara 2002), as in
the open package avn.
"""

from __future__ import annotations

import numpy as np

from envs.birdsong.syrinx import FRAME, RATE

FEATURES = ("loudness", "pitch", "periodicity", "entropy", "brightness")
LOUDNESS, PITCH, PERIODICITY, ENTROPY, BRIGHTNESS = range(5)
FLOOR = 50.0  # dB from the loudest notes down to where nothing is heard
REFERENCE = -14.0  # dB (of full scale) of a loud note of the syrinx
MIDDLE = 500.0  # Hz, from which octaves are counted
LOWEST, HIGHEST = 380.0, 6000.0  # Hz of pitch; the lower bound as in avn
_BAND = (380.0, 11_025.0)  # Hz of the spectrum that is used (avn)
_WINDOW = 512  # samples of spectrum, 11.6 ms
_PITCH_WINDOW = 1024  # samples in which YIN compares two halves
_FIRST_TROUGH = 0.3  # of YIN's difference function: the shortest period that fits this well; right on all but noisy notes


def extract(audio: np.ndarray, reference: float = REFERENCE) -> np.ndarray:
    """Features (..., frames, 5) of audio (..., samples) at 44.1 kHz; frame i is centred in its 10 ms.

    Args:
        audio: at 44.1 kHz, full scale 1.
        reference: dB of full scale that counts as loudness 1.

    Returns:
        in the order of ``FEATURES``: loudness from 0 (50 dB below a loud note) to about 1, pitch in octaves above 500 Hz,
        periodicity from 0 to 1, Wiener entropy (0 for white noise, negative for tones), brightness (mean frequency) in
        octaves above 500 Hz.
    """
    import librosa

    audio = np.asarray(audio, np.float64)
    frames = audio.shape[-1] // FRAME
    edge = [(0, 0)] * (audio.ndim - 1)
    short, long = _WINDOW // 2 - FRAME // 2, _PITCH_WINDOW // 2 - FRAME // 2
    around = np.pad(audio, [*edge, (short, _WINDOW)])
    pieces = np.moveaxis(librosa.util.frame(around, frame_length=_WINDOW, hop_length=FRAME), -1, -2)[..., :frames, :]
    power = np.abs(np.fft.rfft(pieces * np.hanning(_WINDOW), 2 * _WINDOW)) ** 2
    frequency = np.fft.rfftfreq(2 * _WINDOW, 1.0 / RATE)
    band = (frequency >= _BAND[0]) & (frequency <= _BAND[1])
    power, frequency = power[..., band] + 1e-12, frequency[band]
    total = power.sum(axis=-1)
    level = 10.0 * np.log10(total / (0.375 * _WINDOW * _WINDOW)) - reference
    entropy = np.log(power).mean(axis=-1) - np.log(power.mean(axis=-1))
    brightness = np.log2((power * frequency).sum(axis=-1) / total / MIDDLE)
    for_pitch = np.pad(audio, [*edge, (long, _PITCH_WINDOW)])
    pitch = librosa.yin(
        for_pitch,
        fmin=LOWEST,
        fmax=HIGHEST,
        sr=RATE,
        frame_length=_PITCH_WINDOW,
        hop_length=FRAME,
        center=False,
        trough_threshold=_FIRST_TROUGH,
    )[..., :frames]
    waves = np.moveaxis(librosa.util.frame(for_pitch, frame_length=_PITCH_WINDOW, hop_length=FRAME), -1, -2)[
        ..., :frames, :
    ]
    return np.stack(
        [
            np.clip(1.0 + level / FLOOR, 0.0, 1.5),
            np.log2(pitch / MIDDLE),
            _periodicity(waves, RATE / pitch),
            entropy,
            brightness,
        ],
        axis=-1,
    )


def _periodicity(waves: np.ndarray, period: np.ndarray) -> np.ndarray:
    """Correlation of a frame (..., samples) with itself one period (in samples, (...)) later, at least 0."""
    half = waves.shape[-1] // 2
    lag = np.round(period).astype(int)[..., None]
    start = (waves.shape[-1] - half - lag) // 2
    here = np.take_along_axis(waves, start + np.arange(half), axis=-1)
    later = np.take_along_axis(waves, start + lag + np.arange(half), axis=-1)
    norm = np.sqrt((here**2).sum(axis=-1) * (later**2).sum(axis=-1))
    return np.maximum(0.0, (here * later).sum(axis=-1) / np.maximum(norm, 1e-12))
