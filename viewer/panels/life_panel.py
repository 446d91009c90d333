"""The whole life in one strip: fitness beside that of the same animal without its learner, who was in charge, and where it is now."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.canvas import Canvas, write
from core.pygame_check import import_pygame
from viewer.life_line import LifeLine
from viewer.palette import CARD, FAINT, LEARNING, RULE, STEERING, TEXT
from viewer.session import Session
from viewer.timing import duration

_LEFT, _RIGHT, _RIBBON = 96, 104, 14


def draw(canvas: Canvas, session: Session, box: Any) -> None:
    """Draw into ``box`` of the canvas."""
    canvas.rect(CARD, box, border_radius=8)
    sibling = "" if session.population.learner is None else ", the same animal's without its learner (orange)"
    words = f"The whole life: fitness (black){sibling}, and below it who was in charge. Pale: still to come."
    canvas.add_tooltip(box, f"{words} Click to go to that age.")
    plot = plot_in(box)
    line, future, row = session.line, session.future, session.row
    band = import_pygame().Rect(plot.x, plot.bottom + 2, plot.width, _RIBBON)
    write(canvas, "whole life", (box.x + 12, box.y + 26), 20, TEXT)
    write(canvas, "birth", (box.x + 12, box.bottom - 22), 17, FAINT)
    low, high = _bounds(session)
    whole = _height(plot, low, high)
    known = [line.fitness[:, row], *([future.fitness[:, row]] if future is not None else [])]
    if low < 0.0 < high:
        canvas.line(RULE, (plot.x, whole(0.0)), (plot.right, whole(0.0)))
    if future is not None:
        _curve(canvas, plot, whole, future, future.fitness[:, row], FAINT, 1)
        _control(canvas, band, future, row, pale=True)
    if session.population.learner is not None:
        _curve(canvas, plot, whole, line, session.sibling.line.fitness[:, row], STEERING, 2)
    _curve(canvas, plot, whole, line, line.fitness[:, row], TEXT, 3)
    canvas.rect(RULE, band, 1)
    _control(canvas, band, line, row)
    for tick, _ in session.interventions:
        at = plot.x + plot.width * min(1.0, tick / line.steps)
        canvas.line(FAINT, (at, plot.y), (at, band.bottom), 1)
    at = plot.x + plot.width * line.now
    canvas.line(TEXT, (at, plot.y), (at, band.bottom), 2)
    canvas.polygon(TEXT, [(at - 5, plot.y - 2), (at + 5, plot.y - 2), (at, plot.y + 5)])
    if any(np.isfinite(values).any() for values in known):
        write(canvas, f"{high:.3g}", (plot.right + 6, plot.y - 6), 16, FAINT)
        write(canvas, f"{low:.3g}", (plot.right + 6, plot.bottom - 13), 16, FAINT)
    write(
        canvas,
        duration(line.steps * session.population.world.dt),
        (box.right - 8, box.bottom - 3),
        16,
        FAINT,
        anchor="bottomright",
    )
    _legend(canvas, session, plot)


def share_at(place: tuple[float, float], box: Any) -> float | None:
    """The part of the life, from 0 to 1, that a place of the frame means; None beside the strip in ``box``."""
    plot = plot_in(box)
    if not box.collidepoint(place) or place[0] < plot.x - 20:
        return None
    return min(1.0, max(0.0, (place[0] - plot.x) / plot.width))


def plot_in(box: Any) -> Any:
    """The curves' own place in ``box``."""
    left, top, width, height = box
    return import_pygame().Rect(left + _LEFT, top + 22, width - _LEFT - _RIGHT, height - 22 - _RIBBON - 8)


def _bounds(session: Session) -> tuple[float, float]:
    row = session.row
    lines = [session.line, session.sibling.line, *([session.future] if session.future is not None else [])]
    values = np.concatenate([line.fitness[:, row] for line in lines])
    values = values[np.isfinite(values)]
    if not values.size:
        return 0.0, 1.0
    low, high = min(0.0, float(values.min())), max(0.0, float(values.max()))
    return low, high if high > low else low + 1.0


def _height(plot: Any, low: float, high: float) -> Any:
    return lambda value: plot.bottom - plot.height * (value - low) / (high - low)


def _curve(canvas: Canvas, plot: Any, height: Any, line: LifeLine, values: np.ndarray, colour: Any, width: int) -> None:
    points = [
        (plot.x + plot.width * min(1.0, (place + 0.5) * line.ticks / line.steps), height(float(value)))
        for place, value in enumerate(values)
        if np.isfinite(value)
    ]
    if len(points) > 1:
        canvas.lines(colour, False, points, width)
    elif points:
        canvas.circle(colour, points[0], 2)


def _control(canvas: Canvas, band: Any, line: LifeLine, row: int, pale: bool = False) -> None:
    """Learning's share of control blue from below, steering's orange above it; what is still to come is pale."""
    step = band.width * line.ticks / line.steps
    steering, learning = (_paler(STEERING), _paler(LEARNING)) if pale else (STEERING, LEARNING)
    for place, share in enumerate(line.share[:, row]):
        if np.isfinite(share):
            left = band.x + place * step
            width = min(step + 0.7, band.right - left)  # no gaps where pixels are rounded
            canvas.rect(steering, (left, band.y, width, band.height))
            canvas.rect(learning, (left, band.bottom - band.height * share, width, band.height * share))


def _paler(colour: tuple[int, int, int]) -> tuple[int, ...]:
    return tuple(170 + part // 3 for part in colour)


def _legend(canvas: Canvas, session: Session, plot: Any) -> None:
    unit = session.population.world.fitness_unit
    words = [(TEXT, f"{unit}")]
    if session.population.learner is not None:
        words.append((STEERING, "without learning"))
    if session.interventions:
        tick, what = session.interventions[-1]
        words.append((FAINT, f"{what} at {duration(tick * session.population.world.dt)}"))
    left = plot.x + 8
    for colour, text in words:
        write(canvas, text, (left, plot.y - 19), 17, colour, bold=colour == TEXT)
        left += 10 * len(text) + 26
