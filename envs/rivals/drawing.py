"""Drawing of one row of Rivals on a 640 x 480 surface: two males, their wounds, and what is at stake."""

from __future__ import annotations

import math
from typing import Any

from core.canvas import INK, Canvas, write
from envs.rivals.world import NO_MIRROR, Rivals

_GROUND, _SKY, _RESOURCE, _WOUND = (214, 205, 180), (226, 234, 238), (0, 158, 115), (200, 40, 40)
_GLASS, _WOODEN = (205, 222, 232), (120, 84, 48)
_OWN, _STRANGE = (122, 92, 68), (110, 110, 118)
_FACES = ((86, 112, 150), (150, 110, 60), (100, 130, 90), (140, 90, 120))


def draw(surface: Canvas, world: Rivals, row: int) -> None:
    """Draw row ``row``."""
    animal = world.body.records[row]
    surface.rect(_SKY, (0, 0, 640, 300))
    surface.rect(_GROUND, (0, 300, 640, 180))
    surface.circle(_RESOURCE, (320, 318), 16)
    write(surface, "at stake", (320, 340), 18, anchor="midtop")
    _male(surface, (190, 290), 1.0, 1, _OWN, int(animal["wounds"]))
    write(surface, "the animal", (190, 360), 22, anchor="midtop", bold=True)
    write(surface, f"strength {animal['strength']:+.1f} (hidden)", (190, 386), 18, anchor="midtop")
    if animal["present"]:
        who = int(animal["opponent"])
        known = who < len(_FACES)
        colour = _FACES[who] if known else _STRANGE
        _male(surface, (450, 290), math.exp(0.18 * float(animal["opponent_size"])), -1, colour, int(animal["wounds_dealt"]))
        write(surface, f"neighbour {who + 1}" if known else "a stranger", (450, 360), 22, anchor="midtop", bold=True)
        write(surface, f"strength {animal['opponent_strength']:+.1f} (hidden)", (450, 386), 18, anchor="midtop")
        write(surface, f"{animal['engaged']:.0f} s", (320, 60), 26, anchor="midtop")
    else:
        write(surface, "alone", (320, 60), 26, anchor="midtop")
        if animal["mirror"] != NO_MIRROR:
            surface.rect(_GLASS, (384, 196, 150, 120), border_radius=6)
            _male(surface, (456, 290), 0.8, -1, _OWN, 0)
            surface.rect(_WOODEN, (384, 196, 150, 120), 5, border_radius=6)
            write(surface, "a mirror", (456, 360), 22, anchor="midtop", bold=True)
    ended = "won" if animal["won"] else "lost" if animal["lost"] else ""
    write(surface, ended, (320, 100), 34, _RESOURCE if animal["won"] else _WOUND, anchor="midtop", bold=True)
    day = float(world.elapsed[row] / world.max_episode_steps)
    write(surface, "day", (40, 446), 18)
    surface.rect((190, 182, 160), (90, 448, 510, 10), border_radius=4)
    surface.rect(INK, (90, 448, max(2, round(510 * day)), 10), border_radius=4)


def _male(surface: Canvas, place: tuple[int, int], size: float, facing: int, colour: Any, wounds: int) -> None:
    x, y = place

    def at(forward: float, up: float) -> tuple[float, float]:
        return x + facing * size * forward, y - size * up

    surface.lines(colour, False, [at(-48, 8), at(-78, 20), at(-96, 8)], 5)
    surface.polygon(colour, [at(-54, 0), at(-46, 36), at(-8, 48), at(34, 36), at(50, 8), at(40, -6), at(-44, -8)])
    surface.circle(colour, at(52, 34), 25 * size)
    surface.circle(colour, at(42, 58), 11 * size)
    surface.circle((255, 255, 255), at(60, 40), 6 * size)
    surface.circle(INK, at(62, 40), 3 * size)
    for k in range(2):
        surface.line(colour, at(-30 + 56 * k, 0), at(-34 + 62 * k, -18), 8 * size)
    for wound in range(wounds):
        surface.line(_WOUND, at(-34 + 22 * wound, 30), at(-22 + 22 * wound, 10), 5)
