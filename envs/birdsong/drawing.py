"""Drawing of one row of Birdsong on a 640 x 480 surface: spectrograms of tutor and bird, and what the muscles do."""

from __future__ import annotations

from functools import lru_cache
from weakref import WeakKeyDictionary

import numpy as np

from core.canvas import INK, Canvas, write
from envs.birdsong.syrinx import FRAME, RATE
from envs.birdsong.world import Birdsong

_LEFT, _WIDTH, _HEIGHT = 62, 560, 140
_TOPS = (34, 206, 378)
_HIGHEST = 10_000.0  # Hz shown
_RANGE = 55.0  # dB shown
_WINDOW, _HOP = 256, 96  # samples of the spectrogram
_UNSETTLED = 4  # frames before the present one whose sound may still change
_DRAWN: WeakKeyDictionary[Birdsong, dict[int, tuple[bytes, np.ndarray]]] = WeakKeyDictionary()
_LINE, _FAINT = (205, 200, 188), (112, 116, 122)
_GESTURE = (("pressure", (136, 60, 140)), ("tension", (120, 100, 40)), ("turbulence", (0, 158, 115)))


def spectrogram(audio: np.ndarray, columns: int = _WIDTH, first: int = 0) -> np.ndarray:
    """(columns - first, height, 3) uint8 picture of audio at 44.1 kHz, time to the right, 0 to 10 kHz upwards, dark is loud.

    It has the columns from ``first`` to ``columns`` out of 560; they are the same whatever is heard after them.
    """
    from scipy import signal

    across = np.linspace(0, -(-len(audio) // _HOP), _WIDTH).round().astype(int)[:columns]
    skipped = max(0, int(across[first]) - 6)  # whole hops, so that windows lie where they would
    needed = audio[skipped * _HOP : (across[-1] + 1) * _HOP + _WINDOW]
    frequency, _, power = signal.stft(needed, RATE, nperseg=_WINDOW, noverlap=_WINDOW - _HOP, nfft=512)
    level = 20.0 * np.log10(np.abs(power[frequency <= _HIGHEST]) + 1e-9)
    shade = np.clip((level + _RANGE + 25.0) / _RANGE, 0.0, 1.0)
    upward = np.linspace(shade.shape[0] - 1, 0, _HEIGHT).round().astype(int)
    picture = shade[upward][:, across[first:] - skipped].T[..., None]
    return (np.array([250, 250, 247]) * (1 - picture) + np.array([22, 28, 60]) * picture).astype(np.uint8)


@lru_cache(maxsize=8)
def _of_audio(audio: bytes) -> np.ndarray:
    return spectrogram(np.frombuffer(audio))


def _sung_so_far(world: Birdsong, row: int, now: int, edge: int) -> np.ndarray:
    """(edge, height, 3) columns of what is sung of the present rendition; those that were drawn before are kept."""
    sung = world.body.sung[row, :now].tobytes()
    played = np.zeros(world.frames * FRAME)
    played[: now * FRAME] = world.audio(row)[: now * FRAME]
    kept = _DRAWN.setdefault(world, {})
    before, columns = kept.get(row, (b"", np.zeros((0, _HEIGHT, 3), np.uint8)))
    settled = 0
    if before and len(before) <= len(sung) and sung.startswith(before):
        heard = len(before) * now // len(sung) - _UNSETTLED  # frames; the last ones sound otherwise once the next are known
        settled = max(0, min(len(columns), _WIDTH * heard // world.frames))
    if settled < edge:
        columns = np.concatenate([columns[:settled], spectrogram(played, edge, settled)])
    kept[row] = (sung, columns)
    return columns[:edge]


def _sung_before(world: Birdsong, row: int, past: np.ndarray) -> np.ndarray:
    """(560, height, 3) columns of the last rendition; the part that was drawn while it was sung is not drawn again."""
    kept = _DRAWN.setdefault(world, {})
    gesture = past.astype(world.body.past.dtype).tobytes()
    if kept.get(-1 - row, (None, None))[0] != gesture:
        sung, columns = kept.get(row, (b"", np.zeros((0, _HEIGHT, 3), np.uint8)))
        settled = 0
        if sung and gesture.startswith(sung):
            settled = max(
                0, min(len(columns), _WIDTH * (len(sung) * world.frames // len(gesture) - _UNSETTLED) // world.frames)
            )
        kept[-1 - row] = (
            gesture,
            np.concatenate([columns[:settled], spectrogram(world.episode_sound(row), first=settled)]),
        )
    return kept[-1 - row][1]


def draw(surface: Canvas, world: Birdsong, row: int) -> None:
    """Draw row ``row``."""
    bird, frames = world.body.records[row], world.frames
    tutor = world.tutors[int(bird["tutor"])]
    now = min(frames, int(bird["moment"]))
    padded = np.pad(tutor.audio, (0, frames * FRAME - len(tutor.audio)))
    title = "song that fitness asks for" if world.decoy else f"tutor's song ({tutor.name})"
    _panel(surface, 0, title, _of_audio(padded.tobytes()))
    past = world.rendition(row)
    sung = past.copy()
    sung[:now] = bird["sung"][:now]
    picture = _sung_before(world, row, past).copy()
    edge = round(_WIDTH * now / frames)
    if now:
        picture[:edge] = _sung_so_far(world, row, now, edge)
    picture[edge:] = 128 + picture[edge:] // 2
    _panel(surface, 1, f"this bird, rendition {int(bird['renditions']) + 1}", picture)
    states = (("deaf", bird["deaf"]), ("hears its tutor", bird["tutoring"]), ("noise", bird["noise_left"]))
    notes = [word for word, on in states if on]
    write(surface, "   ".join(notes), (_LEFT + _WIDTH, _TOPS[1] - 22), 18, (190, 40, 40), anchor="topright")
    _gesture(surface, sung, now)
    at = _LEFT + _WIDTH * now / frames
    for top in _TOPS[:2]:
        surface.line(INK, (at, top), (at, top + _HEIGHT), 2)
    write(surface, f"{now * 10} ms", (at, _TOPS[2] + 84), 16, _FAINT, anchor="midtop")


def _panel(surface: Canvas, index: int, title: str, picture: np.ndarray) -> None:
    top = _TOPS[index]
    write(surface, title, (_LEFT, top - 24), 20, INK, bold=True)
    surface.picture(picture, (_LEFT, top, _WIDTH, _HEIGHT))
    surface.rect(_LINE, (_LEFT, top, _WIDTH, _HEIGHT), 1)
    for kilohertz in (0, 5, 10):
        place = top + _HEIGHT - _HEIGHT * 1000.0 * kilohertz / _HIGHEST
        write(surface, f"{kilohertz} kHz", (_LEFT - 6, place), 16, _FAINT, anchor="midright")


def _gesture(surface: Canvas, sung: np.ndarray, now: int) -> None:
    """The three gesture through the song, as far as it is sung now in strong lines."""
    top, height = _TOPS[2], 82
    surface.line(_LINE, (_LEFT, top + height / 2), (_LEFT + _WIDTH, top + height / 2))
    for index, (name, colour) in enumerate(_GESTURE):
        points = [
            (_LEFT + _WIDTH * (frame + 0.5) / len(sung), top + height * (0.5 - 0.5 * float(value)))
            for frame, value in enumerate(sung[:, index])
        ]
        pale = tuple(175 + part // 4 for part in colour)
        surface.lines(pale, False, points, 1)
        if now > 1:
            surface.lines(colour, False, points[:now], 3)
        write(surface, name, (_LEFT + 4 + 96 * index, top - 24), 18, colour, bold=True)
