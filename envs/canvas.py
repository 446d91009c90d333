"""Drawing surfaces that need no screen, and the small window behind ``render_mode="human"``."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from envs.pygame_check import import_pygame

SIZE = (640, 480)
INK = (28, 32, 38)
PAPER = (247, 246, 242)
STEERING_COLOUR = (213, 94, 0)
LEARNING_COLOUR = (0, 114, 178)


def blank(size: tuple[int, int] = SIZE, colour: tuple[int, int, int] = PAPER) -> Any:
    """A fresh surface."""
    pygame = import_pygame()
    surface = pygame.Surface(size)
    surface.fill(colour)
    return surface


@cache
def font(size: int, bold: bool = False) -> Any:
    """DejaVu Sans, as matplotlib ships it, with letters about as high as ``size`` pixels of line."""
    pygame = import_pygame()
    pygame.font.init()
    spec = find_spec("matplotlib")
    assert spec is not None
    assert spec.origin is not None
    face = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return pygame.font.Font(Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf" / face, round(0.66 * size))


def write(surface: Any, text: str, place: tuple[float, float], size: int = 20, colour: Any = INK, **options: Any) -> Any:
    """Write one line; ``anchor`` is a pygame rect attribute such as ``"topleft"`` or ``"center"``."""
    image = font(size, options.get("bold", False)).render(text, True, colour)
    where = image.get_rect(**{options.get("anchor", "topleft"): (round(place[0]), round(place[1]))})
    surface.blit(image, where)
    return where


def floor_plan(left: int, top: int, side: int, metres: float) -> Callable[[Any], tuple[int, int]]:
    """From a place on a square floor of ``metres`` to its pixel in a square of ``side`` pixels; y points up."""

    def pixel(place: Any) -> tuple[int, int]:
        return round(left + side * place[0] / metres), round(top + side - side * place[1] / metres)

    return pixel


def pixels(surface: Any) -> np.ndarray:
    """The surface as a (height, width, 3) uint8 array."""
    pygame = import_pygame()
    return np.ascontiguousarray(pygame.surfarray.array3d(surface).swapaxes(0, 1))


def draw_senses(surface: Any, world: Any, row: int) -> None:
    """The view of a world that has no drawing of its own: every sense as a bar between its bounds."""
    pygame = import_pygame()
    write(surface, f"{world.id}   step {int(world.elapsed[row])}", (20, 16), 26, bold=True)
    reading = world.observation[row]
    names = [
        f"{sense.name}[{index}]" if sense.size > 1 else sense.name for sense in world.senses for index in range(sense.size)
    ]
    height = min(26, max(12, 410 // max(1, len(names))))
    for index, name in enumerate(names):
        top = 54 + index * height
        low, high = world.senses.low[index], world.senses.high[index]
        share = float((reading[index] - low) / (high - low))
        write(surface, name, (20, top), min(20, height))
        pygame.draw.rect(surface, (222, 220, 212), (230, top + 2, 300, height - 6), border_radius=3)
        pygame.draw.rect(surface, LEARNING_COLOUR, (230, top + 2, round(300 * share), height - 6), border_radius=3)
        write(surface, f"{reading[index]:.2f}", (542, top), min(20, height))


class Window:
    """A plain window that shows frames at a steady rate."""

    def __init__(self, title: str, frames_per_second: int) -> None:
        pygame = import_pygame()
        pygame.display.init()
        pygame.display.set_caption(title)
        self._screen = pygame.display.set_mode(SIZE)
        self._clock = pygame.time.Clock()
        self._rate = frames_per_second

    def show(self, frame: np.ndarray) -> None:
        """Show a (height, width, 3) uint8 frame and wait for its turn."""
        pygame = import_pygame()
        pygame.event.pump()
        pygame.surfarray.blit_array(self._screen, frame.swapaxes(0, 1))
        pygame.display.flip()
        self._clock.tick(self._rate)

    def close(self) -> None:
        """Close the window."""
        import_pygame().display.quit()
