"""A recording as the data of a page: one JSON head, and everything that is long as deflated columns or files of images and sound."""

from __future__ import annotations

import base64
import io
import json
import zlib
from typing import Any

import numpy as np
from PIL import Image

from core.errors import NestlingError
from core.player.recorded_canvas import UNITS, Command, Library
from core.player.recording import Recording, Stretch

_MOST = 65_536  # different looks or texts, as they are numbered in 16 bits
_SHIFT = 32_768
_PICTURE_QUALITY = 45


class TooMuchDrawn(NestlingError, ValueError):
    """More different things were drawn than a player can number."""


def pack(recording: Recording) -> tuple[str, str]:
    """The head as JSON that may stand in a page, and the columns as base64.

    Raises:
        TooMuchDrawn: there are more than 65,536 different texts or looks of things drawn.
    """
    styles: dict[tuple[Any, ...], int] = {}
    columns = _Columns(styles)
    for track in recording.stretches:
        for stretch in track:
            for frames in stretch.frames:
                for commands in frames:
                    columns.add(commands)
    for what, number in (("looks of things drawn", len(styles)), ("texts", len(recording.library.texts))):
        if number > _MOST:
            raise TooMuchDrawn(f"There are {number:,} different {what}, and a player holds {_MOST:,}; record fewer frames.")
    head = {
        "world": recording.world,
        "agent": recording.agent,
        "seed": recording.seed,
        "unit": recording.unit,
        "dt": recording.dt,
        "fps": recording.frames_per_second,
        "ticksPerFrame": recording.ticks_per_frame,
        "units": UNITS,
        "shift": _SHIFT,
        "panels": [panel._asdict() for panel in recording.panels],
        "beside": recording.beside,
        "tracks": list(recording.tracks),
        "ages": [{"tick": age.tick, "label": age.label} for age in recording.ages],
        "styles": [list(style) for style in styles],
        "texts": list(recording.library.texts),
        "pictures": _pictures(recording.library),
        "clips": [[_clip(stretch, recording.sound_rate) for stretch in track] for track in recording.stretches],
        "line": _curves(recording),
        "columns": columns.lengths(),
    }
    return as_script(head), base64.b64encode(zlib.compress(columns.content(), 9)).decode()


def as_script(values: Any) -> str:
    """JSON that may stand in a script of a page, whatever its texts say."""
    return json.dumps(values, separators=(",", ":"), allow_nan=False).replace("<", "\\u003c")


class _Columns:
    """Commands of all frames, column by column: how many, of which look, and where."""

    def __init__(self, styles: dict[tuple[Any, ...], int]) -> None:
        self._styles = styles
        self._counts: list[int] = []
        self._looks: list[int] = []
        self._places: list[int] = []

    def add(self, commands: list[Command]) -> None:
        self._counts.append(len(commands))
        for style, places in commands:
            self._looks.append(self._styles.setdefault(style, len(self._styles)))
            if style[0] in ("text", "picture", "tooltip"):
                self._places.append(places[0] - _SHIFT)
                self._places.extend(places[1:])
            else:
                self._places.extend(places)

    def lengths(self) -> list[int]:
        return [len(self._counts), len(self._looks), len(self._places)]

    def content(self) -> bytes:
        counts, looks = np.array(self._counts, "<u2"), np.array(self._looks, "<u2")
        return counts.tobytes() + looks.tobytes() + np.clip(self._places, -_SHIFT, _SHIFT - 1).astype("<i2").tobytes()


def _clip(stretch: Stretch, rate: int | None) -> dict[str, Any]:
    captions = list(dict.fromkeys(stretch.captions))
    return {
        "frames": len(stretch.captions),
        "captions": captions,
        "caption": [captions.index(caption) for caption in stretch.captions],
        "inCharge": [int(learning) for learning in stretch.in_charge],
        "sound": None if rate is None or not stretch.sound else _sound(np.concatenate(stretch.sound), rate),
    }


def _curves(recording: Recording) -> dict[str, Any] | None:
    curves = recording.curves
    if curves is None:
        return None
    return {
        "ticks": curves.ticks,
        "steps": curves.steps,
        "fitness": _by_track(curves.fitness),
        "share": _by_track(curves.share),
    }


def _by_track(values: np.ndarray) -> list[list[float | None]]:
    return [[None if np.isnan(value) else round(float(value), 4) for value in track] for track in values.T]


def _pictures(library: Library) -> list[dict[str, Any]]:
    """Each picture whole, or as the columns that differ from the one that was shown in its place before."""
    packed: list[dict[str, Any]] = []
    for picture, before in library.pictures:
        first, last = 0, picture.shape[0]
        base = library.pictures[before][0] if before >= 0 else None
        if base is not None and base.shape == picture.shape:
            differs = np.flatnonzero((picture != base).any(axis=(1, 2)))
            first, last = (int(differs[0]), int(differs[-1]) + 1) if differs.size else (0, 1)
        whole = last - first > 0.8 * picture.shape[0]
        if whole:
            first, last = 0, picture.shape[0]
        image = Image.fromarray(picture[first:last].swapaxes(0, 1))
        content = io.BytesIO()
        image.save(content, "WEBP", quality=_PICTURE_QUALITY, method=4)
        packed.append(
            {
                "base": -1 if whole else before,
                "left": first,
                "size": picture.shape[:2],
                "data": base64.b64encode(content.getvalue()).decode(),
            }
        )
    return packed


def _sound(audio: np.ndarray, rate: int) -> str:
    import soundfile

    content = io.BytesIO()
    soundfile.write(content, np.clip(audio, -1.0, 1.0), rate, format="MP3", compression_level=0.75)
    return base64.b64encode(content.getvalue()).decode()
