"""Drawing surfaces that need no screen, and the small window behind ``render_mode="human"``."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from core.pygame_check import import_pygame

SIZE = (640, 480)
SMALLEST_LETTERS = 13.0  # size below which letters do not shrink
INK = (28, 32, 38)
PAPER = (247, 246, 242)
STEERING_COLOUR = (213, 94, 0)
LEARNING_COLOUR = (0, 114, 178)


def font(size: int, bold: bool = False) -> Any:
    """DejaVu Sans, as matplotlib ships it, with letters about as high as ``size`` pixels of line."""
    found = _font(size, bold)
    try:
        found.get_height()
    except (
        import_pygame().error
    ):  # somebody has called pygame.quit(), as Gymnasium's play does, and no font is good any more
        _font.cache_clear()
        return _font(size, bold)
    return found


@cache
def _font(size: int, bold: bool) -> Any:
    pygame = import_pygame()
    pygame.font.init()
    spec = find_spec("matplotlib")
    assert spec is not None
    assert spec.origin is not None
    face = "DejaVuSans-Bold.ttf" if bold else "DejaVuSans.ttf"
    return pygame.font.Font(Path(spec.origin).parent / "mpl-data" / "fonts" / "ttf" / face, max(6, round(0.66 * size)))


class Canvas:
    """A surface on which everything is drawn in units of its own, sharp at any scale; needs no screen.

    Args:
        surface: the pygame surface behind it.
        scale: pixels for each unit.
        origin: pixel of the unit (0, 0).
        tooltips: (box in pixels, text) of what is explained, where canvases share one surface; a list of its own by default.
    """

    def __init__(
        self,
        surface: Any,
        scale: float = 1.0,
        origin: tuple[float, float] = (0.0, 0.0),
        tooltips: list[tuple[Any, str]] | None = None,
    ) -> None:
        self.surface, self.scale, self.origin = surface, scale, origin
        self.tooltips: list[tuple[Any, str]] = [] if tooltips is None else tooltips
        self._draw = import_pygame().draw

    @classmethod
    def blank(cls, size: tuple[int, int] = SIZE, colour: Any = PAPER, scale: float = 1.0) -> Canvas:
        """A fresh canvas of ``size`` units."""
        surface = import_pygame().Surface((round(size[0] * scale), round(size[1] * scale)))
        surface.fill(colour)
        return cls(surface, scale)

    def inside(self, box: Any, size: tuple[int, int] = SIZE) -> Canvas:
        """A canvas of ``size`` units that fills ``box`` of this one as far as its proportions allow, centred."""
        scale, corner = self._fitted(box, size)
        return Canvas(self.surface, scale, corner, self.tooltips)

    def _fitted(self, box: Any, size: tuple[int, int]) -> tuple[float, tuple[float, float]]:
        """Scale and origin of a canvas of ``size`` units that fills ``box`` as far as its proportions allow."""
        left, top, width, height = box
        scale = min(width / size[0], height / size[1])
        corner = (left + 0.5 * (width - scale * size[0]), top + 0.5 * (height - scale * size[1]))
        return self.scale * scale, self._at(corner)

    def _at(self, place: Any) -> tuple[float, float]:
        return self.origin[0] + self.scale * float(place[0]), self.origin[1] + self.scale * float(place[1])

    def _box(self, box: Any) -> Any:
        left, top, width, height = box
        (x, y), (right, bottom) = self._at((left, top)), self._at((left + width, top + height))
        return import_pygame().Rect(round(x), round(y), max(0, round(right) - round(x)), max(0, round(bottom) - round(y)))

    def _width(self, width: float) -> int:
        return max(1, round(width * self.scale)) if width else 0

    def rect(self, colour: Any, box: Any, width: float = 0, **corners: float) -> None:
        """A box (left, top, width, height), filled, or a line of ``width`` along its edge; corners as in pygame."""
        rounded = {name: max(1, round(radius * self.scale)) for name, radius in corners.items()}
        self._draw.rect(self.surface, colour, self._box(box), self._width(width), **rounded)

    def circle(self, colour: Any, centre: Any, radius: float, width: float = 0) -> None:
        """A disc, or a ring of ``width``."""
        self._draw.aacircle(self.surface, colour, self._at(centre), max(1.0, radius * self.scale), self._width(width))

    def ellipse(self, colour: Any, box: Any, width: float = 0) -> None:
        """An ellipse in a box."""
        self._draw.ellipse(self.surface, colour, self._box(box), self._width(width))

    def line(self, colour: Any, start: Any, end: Any, width: float = 1) -> None:
        """A straight line."""
        (left, top), (right, bottom), wide = self._at(start), self._at(end), self._width(width)
        slanted = abs(left - right) > 1.0 and abs(top - bottom) > 1.0
        draw = self._draw.aaline if slanted and wide == 1 else self._draw.line
        draw(self.surface, colour, (left, top), (right, bottom), wide)

    def lines(self, colour: Any, closed: bool, points: Any, width: float = 1) -> None:
        """Straight lines from point to point."""
        places = np.asarray(points, float) * self.scale + self.origin
        self._draw.lines(self.surface, colour, closed, places.tolist(), self._width(width))

    def polygon(self, colour: Any, points: Any, width: float = 0) -> None:
        """A filled polygon, or its edge."""
        corners = [self._at(point) for point in points]
        self._draw.polygon(self.surface, colour, corners, self._width(width))
        if not width:
            self._draw.aalines(self.surface, colour, True, corners)

    def picture(self, picture: np.ndarray, box: Any) -> None:
        """A (width, height, 3) uint8 picture, stretched over a box."""
        pygame = import_pygame()
        where = self._box(box)
        image = pygame.surfarray.make_surface(picture)
        if image.get_size() != where.size:
            image = pygame.transform.smoothscale(image, where.size)
        self.surface.blit(image, where)

    def add_tooltip(self, box: Any, text: str) -> None:
        """Keep what is to be said of a box while the mouse is on it; nothing is drawn."""
        self.tooltips.append((self._box(box), text))

    def set_clip(self, box: Any = None) -> None:
        """Draw only inside a box from now on; None lifts it."""
        self.surface.set_clip(None if box is None else self._box(box))

    def write(self, text: str, place: Any, size: float, colour: Any, anchor: str, bold: bool, room: float = 0.0) -> None:
        """One line of text; see :func:`write`."""
        while (
            room
            and size > SMALLEST_LETTERS
            and font(max(1, round(size * self.scale)), bold).size(text)[0] > room * self.scale
        ):
            size -= 1.0
        image = font(max(1, round(size * self.scale)), bold).render(text, True, colour)
        x, y = self._at(place)
        self.surface.blit(image, image.get_rect(**{anchor: (round(x), round(y))}))


def write(canvas: Canvas, text: str, place: Any, size: float = 20, colour: Any = INK, **options: Any) -> None:
    """Write one line; ``anchor`` is a pygame rect attribute such as ``"topleft"``; letters shrink to fit ``room`` units, if given."""
    anchor, bold, room = options.get("anchor", "topleft"), options.get("bold", False), options.get("room", 0.0)
    canvas.write(text, place, size, colour, anchor, bold, room)


def floor_plan(left: int, top: int, side: int, metres: float) -> Callable[[Any], tuple[int, int]]:
    """From a place on a square floor of ``metres`` to its pixel in a square of ``side`` pixels; y points up."""

    def pixel(place: Any) -> tuple[int, int]:
        return round(left + side * place[0] / metres), round(top + side - side * place[1] / metres)

    return pixel


def pixels(canvas: Canvas) -> np.ndarray:
    """What is drawn, as a (height, width, 3) uint8 array."""
    pygame = import_pygame()
    return np.ascontiguousarray(pygame.surfarray.array3d(canvas.surface).swapaxes(0, 1))


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
