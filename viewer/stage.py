"""Composes one frame of the viewer from its panels; needs no screen."""

from __future__ import annotations

from typing import Any

from envs.canvas import blank, write
from envs.pygame_check import import_pygame
from viewer.palette import BACKGROUND, CARD, FAINT, LEARNING, RULE, STEERING, TEXT
from viewer.panels import learning_panel, steering_panel, time_panel, world_panel
from viewer.session import Session

SIZE = (1280, 720)
HELP = (
    ("space", "pause or go on"),
    ("right, .", "one step"),
    ("up, down", "faster, slower"),
    ("tab", "next animal"),
    ("n, g", "newborn, grown"),
    ("l", "lesion or restore learning"),
    ("r", "lesion or restore the reflex"),
    ("e", "lesion or restore reward"),
    ("m", "choose a manipulation, return throws it"),
    ("s", "save a picture"),
    ("a", "sound on or off, where there is any"),
    ("h", "this help"),
    ("q, escape", "close"),
)


def compose(session: Session, status: str = "", message: str = "", show_help: bool = False) -> Any:
    """One frame as a pygame surface of 1280 x 720."""
    pygame = import_pygame()
    surface = blank(SIZE, BACKGROUND)
    population, history = session.population, session.history
    title = f"{population.world_name}   {session.agent}, animal {session.row + 1} of {session.animals}"
    write(surface, title, (20, 14), 30, TEXT, bold=True)
    write(surface, f"age {_duration(session.age)}   {status}", (1260, 18), 22, FAINT, anchor="topright")
    world_panel.draw(surface, pygame.Rect(20, 46, 652, 492), session)
    steering_panel.draw(surface, pygame.Rect(690, 46, 570, 254), session)
    learning_panel.draw(surface, pygame.Rect(690, 308, 570, 230), session)
    time_panel.draw(surface, pygame.Rect(20, 548, 1240, 122), session)
    recent = (
        f"{sum(history.days) / len(history.days):.1f} over {len(history.days)} days" if history.days else "no whole day yet"
    )
    fitness = f"fitness today {history.today:.1f}   mean {recent}   deaths {history.deaths}"
    write(surface, fitness, (20, 682), 22, TEXT)
    write(surface, message or "H for help", (1260, 682), 22, FAINT, anchor="topright")
    _legend(surface, 640)
    if show_help:
        _help(surface)
    return surface


def _legend(surface: Any, left: int) -> None:
    pygame = import_pygame()
    for offset, colour, name in ((0, STEERING, "steering in charge"), (190, LEARNING, "learning in charge")):
        pygame.draw.rect(surface, colour, (left + offset, 684, 16, 16), border_radius=3)
        write(surface, name, (left + offset + 22, 684), 20, TEXT)


def _help(surface: Any) -> None:
    pygame = import_pygame()
    box = pygame.Rect(0, 0, 560, 60 + 28 * len(HELP))
    box.center = (SIZE[0] // 2, SIZE[1] // 2)
    pygame.draw.rect(surface, CARD, box, border_radius=10)
    pygame.draw.rect(surface, RULE, box, 2, border_radius=10)
    write(surface, "keys", (box.x + 24, box.y + 16), 28, TEXT, bold=True)
    for index, (keys, meaning) in enumerate(HELP):
        write(surface, keys, (box.x + 24, box.y + 50 + 28 * index), 22, LEARNING)
        write(surface, meaning, (box.x + 160, box.y + 50 + 28 * index), 22, TEXT)


def progress(surface: Any, done: int, total: int, what: str) -> None:
    """Lay a progress bar over a frame."""
    pygame = import_pygame()
    box = pygame.Rect(0, 0, 560, 90)
    box.center = (SIZE[0] // 2, SIZE[1] // 2)
    pygame.draw.rect(surface, CARD, box, border_radius=10)
    pygame.draw.rect(surface, RULE, box, 2, border_radius=10)
    write(surface, f"{what}: {done:,} of {total:,} steps", (box.x + 24, box.y + 18), 24, TEXT)
    pygame.draw.rect(surface, RULE, (box.x + 24, box.y + 54, 512, 14), border_radius=6)
    pygame.draw.rect(surface, LEARNING, (box.x + 24, box.y + 54, round(512 * done / max(1, total)), 14), border_radius=6)


def _duration(seconds: float) -> str:
    """Minutes and seconds, or days and hours from two days on."""
    if seconds >= 2 * 86_400:
        days, rest = divmod(seconds, 86_400)
        return f"{days:.0f} d {rest / 3600:04.1f} h"
    minutes, left = divmod(round(seconds), 60)
    return f"{minutes} min {left:02d} s"
