"""The strip of time: who was in charge, the reward, and the urgency of the reflex, over the last minute."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import Any

import numpy as np

from core.canvas import Canvas, write
from core.pygame_check import import_pygame
from viewer.history import LENGTH
from viewer.palette import CARD, FAINT, GOOD, LEARNING, RULE, STEERING, TEXT
from viewer.shown import Shown
from viewer.timing import duration, span


def ribbon(canvas: Canvas, box: Any, in_charge: Sequence[bool]) -> None:
    """Who was in charge, one colour each, the newest to the right."""
    left, top, width, height = box
    canvas.rect(RULE, box)
    step, place = width / LENGTH, LENGTH - len(in_charge)
    for learning, run in groupby(in_charge):
        length = sum(1 for _ in run)
        canvas.rect(LEARNING if learning else STEERING, (left + place * step, top, length * step, height))
        place += length


def _underline(canvas: Canvas, box: Any, matters: Sequence[bool]) -> None:
    """A dark line under the ticks at which it mattered who was in charge."""
    left, top, width, height = box
    step, place = width / LENGTH, LENGTH - len(matters)
    for mattered, run in groupby(matters):
        length = sum(1 for _ in run)
        if mattered:
            canvas.rect(TEXT, (left + place * step, top, max(1.0, length * step), height))
        place += length


def _by_want(session: Shown) -> str:
    """In words: how often learning was in charge while steering wanted this or that."""
    wants = session.population.steered.steering.wants
    shares = [
        f"{wants[want]} {100 * share:.0f}% (of {ticks} steps)"
        for want, (share, ticks) in session.history.share_by_want().items()
    ]
    lately = span(LENGTH * session.population.world.dt)
    said = f"Who was in charge in the last {lately}: steering orange, learning blue."
    return f"{said} Learning's share by what steering wanted: {', '.join(shares)}." if shares else said


def draw(canvas: Canvas, box: Any, session: Shown) -> None:
    """Draw into ``box`` of the canvas."""
    pygame = import_pygame()
    history = session.history
    canvas.rect(CARD, box, border_radius=8)
    left, width = box.x + 96, box.width - 112
    band, trace = pygame.Rect(left, box.y + 6, width, 18), pygame.Rect(left, box.y + 27, width, box.height - 32)
    seconds = LENGTH * session.population.world.dt
    what = "who was in charge, how urgent the reflex was (0 to 1), and the reward that steering gave"
    matters = "Underlined: learning and the reflex would have done different things, and something was at stake."
    canvas.add_tooltip(box, f"The last {span(seconds)}, the newest to the right: {what}. {matters}")
    canvas.add_tooltip((box.x + 8, box.y + 2, box.width - 16, 24), _by_want(session))
    write(canvas, "in charge", (box.x + 12, band.centery), 18, TEXT, anchor="midleft")
    ribbon(canvas, band, history.in_charge)
    step, start = width / LENGTH, LENGTH - len(history.in_charge)
    _underline(canvas, (left, band.bottom + 1, width, 3), history.matters)
    write(canvas, "urgency", (box.x + 12, trace.y), 18, STEERING)
    write(canvas, "reward", (box.x + 12, trace.y + 18), 18, GOOD)
    canvas.line(RULE, trace.midleft, trace.midright)
    most = max([0.5, *(abs(value) for value in history.reward)])
    for series, colour, largest in ((history.urgency, STEERING, 1.0), (history.reward, GOOD, most)):
        if len(series) > 1:
            heights = np.clip(np.fromiter(series, float, len(series)) / largest, -1.0, 1.0)
            across = left + (start + np.arange(len(series))) * step
            canvas.lines(colour, False, np.column_stack([across, trace.centery - 0.5 * trace.height * heights]), 2)
    write(canvas, f"{duration(seconds)} ago", (left, box.bottom - 2), 16, FAINT, anchor="bottomleft")
    write(canvas, "underlined: it matters who is in charge", (trace.centerx, box.bottom - 2), 16, FAINT, anchor="midbottom")
    write(canvas, "now", (trace.right, box.bottom - 2), 16, FAINT, anchor="bottomright")
