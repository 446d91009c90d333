"""The strip of time: who was in charge, the reward, and the urgency of the reflex, over the last minute."""

from __future__ import annotations

from typing import Any

from envs.canvas import write
from envs.pygame_check import import_pygame
from viewer.history import LENGTH
from viewer.palette import CARD, FAINT, GOOD, LEARNING, RULE, STEERING, TEXT
from viewer.session import Session


def draw(surface: Any, box: Any, session: Session) -> None:
    """Draw into ``box`` of the surface."""
    pygame = import_pygame()
    history = session.history
    pygame.draw.rect(surface, CARD, box, border_radius=8)
    left, width = box.x + 96, box.width - 112
    ribbon, trace = pygame.Rect(left, box.y + 12, width, 26), pygame.Rect(left, box.y + 46, width, box.height - 58)
    write(surface, "in charge", (box.x + 12, ribbon.centery), 20, TEXT, anchor="midleft")
    pygame.draw.rect(surface, RULE, ribbon)
    step = width / LENGTH
    start = LENGTH - len(history.in_charge)
    for index, learning in enumerate(history.in_charge):
        colour = LEARNING if learning else STEERING
        pygame.draw.rect(surface, colour, (left + (start + index) * step, ribbon.y, step + 1, ribbon.height))
    write(surface, "urgency", (box.x + 12, trace.y + 8), 20, STEERING)
    write(surface, "reward", (box.x + 12, trace.y + 30), 20, GOOD)
    pygame.draw.line(surface, RULE, trace.midleft, trace.midright)
    for series, colour, low, high in ((history.urgency, STEERING, -1.0, 1.0), (history.reward, GOOD, -2.0, 2.0)):
        if len(series) > 1:
            points = [
                (
                    left + (start + index) * step,
                    trace.bottom - trace.height * (min(high, max(low, value)) - low) / (high - low),
                )
                for index, value in enumerate(series)
            ]
            pygame.draw.lines(surface, colour, False, points, 2)
    write(surface, "older", (left, box.bottom - 4), 16, FAINT, anchor="bottomleft")
    write(surface, "now", (trace.right, box.bottom - 4), 16, FAINT, anchor="bottomright")
