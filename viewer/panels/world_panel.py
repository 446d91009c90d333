"""The world, large, in a frame of the colour of whoever is in charge."""

from __future__ import annotations

from typing import Any

from core.canvas import PAPER, SIZE, Canvas
from viewer.palette import FAINT, LEARNING, STEERING
from viewer.panels import compass
from viewer.shown import Shown


def draw(canvas: Canvas, box: Any, session: Shown) -> None:
    """Draw into ``box`` of the canvas."""
    canvas.rect(PAPER, box, border_radius=8)
    inner = canvas.inside(box.inflate(-12, -12))
    session.population.world.draw(session.row, inner)
    inner.set_clip((0, 0, *SIZE))  # near the edge some arrows would leave the picture
    compass.draw(inner, session)
    inner.set_clip()
    last = session.history.last
    colour = FAINT if last is None else LEARNING if last.in_charge[session.row] else STEERING
    canvas.rect(colour, box, 6, border_radius=8)
