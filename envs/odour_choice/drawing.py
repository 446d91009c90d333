"""Drawing of one row of OdourChoice on a 640 x 480 surface: the tunnel from above, its plumes, and what reaches the antennae."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.canvas import INK, PAPER, Canvas, write
from envs.odour_choice.odours import AIR, LIKED, SHUNNED, SMELLS
from envs.odour_choice.tunnel import CAPACITY, DROP, ENCOUNTER, FILMS, GRID, NO_FILM, NOTHING, PLUME, SHOCK, SUGAR
from envs.odour_choice.world import OdourChoice

_HUES = (
    (214, 96, 77),
    (230, 159, 0),
    (120, 94, 60),
    (90, 90, 90),
    (86, 180, 233),
    (0, 158, 115),
    (204, 121, 167),
    (0, 114, 178),
    (178, 170, 30),
    (120, 94, 240),
)
_WALL, _GLASS, _BAR = (120, 110, 96), (250, 250, 247), (150, 150, 146)
_SUGAR, _SHOCK, _SKIN, _WING, _EYE = (222, 150, 20), (200, 40, 40), (120, 84, 48), (205, 214, 222), (170, 40, 40)
_FILMS = {"sugar": _SUGAR, "sweetener": (204, 121, 167), "bait": (90, 140, 60)}
_GOOD, _BAD = (0, 158, 115), (200, 40, 40)
_MIDDLE, _ARM, _TOP, _HEIGHT = 320, 262, 92, 116
_STRIPES = 40
_REACH = 0.92  # of an arm, to which the middle of a fly is drawn
_CHART_LEFT, _CHART_TOP, _CHART_WIDTH, _CHART_HEIGHT = 40, 306, 380, 110
_ANNOUNCED = {SUGAR: ("sugar", _SUGAR), SHOCK: ("a shock", _SHOCK), NOTHING: ("nothing", INK)}


def draw(surface: Canvas, world: OdourChoice, row: int) -> None:
    """Draw row ``row``."""
    fly = world.body.records[row]
    surface.rect(_GLASS, (_MIDDLE - _ARM, _TOP, 2 * _ARM, _HEIGHT))
    for side in range(2):
        _plume(surface, fly, side)
        _end(surface, fly, side)
    surface.rect(_WALL, (_MIDDLE - _ARM - 4, _TOP - 4, 2 * _ARM + 8, _HEIGHT + 8), 4, border_radius=4)
    surface.rect(PAPER, (_MIDDLE - 14, _TOP - 4, 28, 4))
    surface.rect(PAPER, (_MIDDLE - 14, _TOP + _HEIGHT, 28, 4))
    write(surface, "air out", (_MIDDLE, _TOP + _HEIGHT + 8), 16, _WALL, anchor="midtop")
    _draw_fly(surface, fly)
    where = "held in a tube" if fly["held"] else "in a T-maze" if fly["in_maze"] else ""
    if where:
        write(surface, where, (_MIDDLE, _TOP + _HEIGHT + 30), 20, anchor="midtop", bold=True)
    _antennae(surface, world.senses.split(world.observation)[row])
    _gauge(surface, "store of food", float(fly["energy"]) / CAPACITY, 306, _SUGAR)
    if not (fly["held"] or fly["in_maze"]):
        _gauge(surface, "time with these odours", 1.0 - float(fly["left"]) / ENCOUNTER, 360, _WALL)


def animal_at(world: OdourChoice, row: int) -> tuple[float, float]:
    """Where the fly is drawn."""
    return _place(world.body.records[row])


def _place(fly: Any) -> tuple[float, float]:
    """The middle of the fly; at the end of an arm its head touches the wall."""
    at = min(_REACH, max(-_REACH, float(fly["at"])))
    return _MIDDLE + _ARM * at, _TOP + _HEIGHT / 2


def _plume(surface: Canvas, fly: Any, side: int) -> None:
    """The odour of an arm: fainter towards the middle, stronger with its concentration."""
    odour, away = int(fly["odours"][side]), 1 if side else -1
    if odour != AIR:
        for stripe in range(_STRIPES):
            depth = (stripe + 0.5) / _STRIPES
            strength = min(1.0, 0.5 * float(fly["strength"][side])) * (0.3 + 0.7 * min(1.0, depth / PLUME))
            colour = tuple(round(g + (h - g) * 0.6 * strength) for g, h in zip(_GLASS, _HUES[odour], strict=True))
            left = _MIDDLE + away * _ARM * (stripe + (0 if side else 1)) / _STRIPES
            surface.rect(colour, (left, _TOP, _ARM / _STRIPES + 1, _HEIGHT))
    x = _MIDDLE + away * (_ARM + 4)
    anchor = "bottomright" if side else "bottomleft"
    write(surface, SMELLS[odour], (x, _TOP - 32), 24, INK, anchor=anchor, bold=True, room=270)
    text, hue = ("nothing", INK) if odour == AIR else _ANNOUNCED[int(fly["role"][odour])]
    if fly["in_maze"]:
        text, hue = "nothing here", INK
    elif fly["held"] and side:
        text, hue = _ANNOUNCED[int(fly["given"])]
    write(surface, f"announces {text}", (x, _TOP - 10), 19, hue, anchor=anchor)


def _end(surface: Canvas, fly: Any, side: int) -> None:
    """What lies at the end of an arm: a drop, or a grid."""
    away, odour = (1 if side else -1), int(fly["odours"][side])
    role = int(fly["given"]) if fly["held"] else NOTHING if odour == AIR or fly["in_maze"] else int(fly["role"][odour])
    if role == SHOCK and (side or not fly["held"]):
        for bar in np.linspace(GRID, 0.99, 7):
            x = _MIDDLE + away * _ARM * bar
            surface.line(
                _SHOCK if fly["pain"] and (fly["at"] >= 0) == bool(side) else _BAR,
                (x, _TOP + 4),
                (x, _TOP + _HEIGHT - 4),
                3,
            )
    if fly["film"] != NO_FILM and role == NOTHING and not (fly["held"] or fly["in_maze"]):
        box = (_MIDDLE + away * _ARM * 0.93 - 18, _TOP + 8, 36, _HEIGHT - 16)
        surface.rect(_FILMS[FILMS[fly["film"]]], box, 3, border_radius=8)
    if fly["drop"][side] > 0.0:
        radius = 7 + 11 * float(fly["drop"][side])
        surface.circle(_SUGAR, (_MIDDLE + away * _ARM * (DROP + 0.05), _TOP + 0.72 * _HEIGHT), radius)


def _draw_fly(surface: Canvas, fly: Any) -> None:
    """From above, its head upwind."""
    (x, y), ahead = _place(fly), 1 if fly["at"] >= 0 else -1
    for sign in (-1, 1):
        surface.ellipse(_WING, (x - 13 - 9 * ahead, y - 5 + 9 * sign, 26, 10))
        for leg in (-6, 2, 9):
            surface.line(_SKIN, (x + leg * ahead, y), (x + (leg + 3) * ahead, y + 16 * sign), 2)
    surface.ellipse(_SKIN, (x - 12 - 7 * ahead, y - 7, 24, 14))
    surface.circle(_SKIN, (x + 7 * ahead, y), 7)
    surface.circle(_SKIN, (x + 15 * ahead, y), 6)
    for sign in (-1, 1):
        surface.circle(_EYE, (x + 16 * ahead, y + 5 * sign), 3)
    if fly["swallowed"] > 0.0:
        surface.line(_SUGAR, (x + 20 * ahead, y), (x + 27 * ahead, y + 8), 3)
    if fly["pain"]:
        write(surface, "shock", (x, y - 40), 20, _SHOCK, anchor="center", bold=True)


def _antennae(surface: Canvas, sense: Any) -> None:
    """Rates of the glomeruli; those of innate worth in green and red."""
    write(
        surface,
        "what it smells: rates of its glomeruli",
        (_CHART_LEFT, _CHART_TOP - 12),
        20,
        anchor="bottomleft",
        bold=True,
    )
    surface.rect(_GLASS, (_CHART_LEFT, _CHART_TOP, _CHART_WIDTH, _CHART_HEIGHT))
    width = _CHART_WIDTH / len(sense["odour"])
    for glomerulus, rate in enumerate(sense["odour"]):
        colour = _GOOD if glomerulus in LIKED else _BAD if glomerulus in SHUNNED else _BAR
        height = _CHART_HEIGHT * float(rate)
        surface.rect(colour, (_CHART_LEFT + width * glomerulus + 2, _CHART_TOP + _CHART_HEIGHT - height, width - 4, height))
    surface.line(
        INK, (_CHART_LEFT, _CHART_TOP + _CHART_HEIGHT), (_CHART_LEFT + _CHART_WIDTH, _CHART_TOP + _CHART_HEIGHT), 2
    )
    write(surface, "good by nature", (_CHART_LEFT, _CHART_TOP + _CHART_HEIGHT + 8), 17, _GOOD, anchor="topleft")
    write(surface, "bad by nature", (_CHART_LEFT + 120, _CHART_TOP + _CHART_HEIGHT + 8), 17, _BAD, anchor="topleft")


def _gauge(surface: Canvas, name: str, share: float, top: int, colour: Any) -> None:
    write(surface, name, (452, top - 12), 20)
    surface.rect((222, 220, 212), (452, top + 10, 160, 12), border_radius=4)
    surface.rect(colour, (452, top + 10, round(160 * min(1.0, max(0.0, share))), 12), border_radius=4)
