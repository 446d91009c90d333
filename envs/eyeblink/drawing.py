"""Drawing of one row of Eyeblink on a 640 x 480 surface: the eye, what stirs, and the lid against time since it began."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from core.canvas import INK, Canvas, write
from envs.eyeblink.events import BARE, COURSE, CUES, INSECTS, KEPT, LASHES, NEUTRAL, PUFF
from envs.eyeblink.world import Eyeblink

_SKIN, _WHITE, _IRIS, _LID = (214, 178, 150), (250, 250, 248), (90, 120, 90), (190, 146, 116)
_SAND, _FOOD, _GRID, _QUIET = (176, 120, 40), (0, 158, 115), (205, 205, 200), (222, 222, 216)
_HUES = ((204, 121, 167), (230, 159, 0), (86, 180, 233), (120, 94, 240))
_EYE = (170, 142, 118, 82)  # centre and half axes
_LEFT, _TOP, _WIDTH, _HEIGHT, _SHOWN = 70, 300, 520, 130, 1.0  # the chart, and the seconds that it shows


def draw(surface: Canvas, world: Eyeblink, row: int) -> None:
    """Draw row ``row``."""
    animal = world.body.records[row]
    _eye(surface, float(animal["lid"]), bool(animal["puff_left"] > 0))
    _lashes(surface, float(animal["lid"]), LASHES[animal["lashes"]])
    _cues(surface, animal)
    _chart(surface, animal, world.dt)


def _eye(surface: Canvas, lid: float, puff: bool) -> None:
    x, y, wide, high = _EYE
    surface.ellipse(_SKIN, (x - wide - 26, y - high - 30, 2 * wide + 52, 2 * high + 60))
    surface.ellipse(_WHITE, (x - wide, y - high, 2 * wide, 2 * high))
    surface.circle(_IRIS, (x, y), 46)
    surface.circle(INK, (x, y), 22)
    surface.circle(_WHITE, (x + 14, y - 16), 8)
    edge = y - high + 2 * high * lid
    angles = np.linspace(-math.pi, 0.0, 41)
    upper = [(x + (wide + 3) * math.cos(a), y + (high + 3) * math.sin(a)) for a in angles]
    lower = [(px, y + (edge - y) * math.sqrt(max(0.0, 1.0 - ((px - x) / (wide + 3)) ** 2))) for px, _ in reversed(upper)]
    surface.polygon(_LID, upper + lower)
    surface.lines(INK, False, lower, 3)
    if puff:
        for index in range(26):
            along, across = (index * 0.618) % 1.0, (index * 0.755) % 1.0
            surface.circle(_SAND, (x + wide + 30 - 120 * along, y - 70 + 140 * across), 3)
        write(surface, "a puff of sand", (356, 262), 22, _SAND, anchor="midleft", bold=True)


def _lashes(surface: Canvas, lid: float, thing: str) -> None:
    """What hangs in them, at the edge of the lid."""
    if thing == LASHES[BARE]:
        return
    x, y, wide, high = _EYE
    edge = y - high + 2 * high * lid
    for along in np.linspace(-0.7, 0.7, 7):
        place = x + wide * along, y + (edge - y) * math.sqrt(1.0 - along**2) + 6
        if thing == LASHES[INSECTS]:
            surface.ellipse(INK, (place[0] - 6, place[1] - 3, 12, 6))
        else:
            surface.circle(_SAND, place, 4)
    write(surface, f"{thing} in the lashes", (x, y - high - 36), 20, anchor="midbottom", bold=True)


def _cues(surface: Canvas, animal: Any) -> None:
    """What may stir, and what it announces in this animal's life."""
    write(surface, "what stirs, and what it announces", (340, 52), 20, room=290)
    for cue, name in enumerate(CUES):
        y = 92 + 44 * cue
        on = animal["cue"] >= 0 and cue in (animal["cue"], animal["with_cue"])
        on |= bool(animal["lured"]) and animal["role"][cue] == KEPT
        surface.circle(_HUES[cue] if on else _QUIET, (356, y), 13)
        surface.circle(_HUES[cue], (356, y), 13, 2)
        write(surface, name, (380, y), 22, anchor="midleft", bold=bool(on))
        write(surface, _announces(animal, cue), (450, y), 20, anchor="midleft", room=180)


def _announces(animal: Any, cue: int) -> str:
    if animal["only"] >= 0:
        if cue not in (animal["only"], animal["compound"]):
            return "left out"
        second = f" or {1000 * animal['second_interval']:.0f}" if animal["second_interval"] > 0.0 else ""
        return "nothing now" if animal["puffs_off"] else f"a puff after {1000 * animal['trained_interval']:.0f}{second} ms"
    role = int(animal["role"][cue])
    if role == KEPT:
        return "never comes" if animal["lashes"] == BARE else "the lid stirs it"
    if role == NEUTRAL:
        return "nothing"
    return "nothing now" if animal["puffs_off"] else f"a puff after {1000 * animal['interval'][cue]:.0f} ms"


def _chart(surface: Canvas, animal: Any, dt: float) -> None:
    """The lid since the event began, with its cue and its puff."""

    def place(seconds: float, level: float) -> tuple[float, float]:
        return _LEFT + _WIDTH * seconds / _SHOWN, _TOP + _HEIGHT * (1.0 - level)

    surface.rect(_WHITE, (_LEFT, _TOP, _WIDTH, _HEIGHT))
    for level, text in ((0.0, "open"), (1.0, "closed")):
        surface.line(_GRID, place(0.0, level), place(_SHOWN, level))
        write(surface, text, (_LEFT - 8, place(0.0, level)[1]), 18, anchor="midright")
    for tenths in range(0, 11, 2):
        write(surface, f"{100 * tenths}", (place(0.1 * tenths, 0.0)[0], _TOP + _HEIGHT + 6), 18, anchor="midtop")
    write(surface, "ms since it began", (_LEFT + _WIDTH, _TOP + _HEIGHT + 26), 18, anchor="topright")
    write(surface, "the lid", (_LEFT, _TOP - 10), 20, anchor="bottomleft", bold=True)
    puff_at, since = int(animal["puff_at"]), int(animal["since"])
    if puff_at >= 0:
        left = place(puff_at * dt, 1.0)[0]
        surface.rect((240, 222, 190), (left, _TOP, _WIDTH * PUFF / _SHOWN, _HEIGHT))
        write(surface, "puff", (left, _TOP - 10), 18, _SAND, anchor="bottomleft")
    if animal["cue"] >= 0:
        lasts = float(animal["cue_lasts"]) or since * dt
        end = min(_SHOWN, since * dt, lasts)
        surface.line(_HUES[int(animal["cue"])], place(0.0, 1.06), place(end, 1.06), 5)
    shown = min(since + 1, COURSE, round(_SHOWN / dt) + 1)
    course = [place(step * dt, float(animal["course"][step])) for step in range(shown)]
    if len(course) > 1:
        surface.lines(INK, False, course, 3)
    surface.circle(INK, course[-1], 5)
