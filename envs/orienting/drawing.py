"""Drawing of one row of Orienting on a 640 x 480 surface: the owl's field, its gaze, and what is seen and heard where."""

from __future__ import annotations

import math
from typing import Any

from core.canvas import INK, Canvas, write
from envs.orienting.world import FOVEA, NOTHING, REACH, SITES, SITTING_PREY, STAY, Orienting

_NIGHT, _DUSK, _GRID = (24, 28, 48), (206, 216, 226), (150, 160, 172)
_PREY, _SIGHT, _SOUND, _OWL = (0, 158, 115), (230, 159, 0), (120, 94, 240), (122, 92, 68)
_GLITTER = (214, 96, 77)
_LEFT, _TOP, _SCALE = 40, 20, 4.0


def _pixel(direction: Any) -> tuple[float, float]:
    """Degrees (azimuth, elevation) to units of the canvas; elevation is cut at 40."""
    return _LEFT + _SCALE * (float(direction[0]) + REACH), _TOP + _SCALE * (
        40.0 - max(-40.0, min(40.0, float(direction[1])))
    )


def draw(surface: Canvas, world: Orienting, row: int) -> None:
    """Draw row ``row``."""
    animal = world.body.records[row]
    sense = world.senses.split(world.observation)[row]
    dark = bool(animal["dark"])
    ink = (235, 235, 240) if dark else INK
    surface.rect(_NIGHT if dark else _DUSK, (_LEFT, _TOP, 2 * REACH * _SCALE, 80 * _SCALE), border_radius=6)
    order = {int(site): number + 1 for number, site in enumerate(animal["round_sites"])}
    for site, place in enumerate(SITES):
        surface.circle(_GRID, _pixel(place), FOVEA * _SCALE, 1)
        if site in order:
            write(surface, str(order[site]), _pixel(place), 22, _GRID, anchor="center", bold=True)
    if animal["ahead"] != NOTHING:
        prey = animal["ahead"] == SITTING_PREY
        surface.circle(_PREY if prey else _GLITTER, _pixel((0.0, 0.0)), 8)
        write(surface, "sitting prey" if prey else "glitter", (_pixel((0.0, 0.0))[0], _TOP + 190), 16, ink, anchor="midtop")
    if animal["present"]:
        surface.circle(_PREY, _pixel(animal["target"]), 10)
    if sense["seen"] > 0.5:
        surface.circle(_SIGHT, _pixel(animal["gaze"] + sense["sight"]), 15, 3)
    if sense["heard"] > 0.5:
        for radius in (12, 20):
            surface.circle(_SOUND, _pixel(animal["gaze"] + sense["sound"]), radius, 2)
    x, y = _pixel(animal["gaze"])
    surface.circle(ink, (x, y), FOVEA * _SCALE, 2)
    for dx, dy in ((1, 0), (0, 1)):
        surface.line(ink, (x - 9 * dx, y - 9 * dy), (x + 9 * dx, y + 9 * dy), 2)
    _owl(surface, animal["gaze"])
    for place, colour, label in ((250, _PREY, "prey"), (330, _SIGHT, "where it is seen"), (490, _SOUND, "heard")):
        surface.circle(colour, (place, 384), 7, 0 if label == "prey" else 3)
        write(surface, label, (place + 13, 384), 18, anchor="midleft")
    prism = float(animal["prism"][0])
    shift = float(animal["mirage"][0])
    mirage = f", mirage {shift:+.0f} degrees" if shift else ""
    told = f"prism {prism:+.0f} degrees{' on half the field' if animal['half_field'] else ''}" if prism else "no prism"
    write(surface, f"{told}, muscles at {float(animal['gain']):.0%}{mirage}", (243, 412), 18)
    share = float(animal["target_age"]) / STAY if animal["present"] else 0.0
    write(surface, "stay", (243, 442), 18)
    surface.rect((222, 220, 212), (290, 444, 300, 10), border_radius=4)
    surface.rect(_PREY, (290, 444, max(2, round(300 * share)), 10), border_radius=4)


def _owl(surface: Canvas, gaze: Any) -> None:
    lean = 22.0 * float(gaze[0]) / REACH
    surface.ellipse(_OWL, (88, 400, 104, 76))
    surface.circle(_OWL, (140 + 0.4 * lean, 402), 38)
    for side in (-1, 1):
        eye = (140 + 0.6 * lean + 15 * side, 398 - 0.12 * float(gaze[1]))
        surface.polygon(_OWL, [(140 + 30 * side, 380), (140 + 36 * side, 358), (140 + 12 * side, 370)])
        surface.circle((250, 240, 200), eye, 13)
        surface.circle(INK, (eye[0] + 5 * math.sin(lean / 22.0), eye[1] - 0.1 * float(gaze[1])), 6)
    surface.polygon((230, 170, 60), [(136 + 0.7 * lean, 408), (144 + 0.7 * lean, 408), (140 + 0.7 * lean, 420)])
