"""Small drawing tools that all panels share."""

from __future__ import annotations

from typing import Any, NamedTuple

from core.canvas import Canvas, write
from viewer.palette import CARD, FAINT, RULE, TEXT


def card(surface: Canvas, box: Any, title: str, colour: Any, pale: Any = CARD) -> None:
    """A rounded panel with a coloured head."""
    surface.rect(pale, box, border_radius=8)
    surface.rect(colour, (box.x, box.y, box.width, 28), border_top_left_radius=8, border_top_right_radius=8)
    write(surface, title, (box.x + 12, box.y + 14), 22, (255, 255, 255), anchor="midleft", bold=True)


class Gauge(NamedTuple):
    """A number, its bounds, how it is shown, and what is said of it under the mouse."""

    label: str
    value: float
    low: float
    high: float
    colour: Any
    text: str = ""
    tooltip: str = ""


def bar(surface: Canvas, gauge: Gauge, box: Any, pitch: float = 20) -> None:
    """A labelled bar from ``low`` to ``high``, marked at 0 if 0 lies inside, in a box 190 or more wide and 20 high.

    Bars may lie closer than that, ``pitch`` units apart.
    """
    label, value, low, high, colour, text, tooltip = gauge
    if tooltip:
        surface.add_tooltip((box.x, box.centery - pitch / 2, box.width, pitch), tooltip)
    room = min(118, round(0.52 * box.width))
    write(surface, label, (box.x, box.centery), 18, TEXT, anchor="midleft", room=room - 4)
    start, width = box.x + room, box.width - room - 48
    surface.rect(RULE, (start, box.y + 5, width, 10), border_radius=4)

    def place(number: float) -> float:
        return start + width * min(1.0, max(0.0, (number - low) / (high - low)))

    origin = place(0.0) if low < 0.0 < high else start
    left, right = sorted((origin, place(value)))
    surface.rect(colour, (left, box.y + 5, max(2, right - left), 10), border_radius=4)
    if low < 0.0 < high:
        surface.line(FAINT, (origin, box.y + 3), (origin, box.y + 17))
    write(surface, text or f"{value:.2f}", (box.right, box.centery), 18, TEXT, anchor="midright")
