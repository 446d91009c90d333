"""Drawing of one row of LoomingEscape on a 640 x 480 surface: the arena from above, and the sky that the animal sees."""

from __future__ import annotations

import math
from typing import Any

from core.canvas import INK, Canvas, floor_plan, write
from core.pygame_check import import_pygame
from envs.looming_escape.physics import (
    ARENA,
    BOARD_RADIUS,
    KINDS,
    NO_BOARD,
    NO_PATCH,
    NONE,
    PATCH_RADIUS,
    PATCHES,
    SHELTER_RADIUS,
    STRIKE,
)
from envs.looming_escape.world import LoomingEscape

_FLOOR, _WALL = (232, 226, 211), (120, 110, 96)
_SHELTER, _GHOST = (58, 54, 66), (190, 180, 165)
_FOOD, _SITE, _SITE_WORDS = (0, 158, 115), (205, 222, 205), (120, 150, 120)
_PATCH, _BOARD = (204, 121, 167), (150, 110, 60)
_FUR, _BELLY = (122, 92, 68), (222, 200, 178)
_SKY, _CAPTURED = (170, 205, 232), (200, 40, 40)
_LEFT, _TOP, _SIDE = 20, 20, 440
_SKY_CENTRE, _SKY_RADIUS = (552, 150), 74


def draw(surface: Canvas, world: LoomingEscape, row: int) -> None:
    """Draw row ``row``."""
    pygame = import_pygame()
    animal = world.body.records[row]
    scale = _SIDE / ARENA
    pixel = floor_plan(_LEFT, _TOP, _SIDE, ARENA)
    arena = pygame.Rect(_LEFT, _TOP, _SIDE, _SIDE)
    surface.rect(_FLOOR, arena)
    surface.set_clip(arena)
    for site in animal["site"]:
        surface.circle(_SITE, pixel(site), round(0.12 * scale))
        write(surface, "food grows here", pixel(site), 13, _SITE_WORDS, anchor="center")
    radius = round(SHELTER_RADIUS * scale)
    if animal["shelter_present"]:
        surface.circle(_SHELTER if animal["shelter_dark"] else _GHOST, pixel(animal["shelter"]), radius)
    else:
        surface.circle(_GHOST, pixel(animal["shelter"]), radius, 2)
    if animal["patch"] != NO_PATCH:
        surface.circle(_PATCH, pixel(animal["patch_at"]), round(PATCH_RADIUS * scale), 3)
        write(surface, PATCHES[animal["patch"]], pixel(animal["patch_at"]), 13, _SITE_WORDS, anchor="center")
    if animal["board"] != NO_BOARD:
        surface.circle(_BOARD, pixel(animal["board_at"]), round(BOARD_RADIUS * scale))
        write(surface, "board", pixel(animal["board_at"]), 13, (255, 255, 255), anchor="center")
    for item in range(len(animal["food"])):
        if animal["food_wait"][item] <= 0.0:
            surface.circle(_FOOD, pixel(animal["food"][item]), 7)
    _draw_animal(surface, pixel(animal["position"]), animal["velocity"], bool(animal["captured"]))
    surface.set_clip(None)
    surface.rect(_WALL, arena.inflate(8, 8), 4, border_radius=4)
    _draw_sky(surface, world, row)
    kind = KINDS[int(animal["disc_kind"])] if animal["disc_kind"] != NONE else "clear"
    harm = "" if kind == "clear" else ", a predator" if kind == KINDS[STRIKE] else ", harmless"
    sky = "the roof above" if world.sheltered[row] else f"sky: {kind}{harm}"
    write(surface, sky, (_SKY_CENTRE[0], 240), 20, anchor="midtop")
    _gauge(surface, "energy", float(animal["energy"]), 288, _FOOD)
    _gauge(surface, "day", float(world.elapsed[row] / world.max_episode_steps), 342, _WALL)
    state = "captured" if animal["captured"] else "under the roof" if world.sheltered[row] else "in the open"
    write(surface, state, (_SKY_CENTRE[0], 400), 22, _CAPTURED if animal["captured"] else INK, anchor="midtop")
    if animal["loudness"] > 0.0:
        write(surface, "alarming sound", (_SKY_CENTRE[0], 430), 22, _CAPTURED, anchor="midtop")


def animal_at(world: LoomingEscape, row: int) -> tuple[float, float]:
    """Where the animal is drawn."""
    return floor_plan(_LEFT, _TOP, _SIDE, ARENA)(world.body.records[row]["position"])


def _draw_animal(surface: Canvas, place: tuple[int, int], velocity: Any, captured: bool) -> None:
    speed = math.hypot(float(velocity[0]), float(velocity[1]))
    angle = math.atan2(-float(velocity[1]), float(velocity[0])) if speed > 0.02 else -0.6
    ahead, side = (math.cos(angle), math.sin(angle)), (-math.sin(angle), math.cos(angle))

    def at(forward: float, sideways: float) -> tuple[float, float]:
        return (
            place[0] + forward * ahead[0] + sideways * side[0],
            place[1] + forward * ahead[1] + sideways * side[1],
        )

    colour = _CAPTURED if captured else _FUR
    surface.line(colour, at(-8, 0), at(-24, 3), 3)
    surface.circle((255, 255, 255), place, 15)
    surface.polygon(colour, [at(17, 0), at(2, 9), at(-11, 7), at(-13, 0), at(-11, -7), at(2, -9)])
    for sign in (-1, 1):
        surface.circle(_BELLY, at(5, 7 * sign), 4)


def _draw_sky(surface: Canvas, world: LoomingEscape, row: int) -> None:
    pygame = import_pygame()
    sense = world.senses.split(world.observation)[row]
    write(surface, "what it sees above", (_SKY_CENTRE[0], 44), 20, anchor="midtop")
    surface.circle(_SHELTER if sense["darkness"] > 0.5 else _SKY, _SKY_CENTRE, _SKY_RADIUS)
    if sense["angular_size"] > 0.0:
        box = pygame.Rect(0, 0, 2 * _SKY_RADIUS, 2 * _SKY_RADIUS)
        box.center = _SKY_CENTRE
        surface.set_clip(box)
        off = _SKY_RADIUS * (1.0 - abs(float(sense["elevation"])) / (math.pi / 2))
        centre = (
            _SKY_CENTRE[0] + off * float(sense["disc_direction"][0]),
            _SKY_CENTRE[1] - off * float(sense["disc_direction"][1]),
        )
        grey = round(128 * (1.0 - float(sense["contrast"])))
        size = max(2.0, _SKY_RADIUS * float(sense["angular_size"]) / (math.pi / 2))
        surface.circle((grey, grey, grey), centre, min(size, _SKY_RADIUS))
        surface.set_clip(None)
    surface.circle(INK, _SKY_CENTRE, _SKY_RADIUS, 2)


def _gauge(surface: Canvas, name: str, share: float, top: int, colour: Any) -> None:
    write(surface, name, (484, top), 20)
    surface.rect((222, 220, 212), (484, top + 20, 136, 12), border_radius=4)
    surface.rect(colour, (484, top + 20, round(136 * share), 12), border_radius=4)
