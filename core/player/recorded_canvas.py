"""A canvas that keeps what is drawn on it as commands, so that it can be drawn again elsewhere at any size."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from core.canvas import SMALLEST_LETTERS, Canvas, font
from core.pygame_check import import_pygame

UNITS = 20.0  # steps that one unit is divided into, as places are kept
_CORNERS = tuple(f"border_{name}_radius" for name in ("top_left", "top_right", "bottom_right", "bottom_left"))
_FINE = 8  # text is measured this many times larger than it is drawn, since letters of a screen have whole widths


class Command(NamedTuple):
    """One thing drawn.

    Attributes:
        style: kind and looks, as the player reads them (see ``player.js``).
        places: whole numbers: places and lengths in units x :data:`UNITS`, or the number of a text or a picture.
    """

    style: tuple[Hashable, ...]
    places: tuple[int, ...]


@dataclass
class Library:
    """What many frames share: texts and pictures, each once."""

    texts: dict[str, int] = field(default_factory=dict)
    pictures: list[tuple[np.ndarray, int]] = field(default_factory=list)
    _latest: dict[tuple[int, ...], int] = field(default_factory=dict)
    _known: dict[bytes, int] = field(default_factory=dict)

    def text(self, text: str) -> int:
        """The number of a text."""
        return self.texts.setdefault(text, len(self.texts))

    def picture(self, picture: np.ndarray, place: tuple[int, ...]) -> int:
        """The number of a (width, height, 3) uint8 picture; the one last shown at ``place`` is remembered as what it differs from."""
        key = picture.tobytes()
        number = self._known.get(key)
        if number is None:
            number = self._known[key] = len(self.pictures)
            self.pictures.append((picture, self._latest.get(place, -1)))
        self._latest[place] = number
        return number


class RecordedCanvas(Canvas):
    """Draws nothing, and keeps every command in the units of the whole canvas.

    Args:
        library: texts and pictures.
        scale, origin: as for :class:`core.canvas.Canvas`, in units of the whole canvas.
        commands: where commands go; a list of its own by default.
        track: number of whose picture it is; a picture is kept as what differs from the one before it on the same track.
    """

    def __init__(
        self,
        library: Library,
        scale: float = 1.0,
        origin: tuple[float, float] = (0.0, 0.0),
        commands: list[Command] | None = None,
        track: int = 0,
    ) -> None:
        super().__init__(None, scale, origin)
        self.library, self.track = library, track
        self.commands: list[Command] = [] if commands is None else commands

    def inside(self, box: Any, size: tuple[int, int] = (640, 480)) -> RecordedCanvas:
        """As :meth:`core.canvas.Canvas.inside`."""
        scale, corner = self._fitted(box, size)
        return RecordedCanvas(self.library, scale, corner, self.commands, self.track)

    def _keep(self, style: tuple[Hashable, ...], *places: float) -> None:
        whole = tuple(max(-32_768, min(32_767, round(UNITS * place))) for place in places)
        self.commands.append(Command(style, whole))

    def _frame(self, box: Any) -> tuple[float, float, float, float]:
        left, top, width, height = box
        (x, y), (right, bottom) = self._at((left, top)), self._at((left + width, top + height))
        return x, y, max(0.0, right - x), max(0.0, bottom - y)

    def _broad(self, width: float) -> float:
        return round(max(1.0, width * self.scale), 2) if width else 0.0

    def rect(self, colour: Any, box: Any, width: float = 0, **corners: float) -> None:
        """A box."""
        radii: tuple[float, ...] = ()
        if corners:
            every = corners.get("border_radius", 0.0)
            radii = tuple(round(self.scale * max(0.0, corners.get(name, every)), 2) for name in _CORNERS)
        self._keep(("rect", _hex(colour), self._broad(width), *radii), *self._frame(box))

    def circle(self, colour: Any, centre: Any, radius: float, width: float = 0) -> None:
        """A disc or a ring."""
        self._keep(("circle", _hex(colour), self._broad(width)), *self._at(centre), max(1.0, radius * self.scale))

    def ellipse(self, colour: Any, box: Any, width: float = 0) -> None:
        """An ellipse."""
        self._keep(("ellipse", _hex(colour), self._broad(width)), *self._frame(box))

    def line(self, colour: Any, start: Any, end: Any, width: float = 1) -> None:
        """A straight line."""
        self._keep(("path", _hex(colour), self._broad(width), 2), *self._at(start), *self._at(end))

    def lines(self, colour: Any, closed: bool, points: Any, width: float = 1) -> None:
        """Straight lines from point to point."""
        places = [self._at(point) for point in points]
        places += places[:1] if closed else []
        self._path(_hex(colour), self._broad(width), places)

    def polygon(self, colour: Any, points: Any, width: float = 0) -> None:
        """A filled polygon, or its edge."""
        places = [self._at(point) for point in points]
        self._path(_hex(colour), self._broad(width), places + (places[:1] if width else []))

    def _path(self, colour: str, width: float, places: list[tuple[float, float]]) -> None:
        self._keep(("path", colour, width, len(places)), *(number for place in places for number in place))

    def picture(self, picture: np.ndarray, box: Any) -> None:
        """A picture, stretched over a box."""
        whole = tuple(round(UNITS * place) for place in self._frame(box))
        self.commands.append(Command(("picture",), (self.library.picture(picture, (self.track, *whole)), *whole)))

    def add_tooltip(self, box: Any, text: str) -> None:
        """What is said of a box while the mouse is on it."""
        whole = tuple(round(UNITS * place) for place in self._frame(box))
        self.commands.append(Command(("tooltip",), (self.library.text(text), *whole)))

    def set_clip(self, box: Any = None) -> None:
        """Draw only inside a box from now on."""
        if box is None:
            self._keep(("unclip",))
        else:
            self._keep(("clip",), *self._frame(box))

    def write(self, text: str, place: Any, size: float, colour: Any, anchor: str, bold: bool, room: float = 0.0) -> None:
        """One line of text."""
        while room and size > SMALLEST_LETTERS and _width(text, size, bold) > room:
            size -= 1.0
        style = ("text", _hex(colour), round(size * self.scale, 2), anchor, int(bold))
        x, y = self._at(place)
        self.commands.append(Command(style, (self.library.text(text), round(UNITS * x), round(UNITS * y))))


@lru_cache(maxsize=4096)
def _width(text: str, size: float, bold: bool) -> float:
    return font(round(_FINE * size), bold).size(text)[0] / _FINE


def _hex(colour: Any) -> str:
    return _hex_of(tuple(colour)) if not isinstance(colour, str) else _hex_of(tuple(import_pygame().Color(colour)))


@lru_cache(maxsize=4096)
def _hex_of(colour: tuple[Any, ...]) -> str:
    red, green, blue = (max(0, min(255, int(part))) for part in colour[:3])
    return f"#{red:02x}{green:02x}{blue:02x}"
