"""From gesture to heard features without audio: a table of steady notes, made once from the syrinx, then interpolated.

For training, where a bird sings thousands of renditions. The table knows nothing of transients, so results are judged on
rendered audio as well.
"""

from __future__ import annotations

import sys
import warnings
from functools import cache
from pathlib import Path

import numpy as np
from numba import njit

from core.code_digest import digest_of
from core.errors import NestlingError
from core.files import user_cache, write_whole
from core.packed import pack, unpack
from envs.birdsong import features, syrinx
from envs.birdsong.features import FEATURES, LOUDNESS, PITCH

PRESSURES, TENSIONS, TURBULENCES = 14, 33, 7  # points over [0, 1], [-1, 1] and [-1, 1]
_FRAMES, _HEARD = 9, slice(5, 8)  # frames of each note, and those that are averaged


@cache
def note_table() -> np.ndarray:
    """(14 pressures, 33 tensions, 7 turbulences, 5 features) float32, from the user's cache or made now (a few seconds).

    The file's name holds a digest of the code and constants that decide its content; a damaged file is made anew.
    """
    path = _path()
    try:
        return unpack(path)[0]["notes"]
    except FileNotFoundError:
        pass
    except (NestlingError, OSError, KeyError) as error:
        warnings.warn(f"The table of notes {path} is damaged ({error}) and is made anew.", stacklevel=2)
    print("making the table of notes from the syrinx; this is done once, and takes about 20 s", file=sys.stderr)
    table = _make()
    try:
        write_whole(path, pack({"notes": table}, {"content": "table of notes"}))
    except OSError as error:
        warnings.warn(f"The table of notes cannot be kept ({error}); it is made anew each time.", stacklevel=2)
    return table


def _path() -> Path:
    here = Path(__file__).parent
    digest = digest_of([(name, here / f"{name}.py") for name in ("syrinx", "features", "note_table")])
    return user_cache() / f"notes-{digest}.safetensors"


def _make() -> np.ndarray:
    axes = np.linspace(0.0, 1.0, PRESSURES), np.linspace(-1.0, 1.0, TENSIONS), np.linspace(-1.0, 1.0, TURBULENCES)
    notes = np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1).reshape(-1, 3)
    audio = np.stack([syrinx.render(np.tile(note, (_FRAMES, 1)), seed=index) for index, note in enumerate(notes)])
    found = np.concatenate([features.extract(part)[:, _HEARD].mean(axis=1) for part in np.array_split(audio, 16)])
    table = found.reshape(PRESSURES, TENSIONS, TURBULENCES, len(FEATURES))
    table[..., PITCH] = table[:, :, :1, PITCH]  # turbulence hides the pitch of the labia, and does not change it
    table[0] = table[1]  # silence has the timbre of the faintest note, so that interpolation to it makes sense
    table[0, :, :, LOUDNESS] = 0.0
    return table.astype(np.float32)


@njit(cache=True)
def hear(action, table, out):
    """Features of one steady note, interpolated: fills ``out`` (5,) for an action (3,)."""
    last = (table.shape[0] - 1, table.shape[1] - 1, table.shape[2] - 1)
    p = min(1.0, max(0.0, action[0])) * last[0]
    t = (min(1.0, max(-1.0, action[1])) + 1.0) * 0.5 * last[1]
    n = (min(1.0, max(-1.0, action[2])) + 1.0) * 0.5 * last[2]
    i, j, k = min(int(p), last[0] - 1), min(int(t), last[1] - 1), min(int(n), last[2] - 1)
    p, t, n = p - i, t - j, n - k
    out[:] = 0.0
    for a in range(2):
        wa = p if a else 1.0 - p
        for b in range(2):
            wb = wa * (t if b else 1.0 - t)
            for c in range(2):
                weight = wb * (n if c else 1.0 - n)
                for feature in range(out.shape[0]):
                    out[feature] += weight * table[i + a, j + b, k + c, feature]


@njit(cache=True)
def hear_song(gesture, table, out):
    """:func:`hear` for each frame: fills ``out`` (frames, 5) for gesture (frames, 3)."""
    for frame in range(gesture.shape[0]):
        hear(gesture[frame], table, out[frame])


def features_of(gesture: np.ndarray) -> np.ndarray:
    """(frames, 5) features by the table for gesture (frames, 3)."""
    out = np.empty((len(gesture), len(FEATURES)))
    hear_song(np.ascontiguousarray(gesture, float), note_table(), out)
    return out
