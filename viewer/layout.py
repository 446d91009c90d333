"""Where everything lies in a frame of the viewer, in units: one layout for wide windows, one for tall ones."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from core.canvas import Canvas
from core.pygame_check import import_pygame

Box = tuple[int, int, int, int]
PANEL = (688, 206)
"""Size of the panels of steering and of learning."""
_TALL_FROM = 1.2  # height by width


@dataclass(frozen=True)
class Layout:
    """Boxes are (left, top, width, height); places are (x, y).

    Attributes:
        size: of the frame; what is drawn keeps its proportions.
        age: right end of the line with the age.
        world, steering, learning, time, life: boxes of the panels.
        sentence: box of the line that says who acts and why.
        views: of two animals side by side: left and top of the heading, and the heights of world and brief panel.
        view_width: of each.
        footer, charge: left ends of the line with fitness and of the key of colours; ``footer_room`` for the first.
        bar: height that is left to the control bar at the bottom.
        bar_rows: rows of buttons and menus.
    """

    size: tuple[int, int]
    age: tuple[int, int]
    world: Box
    steering: Box
    learning: Box
    sentence: Box
    time: Box
    life: Box
    views: tuple[tuple[int, int, int, int], tuple[int, int, int, int]]
    view_width: int
    footer: tuple[int, int]
    footer_room: int
    charge: tuple[int, int]
    bar: int
    bar_rows: int

    def box(self, name: str) -> Any:
        """A box by name, as pygame has it."""
        return import_pygame().Rect(*getattr(self, name))

    @property
    def right(self) -> int:
        """The right margin."""
        return self.size[0] - 20

    def in_units(self, pixel: tuple[int, int], size: tuple[int, int]) -> tuple[float, float]:
        """The place of the frame that is shown at a pixel of a window of ``size``."""
        canvas = Canvas(None).inside((0, 0, *size), self.size)
        return (pixel[0] - canvas.origin[0]) / canvas.scale, (pixel[1] - canvas.origin[1]) / canvas.scale


WIDE = Layout(
    size=(1280, 720),
    age=(1260, 11),
    world=(20, 40, 544, 420),
    steering=(572, 40, *PANEL),
    learning=(572, 254, *PANEL),
    sentence=(20, 468, 1240, 20),
    time=(20, 492, 1240, 66),
    life=(20, 562, 1240, 80),
    views=((20, 40, 366, 120), (648, 40, 366, 120)),
    view_width=612,
    footer=(20, 646),
    footer_room=620,
    charge=(660, 647),
    bar=50,
    bar_rows=1,
)
TALL = Layout(
    size=(728, 1340),
    age=(708, 40),
    world=(20, 66, 688, 470),
    steering=(20, 592, *PANEL),
    learning=(20, 804, *PANEL),
    sentence=(20, 541, 688, 45),
    time=(20, 1016, 688, 66),
    life=(20, 1087, 688, 86),
    views=((20, 66, 347, 120), (20, 573, 347, 120)),
    view_width=688,
    footer=(20, 1182),
    footer_room=688,
    charge=(20, 1208),
    bar=88,
    bar_rows=2,
)


def layout_of(size: tuple[int, int]) -> Layout:
    """The layout for a window of ``size`` pixels."""
    return TALL if size[1] > _TALL_FROM * size[0] else WIDE
