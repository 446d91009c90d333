"""Drawing of one row of SaltAppetite on a 640 x 480 surface: the chamber from above, and the gauges of the body."""

from __future__ import annotations

from core.canvas import INK, Canvas, floor_plan, write
from core.pygame_check import import_pygame
from envs.salt_appetite.chamber import BOTTLES, CHAMBER, DRIP_RADIUS, NO_BOTTLE, REACH
from envs.salt_appetite.physiology import LETHAL_SODIUM, LETHAL_WATER, malaise_of
from envs.salt_appetite.world import SaltAppetite

_FLOOR, _WALL, _LINE = (236, 231, 222), (120, 110, 96), (205, 200, 188)
_FUR, _EAR, _DEAD = (140, 132, 126), (222, 180, 170), (200, 40, 40)
_SOLUTIONS = (
    ("water", (86, 180, 233)),
    ("salt", (120, 120, 128)),
    ("sugar", (0, 158, 115)),
    ("KCl", (204, 121, 167)),
    ("quinine", (230, 159, 0)),
    ("LiCl", (200, 40, 40)),
)
_LEFT, _TOP, _SIDE, _GAUGES = 24, 24, 424, 474


def draw(surface: Canvas, world: SaltAppetite, row: int) -> None:
    """Draw row ``row``."""
    pygame = import_pygame()
    animal = world.body.records[row]
    scale = _SIDE / CHAMBER
    pixel = floor_plan(_LEFT, _TOP, _SIDE, CHAMBER)
    chamber = pygame.Rect(_LEFT, _TOP, _SIDE, _SIDE)
    surface.rect(_FLOOR, chamber)
    for place, solute in zip(animal["spout_place"], animal["solute"], strict=True):
        name, colour = _SOLUTIONS[solute] if solute >= 0 else ("empty", _LINE)
        x, y = pixel(place)
        surface.circle(colour, (x, y), round(REACH * scale), 2)
        surface.circle(colour, (x, y), 9)
        above = y > _TOP + _SIDE / 2
        write(
            surface,
            name,
            (min(max(x, _LEFT + 34), _LEFT + _SIDE - 34), y + (-44 if above else 26)),
            20,
            INK,
            anchor="midtop",
        )
    if animal["bottle"] != NO_BOTTLE:
        x, y = pixel((0.5 * CHAMBER, 0.5 * CHAMBER))
        surface.circle((90, 70, 140), (x, y), round(DRIP_RADIUS * scale), 2)
        write(
            surface, f"{BOTTLES[animal['bottle']]} drips here", (x, y + DRIP_RADIUS * scale + 6), 18, INK, anchor="midtop"
        )
    for lever, (place, out) in enumerate(zip(animal["lever_place"], animal["lever"], strict=True)):
        x, y = pixel(place)
        length = 34 if out else 8
        surface.rect((90, 70, 140) if out else _LINE, (x, y - 6, length, 12), border_radius=3)
        write(surface, f"lever {lever + 1}", (x + 12, y + 10), 18, INK)
    _draw_rat(surface, pixel(animal["position"]), scale, bool(animal["died"]))
    surface.rect(_WALL, chamber.inflate(8, 8), 4, border_radius=4)
    _gauge(surface, "sodium", "mEq", animal["sodium"], LETHAL_SODIUM, 40, _SOLUTIONS[1][1])
    _gauge(surface, "water", "ml", animal["water"], LETHAL_WATER, 108, _SOLUTIONS[0][1])
    _gauge(surface, "energy", "kJ", animal["energy"], (-100.0, 100.0), 176, _SOLUTIONS[2][1])
    _gauge(surface, "angiotensin", "", animal["angiotensin"], (0.0, 4.0), 244, (213, 94, 0))
    _gauge(surface, "aldosterone", "", animal["aldosterone"], (0.0, 4.0), 312, (213, 94, 0))
    sick = malaise_of(animal["lithium"])
    hours = float(world.elapsed[row] * world.dt / 3600.0)
    state = "dead" if animal["died"] else "sick" if sick > 0.1 else "licks" if animal["taste"].any() else ""
    write(surface, f"{hours:04.1f} h of the day", (_GAUGES, 388), 20, INK)
    notes = [word for word, on in (("sham", animal["sham"]), ("captopril", animal["captopril"])) if on]
    write(surface, "  ".join([state, *notes]).strip(), (_GAUGES, 416), 22, _DEAD if state in ("dead", "sick") else INK)


def animal_at(world: SaltAppetite, row: int) -> tuple[float, float]:
    """Where the animal is drawn."""
    return floor_plan(_LEFT, _TOP, _SIDE, CHAMBER)(world.body.records[row]["position"])


def _draw_rat(surface: Canvas, place: tuple[int, int], scale: float, dead: bool) -> None:
    x, y = place
    colour = _DEAD if dead else _FUR
    surface.line(_EAR, (x - 14, y + 2), (x - 34, y + 10), 3)
    surface.ellipse(colour, (x - 18, y - 10, 32, 20))
    surface.circle(colour, (x + 13, y), 8)
    surface.circle(_EAR, (x + 9, y - 8), 4)
    surface.circle(INK, (x + 16, y - 2), 2)


def _gauge(
    surface: Canvas, name: str, unit: str, value: float, limits: tuple[float, float], top: int, colour: tuple[int, int, int]
) -> None:
    """A bar from the set-point, between the limits of what is survived (or usual)."""
    low, high = limits
    width = 150
    write(surface, name, (_GAUGES, top), 18, INK)
    words = f"{round(float(value), 1) + 0.0:+.1f} {unit}"  # + 0.0 turns -0.0 into 0.0
    write(surface, words.replace("-", "\N{MINUS SIGN}"), (_GAUGES + width, top), 18, INK, anchor="topright")
    surface.rect(_LINE, (_GAUGES, top + 26, width, 14), border_radius=4)
    middle = _GAUGES + width * (0.0 - low) / (high - low)
    tip = _GAUGES + width * (min(max(float(value), low), high) - low) / (high - low)
    surface.rect(colour, (min(middle, tip), top + 26, max(2, abs(tip - middle)), 14), border_radius=4)
    surface.line(INK, (middle, top + 22), (middle, top + 43), 2)
