"""Raise birds on a song, in several ways, and measure them on rendered audio: for any tutor, recorded or not."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import scipy

from benchmark.laboratory.aviary import Aviary, heard, resemblance
from benchmark.laboratory.lives import told_all
from benchmark.results.plotting import own_style
from envs.birdsong.features import LOUDNESS, PERIODICITY, PITCH
from envs.birdsong.note_table import features_of
from envs.birdsong.similarity import similarity
from envs.birdsong.syrinx import RATE, render
from envs.birdsong.tutor import Tutor, fit_distance

GROUPS = ("tutored", "deaf", "isolate", "no variability", "random judgement")
_NEAR = 0.08  # octaves within which a pitch counts as hit
_CLEAR = 0.8  # periodicity from which a frame has a pitch
Row = dict[str, np.ndarray]


def measure(songs: np.ndarray, tutor: Tutor, other: Tutor | None) -> Row:
    """Each gesture (songs, frames, 3) against the tutor's song; arrays (songs,) by name.

    ``fitness`` is the world's verdict on rendered audio, ``own minus other`` the resemblance to the tutor less that to another
    bird, ``match`` how near the table's features come, ``spectrogram`` the correlation of log spectrograms of rendered audio
    and tutor, ``pitch`` the share of clear frames within 0.08 octaves by the table, and ``pitch heard`` in rendered audio.
    """
    found: dict[str, list[float]] = {}
    features = heard(songs)
    picture = _picture(tutor.audio)
    for song, sound in zip(songs[:, : len(tutor)], features, strict=True):
        sound = sound[: len(tutor)]
        table = features_of(song)
        audio = render(song)[: len(tutor.audio)]
        row = {
            "match": np.mean([np.exp(-fit_distance(h, w) / 6.0) for h, w in zip(table, tutor.features, strict=True)]),
            "spectrogram": np.corrcoef(_picture(audio).ravel(), picture.ravel())[0, 1],
            "pitch": _pitch_hits(table, tutor),
            "pitch heard": _pitch_hits(sound, tutor),
        }
        if other is not None:
            row["own minus other"] = similarity(sound, tutor.measures, tutor.quantiles) - similarity(
                sound, other.measures, other.quantiles
            )
        for name, value in row.items():
            found.setdefault(name, []).append(float(value))
    return {"fitness": resemblance(features, tutor)} | {name: np.array(values) for name, values in found.items()}


def _picture(audio: np.ndarray) -> np.ndarray:
    """Log spectrogram from 0.4 to 10 kHz, down to 50 dB below the loudest."""
    frequency, _, power = scipy.signal.stft(audio, RATE, nperseg=512, noverlap=384)
    level = 20.0 * np.log10(np.abs(power[(frequency > 400) & (frequency < 10_000)]) + 1e-9)
    return np.maximum(level, level.max() - 50.0)


def _pitch_hits(features: np.ndarray, tutor: Tutor) -> float:
    clear = (tutor.features[:, PERIODICITY] > _CLEAR) & (tutor.features[:, LOUDNESS] > 0.3)
    return (
        float(np.mean(np.abs(features[clear, PITCH] - tutor.features[clear, PITCH]) < _NEAR))
        if clear.any()
        else float("nan")
    )


def teach(
    birds: int, seed: int, marks: tuple[int, ...], other: Tutor | None, progress: Callable[[int, int], None], **options: Any
) -> dict[str, Any]:
    """Raise ``birds`` of each group on a tutor's song; returns numbers by age and group, and the gestures of the grown.

    Args:
        birds: in each group.
        seed: of the first bird; each group has the same seeds.
        marks: ages in renditions at which to measure, rising.
        other: another bird's song, to compare with.
        progress: told the renditions done and in all.
        options: of the world (``tutor``, ``labels``).
    """
    aviary = Aviary(GROUPS, birds, seed, **options)
    tutor: Tutor = aviary.world.tutors[0]
    aviary.treat("deafen", "deaf")
    aviary.treat("isolate", "isolate")
    aviary.lesion("variability", "no variability")
    aviary.lesion("judgement", "random judgement")
    rows: dict[str, Any] = {"newborn": told_all(measure(aviary.intended("tutored"), tutor, other))}
    rows["oracle"] = told_all(measure(np.asarray(tutor.gesture)[None], tutor, other))
    done, newborn = 0, aviary.intended("tutored")[0]
    for mark in marks:
        while done < mark:
            part = min(20, mark - done)
            aviary.sing(part)
            done += part
            progress(done, marks[-1])
        for group in GROUPS if mark == marks[-1] else GROUPS[:1]:
            rows[f"{group}, {mark} renditions"] = told_all(measure(aviary.songs(group), tutor, other))
        rows[f"tutored, {mark} renditions, without variability"] = told_all(
            measure(aviary.intended("tutored"), tutor, other)
        )
    gestures = {"newborn": newborn, "tutor's best": np.asarray(tutor.gesture)}
    gestures |= {group: aviary.songs(group)[0] for group in GROUPS}
    return {"rows": rows, "gestures": gestures, "tutor": tutor}


def draw(found: dict[str, Any], path: Any) -> None:
    """Spectrograms of tutor, grown pupil, the best of the syrinx, newborn and controls, one above the other."""
    with own_style():
        _draw(found, path)


def _draw(found: dict[str, Any], path: Any) -> None:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    tutor: Tutor = found["tutor"]
    shown = {"tutor": tutor.audio} | {
        name: render(found["gestures"][name][: len(tutor)])
        for name in ("tutored", "tutor's best", "newborn", "isolate", "deaf")
    }
    titles = {"tutored": "grown pupil", "tutor's best": "best that this syrinx can do", "tutor": f"tutor ({tutor.name})"}
    figure, axes = plt.subplots(len(shown), 1, figsize=(8, 9.6), sharex=True, layout="constrained")
    for axis, (name, audio) in zip(axes, shown.items(), strict=True):
        frequency, time, power = scipy.signal.stft(audio, RATE, nperseg=512, noverlap=448)
        level = 20 * np.log10(np.abs(power) + 1e-9)
        axis.pcolormesh(time, frequency / 1000, level - level.max(), vmin=-50, vmax=0, cmap="Greys", rasterized=True)
        axis.set_ylim(0, 10)
        axis.set_title(titles.get(name, name), loc="left", fontsize=11)
        axis.set_ylabel("kHz")
    axes[-1].set_xlabel("s")
    figure.savefig(path, dpi=110)
    plt.close(figure)


__all__ = ["GROUPS", "draw", "measure", "teach"]
