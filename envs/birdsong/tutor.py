"""Tutors: a song as steering may memorise it and as fitness compares with it, from gestures or from any recording."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import numpy as np

from core.arguments import Whole
from core.errors import InvalidArgument, shown
from envs.birdsong.features import ENTROPY, FLOOR, LOUDNESS, PERIODICITY, PITCH, extract
from envs.birdsong.gestures import FOSTER, FRAME_TIME, STRANGER, TUTOR, gesture_of
from envs.birdsong.labels import BadLabels, read_labels
from envs.birdsong.note_table import features_of
from envs.birdsong.recordings import BadRecording, read_audio
from envs.birdsong.similarity import AUDIBLE, measures_of, quantiles_of_moments, quantiles_of_strangers, weights_of
from envs.birdsong.syrinx import FRAME, RATE, render

LONGEST_MOTIF = 1.6  # s
_LEAST_CONTRAST = 15.0  # dB of song above the background
_PAUSE = 0.15  # s of silence that end a motif; motifs of zebra finches have gaps of 20 to 60 ms
_LEAST_SYLLABLE, _LEAST_GAP = 3, 2  # frames
_CANDIDATES, _STIFFNESS = 60, 4.0  # notes that are considered for a frame; cost of a squared jump between frames
_FIT_SCALE = np.array([0.12, 0.06, 0.15, 3.0, 0.7])  # loudness, octaves, periodicity, entropy, octaves; chosen


@dataclass(frozen=True)
class Tutor:
    """A song of ``len(features)`` frames of 10 ms.

    Attributes:
        name: for titles.
        features: (frames, 5) what is heard of it.
        gesture: (frames, 3) the best that the syrinx can do to sing it.
        measures, weights, quantiles: what fitness compares with; see :mod:`envs.birdsong.similarity`.
        syllables: (first frame, end frame) of each.
        audio: (frames x 441,) its sound at 44.1 kHz.
    """

    name: str
    features: np.ndarray
    gesture: np.ndarray
    measures: np.ndarray
    weights: np.ndarray
    quantiles: np.ndarray
    syllables: tuple[tuple[int, int], ...]
    audio: np.ndarray

    def __len__(self) -> int:
        return len(self.features)


def _tutor(name: str, features: np.ndarray, gesture: np.ndarray, recorded: np.ndarray | None = None) -> Tutor:
    measures = measures_of(features)
    quantiles = quantiles_of_strangers(measures) if recorded is None else quantiles_of_moments(measures)
    audio = render(gesture) if recorded is None else recorded
    return Tutor(name, features, gesture, measures, weights_of(measures), quantiles, syllables_of(features), audio)


@cache
def innate_tutor(name: str = "tutor") -> Tutor:
    """The default tutor, the ``"stranger"`` or the ``"foster parent"``, sung by the project's own syrinx."""
    gesture = gesture_of({"tutor": TUTOR, "stranger": STRANGER, "foster parent": FOSTER}[name])
    return _tutor(name, features_of(gesture), gesture)


def recorded_tutor(path: str, labels: str | None = None, channel: int | None = None, tier: str | None = None) -> Tutor:
    """The longest motif of a recording.

    Args:
        path: a file that libsndfile reads (WAV, FLAC ...): any rate from 16 kHz, up to 2 minutes.
        labels: a table with columns ``onset_s``, ``offset_s`` and ``label``, and ``file`` where it serves several files, or as Raven,
            AVN, crowsetta, Audacity or Praat write them; see :mod:`envs.birdsong.labels`. Syllables labelled ``i`` (introductory notes)
            are left out. Without labels, energy decides what a syllable is.
        channel: of a recording that has several, from 1; None takes the first.
        tier: of a TextGrid that has several.

    Raises:
        BadRecording: unreadable, silent, too quiet, too long, no song in it, or labels that do not fit.
        InvalidArgument: there is no such channel.
    """
    if channel is not None:
        channel = Whole(1, 10_000).check("channel", channel)
    if tier is not None and (not isinstance(tier, str) or labels is None or Path(labels).suffix.lower() != ".textgrid"):
        raise InvalidArgument(
            f"tier is the name of a tier, for labels in a TextGrid; not {shown(tier)} for {shown(labels)}."
        )
    return _recorded_tutor(path, labels, channel, tier, *(_stamp(file) for file in (path, labels)))


def _stamp(path: str | None) -> int:
    """When a file was changed last, so that a tutor is heard anew after its recording was edited."""
    return Path(path).stat().st_mtime_ns if path and Path(path).is_file() else 0


@lru_cache(maxsize=16)
def _recorded_tutor(
    path: str, labels: str | None, channel: int | None, tier: str | None, _changed: int, _labels_changed: int
) -> Tutor:
    audio = read_audio(path, channel)
    features = _heard(audio, path)
    spans = _labelled(path, labels, len(audio) / RATE, tier) if labels is not None else _by_energy(features)
    first, end = _motif(spans, path)
    end = min(end, len(features))  # a label may end with the file, within a frame that is not whole
    features = features[first:end].copy()
    features[:, LOUDNESS] = np.where(_inside(spans, first, end), features[:, LOUDNESS], 0.0)
    return _tutor(Path(path).stem, features, fit_gesture(features), audio[first * FRAME : end * FRAME])


def _heard(audio: np.ndarray, path: str) -> np.ndarray:
    """Features on the bird's scale of loudness: the loudest frames count as 1, the background as 0."""
    raw = extract(audio, reference=0.0)
    level = FLOOR * (raw[:, LOUDNESS] - 1.0)
    loudest, background = np.percentile(level, 97.0), np.percentile(level, 5.0)
    if loudest - background < _LEAST_CONTRAST:
        raise BadRecording(
            f"In {path} nothing stands out from the background by {_LEAST_CONTRAST:.0f} dB; is there a song in it?"
        )
    features = extract(audio, reference=loudest)
    features[:, LOUDNESS] = np.minimum(features[:, LOUDNESS], 1.1)
    return features


def syllables_of(features: np.ndarray) -> tuple[tuple[int, int], ...]:
    """(first, end) frames of each stretch of sound; short gaps are closed and short blips dropped."""
    spans: list[list[int]] = []
    for frame in np.flatnonzero(features[:, LOUDNESS] > AUDIBLE).tolist():
        if spans and frame - spans[-1][1] < _LEAST_GAP:
            spans[-1][1] = frame + 1
        else:
            spans.append([frame, frame + 1])
    return tuple((first, end) for first, end in spans if end - first >= _LEAST_SYLLABLE)


def _by_energy(features: np.ndarray) -> list[tuple[int, int, str]]:
    """Syllables of a recording, where the loudness stands above half way from the background to the song."""
    loudness = features[:, LOUDNESS]
    middle = 0.5 * (np.percentile(loudness, 10.0) + 0.95)
    shifted = features.copy()
    shifted[:, LOUDNESS] = loudness - middle + AUDIBLE
    return [(first, end, "") for first, end in syllables_of(shifted)]


def _labelled(path: str, labels: str, seconds: float, tier: str | None) -> list[tuple[int, int, str]]:
    try:
        found = read_labels(Path(labels), Path(path).name, tier)
    except BadLabels as error:
        raise BadRecording(str(error)) from None
    for label in found:
        if not 0.0 <= label.onset < label.offset <= seconds + 0.05:
            raise BadRecording(
                f"In {labels} {label.place} spans {label.onset:g} to {label.offset:g} s, but {path} lasts {seconds:.2f} s; do they "
                "belong together?"
            )
    spans = [(math.floor(label.onset / FRAME_TIME), math.ceil(label.offset / FRAME_TIME), label.name) for label in found]
    return [span for span in spans if span[2] != "i"]


def _motif(spans: list[tuple[int, int, str]], path: str) -> tuple[int, int]:
    """First and end frame of the stretch with most syllables: no long pause, no label twice, at most 1.6 s."""
    best: list[tuple[int, int, str]] = []
    for start in range(len(spans)):
        run = [spans[start]]
        for span in spans[start + 1 :]:
            names = [name for *_, name in run if name]
            too_long = span[1] - run[0][0] > LONGEST_MOTIF / FRAME_TIME
            if too_long or span[0] - run[-1][1] > _PAUSE / FRAME_TIME or span[2] in names:
                break
            run.append(span)
        if sum(end - first for first, end, _ in run) > sum(end - first for first, end, _ in best):
            best = run
    if not best or best[-1][1] - best[0][0] < INTERVALS:
        raise BadRecording(f"No motif was found in {path}: a stretch of at least {INTERVALS * 10} ms with syllables.")
    return best[0][0], min(best[-1][1], best[0][0] + round(LONGEST_MOTIF / FRAME_TIME))


INTERVALS = 10  # frames that a motif needs at least


def _inside(spans: list[tuple[int, int, str]], first: int, end: int) -> np.ndarray:
    inside = np.zeros(end, bool)
    for start, stop, _ in spans:
        inside[start:stop] = True
    return inside[first:end]


def fit_gesture(features: np.ndarray) -> np.ndarray:
    """(frames, 3) the best that the syrinx can do by its table: least distance from ``features``, without needless jumps.

    The best 60 notes for each frame, and of all paths through them the cheapest (Viterbi).
    """
    axes = np.linspace(0.0, 1.05, 22), np.linspace(-1.0, 1.0, 121), np.linspace(-1.0, 1.0, 13)
    notes = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    notes[:, 0] = np.minimum(notes[:, 0], 1.0)
    heard = features_of(notes)
    chosen, costs = [], []
    for frame in features:
        cost = fit_distance(heard, frame)
        best = np.argsort(cost, kind="stable")[:_CANDIDATES]
        chosen.append(notes[best])
        costs.append(cost[best])
    total, back = costs[0], []
    for frame in range(1, len(features)):
        jump = ((chosen[frame][:, None, 1:] - chosen[frame - 1][None, :, 1:]) ** 2).sum(axis=-1)
        sounding = min(features[frame, LOUDNESS], features[frame - 1, LOUDNESS]) > AUDIBLE
        through = total[None] + (_STIFFNESS if sounding else 0.1) * jump
        back.append(through.argmin(axis=1))
        total = through.min(axis=1) + costs[frame]
    path = [int(total.argmin())]
    for pointers in reversed(back):
        path.append(int(pointers[path[-1]]))
    gesture = np.stack([notes[index] for notes, index in zip(chosen, reversed(path), strict=True)])
    gesture[features[:, LOUDNESS] < 0.1, 0] = -0.3
    return gesture


def fit_distance(heard: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Squared distance of what is heard (..., 5) from what is wanted (5,), in scales of hearing (chosen)."""
    away = (heard - wanted) / _FIT_SCALE
    audible = min(1.0, max(0.0, (wanted[LOUDNESS] - 0.1) / 0.3))
    weight = np.full(5, audible)
    weight[LOUDNESS], weight[PITCH] = 1.0, audible * max(0.0, wanted[PERIODICITY]) ** 2
    away[..., ENTROPY] = (np.maximum(heard[..., ENTROPY], -9.0) - max(-9.0, wanted[ENTROPY])) / _FIT_SCALE[ENTROPY]
    return (weight * np.minimum(away**2, 25.0)).sum(axis=-1)


def tutor_of(
    tutor: str | Path | None, labels: str | Path | None = None, channel: int | None = None, tier: str | None = None
) -> Tutor:
    """The default tutor, or that of a recording."""
    for what, value in (("tutor", tutor), ("labels", labels)):
        if not isinstance(value, str | Path | None):
            raise InvalidArgument(f"{what} must be the path of a file, not {shown(value)}.")
    if tutor is None:
        given = [what for what, value in (("labels", labels), ("channel", channel), ("tier", tier)) if value is not None]
        if given:
            raise InvalidArgument(f"{given[0]} was given without a recording; give tutor=song.wav as well.")
        return innate_tutor()
    return recorded_tutor(str(tutor), None if labels is None else str(labels), channel, tier)
