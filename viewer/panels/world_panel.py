"""The world, large, in a frame of the colour of whoever is in charge."""

from __future__ import annotations

from typing import Any

from envs.canvas import blank
from envs.pygame_check import import_pygame
from viewer.palette import FAINT, LEARNING, STEERING
from viewer.session import Session


def draw(surface: Any, box: Any, session: Session) -> None:
    """Draw into ``box`` of the surface."""
    pygame = import_pygame()
    canvas = blank()
    session.population.world.draw(session.row, canvas)
    size = (box.width - 12, box.height - 12)
    surface.blit(
        canvas if canvas.get_size() == size else pygame.transform.smoothscale(canvas, size), (box.x + 6, box.y + 6)
    )
    last = session.history.last
    colour = FAINT if last is None else LEARNING if last.in_charge[session.row] else STEERING
    pygame.draw.rect(surface, colour, box, 6, border_radius=8)
