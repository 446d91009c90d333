"""Songs that the project's own syrinx sings: the default tutor, a stranger, a foster parent of another species, and any
number of others of the own species.

A gesture is what the muscles of one note do: its duration, and pressure, tension and turbulence at its beginning and end,
joined by straight lines (a few numbers suffice for most syllables; Perl et al. 2011).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

FRAME_TIME = 0.01  # s
SILENT = -0.3  # pressure between notes: breathing in


@dataclass(frozen=True)
class Note:
    """One gesture; durations in ms, gesture (from, to) in [-1, 1]. A ``gap`` of silence follows."""

    duration: float
    pressure: tuple[float, float]
    tension: tuple[float, float]
    turbulence: tuple[float, float] = (-1.0, -1.0)
    gap: float = 30.0


TUTOR = (
    Note(70, (0.75, 0.85), (-0.55, -0.62), gap=30),  # a stack near 550 Hz
    Note(90, (0.85, 0.7), (0.75, 0.1), (-0.9, -0.5), gap=20),  # a sweep down from 3.4 kHz
    Note(60, (0.7, 0.6), (-0.2, -0.3), (0.5, 0.6), gap=40),  # a noisy note
    Note(140, (0.7, 0.95), (-0.35, -0.25), gap=30),  # a long stack near 850 Hz
    Note(50, (0.8, 0.8), (0.55, 0.6), gap=20),  # a high note
    Note(80, (0.9, 0.65), (-0.6, -0.75), (-0.4, 0.0), gap=0),  # a rough low stack
)
STRANGER = (
    Note(110, (0.65, 0.8), (0.3, -0.3), (-0.8, -0.9), gap=30),
    Note(60, (0.8, 0.8), (0.7, 0.8), gap=40),
    Note(130, (0.9, 0.75), (-0.7, -0.6), gap=20),
    Note(70, (0.65, 0.7), (0.0, 0.1), (0.4, 0.5), gap=30),
    Note(60, (0.75, 0.85), (-0.1, 0.45), gap=20),
    Note(80, (0.8, 0.7), (-0.45, -0.5), gap=0),
)
FOSTER = tuple(  # long harsh buzzes with hardly a gap, as no song of the species has
    Note(150, (0.85, 0.8), (tension, tension), (0.7, 0.8), gap=10) for tension in (0.9, 0.6, 0.9, 0.6)
)


def frames_of(milliseconds: float) -> int:
    """Whole frames of 10 ms, at least one for any sound."""
    return max(1, round(milliseconds / 1000.0 / FRAME_TIME)) if milliseconds > 0 else 0


def gesture_of(song: tuple[Note, ...]) -> np.ndarray:
    """(frames, 3) pressure, tension and turbulence of a song; tension moves on smoothly through the gaps."""
    parts = []
    for note, following in zip(song, (*song[1:], song[-1]), strict=True):
        frames, gap = frames_of(note.duration), frames_of(note.gap)
        ends = np.array([note.pressure, note.tension, note.turbulence])
        parts.append(np.linspace(ends[:, 0], ends[:, 1], frames))
        silence = np.linspace(ends[:, 1], [SILENT, following.tension[0], following.turbulence[0]], gap + 2)[1:-1]
        silence[:, 0] = SILENT
        parts.append(silence)
    return np.concatenate(parts)


def song_of_the_species(rng: np.random.Generator) -> tuple[Note, ...]:
    """A song drawn from the species' repertoire of notes: 4 to 7 syllables of 40 to 160 ms, gaps of 20 to 50 ms (chosen)."""
    notes = []
    for _ in range(rng.integers(4, 8)):
        kind = rng.choice(["stack", "sweep", "noise", "high"], p=[0.4, 0.25, 0.2, 0.15])
        duration, gap = rng.uniform(40.0, 160.0 if kind == "stack" else 100.0), rng.uniform(20.0, 50.0)
        loud = tuple(rng.uniform(0.6, 0.95, 2))
        if kind == "stack":
            start = rng.uniform(-0.8, 0.0)
            notes.append(Note(duration, loud, (start, start + rng.uniform(-0.1, 0.1)), gap=gap))
        elif kind == "sweep":
            notes.append(Note(duration, loud, (rng.uniform(-0.5, 0.9), rng.uniform(-0.5, 0.9)), (-0.9, -0.8), gap))
        elif kind == "noise":
            notes.append(Note(duration, loud, tuple(rng.uniform(-0.5, 0.5, 2)), tuple(rng.uniform(0.2, 0.8, 2)), gap))
        else:
            notes.append(Note(duration, loud, tuple(rng.uniform(0.4, 0.9, 2)), gap=gap))
    return tuple(notes)
