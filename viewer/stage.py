"""Composes one frame of the viewer from its panels, at any size; needs no screen."""

from __future__ import annotations

import textwrap

import numpy as np

from core.canvas import Canvas, write
from core.pygame_check import import_pygame
from viewer.keys import help_rows
from viewer.palette import BACKGROUND, CARD, FAINT, LEARNING, RULE, STEERING, TEXT
from viewer.panels import brief_panel, learning_panel, life_panel, steering_panel, time_panel, world_panel
from viewer.session import Session
from viewer.timing import duration
from viewer.why import why

SIZE = (1280, 720)
STEERING_SIZE, LEARNING_SIZE = (688, 206), (688, 206)
_RECENT = 20  # bins of the life line that the mean is taken over
BAR = 50  # units at the bottom that are left to the control bar


def compose(
    session: Session, status: str = "", message: str = "", show_help: bool = False, size: tuple[int, int] = SIZE
) -> Canvas:
    """One frame of ``size`` pixels; what is drawn keeps the proportions of 1280 x 720."""
    whole = Canvas.blank(size, BACKGROUND)
    canvas = whole.inside((0, 0, *size), SIZE)
    population = session.population
    title = f"{population.world_name}   {session.agent}, animal {session.row + 1} of {session.animals}"
    write(canvas, title, (20, 8), 28, TEXT, bold=True)
    write(canvas, f"age {duration(session.age)}   {status}", (1260, 11), 22, FAINT, anchor="topright")
    if session.twin is None:
        _one(canvas, session)
    else:
        _two(canvas, session, session.twin)
    life_panel.draw(canvas, session)
    _footer(canvas, session, message)
    if show_help:
        _help(canvas)
    return whole


def _one(canvas: Canvas, session: Session) -> None:
    box = import_pygame().Rect
    world_panel.draw(canvas, box(20, 40, 544, 420), session)
    steering_panel.draw(canvas, box(572, 40, *STEERING_SIZE), session)
    learning_panel.draw(canvas, box(572, 254, *LEARNING_SIZE), session)
    sentence = why(session)
    if sentence:
        charged = session.history.last is not None and session.history.last.in_charge[session.row]
        canvas.rect(LEARNING if charged else STEERING, (20, 468, 6, 20), border_radius=3)
        write(canvas, sentence, (34, 467), 23, TEXT, room=1226)
    time_panel.draw(canvas, box(20, 492, 1240, 66), session)


def _two(canvas: Canvas, session: Session, twin: Session) -> None:
    box = import_pygame().Rect
    for left, shown, who in ((20, twin, "newborn"), (648, session, "grown")):
        write(canvas, f"{who}, now at {duration(shown.age)} of age", (left + 4, 40), 22, TEXT, bold=True)
        world_panel.draw(canvas, box(left, 66, 612, 366), shown)
        brief_panel.draw(canvas, box(left, 438, 612, 120), shown)


def _footer(canvas: Canvas, session: Session, message: str) -> None:
    history, unit = session.history, session.population.world.fitness_unit
    who = "grown, " if session.twin is not None else ""
    line = session.line
    bins = line.fitness[: line.lived // line.ticks, session.row][-_RECENT:]
    past = bins[np.isfinite(bins)]
    recent = "of no whole episode yet"
    if past.size:
        lasted = duration(past.size * line.ticks * session.population.world.dt)
        recent = f"{past.mean():.2f} over the last {lasted}"
    deaths = f"   deaths {history.deaths}" if history.deaths else ""
    write(canvas, f"{who}{unit}: {history.today:.2f} so far   mean {recent}{deaths}", (20, 646), 21, TEXT, room=620)
    write(canvas, "H for help", (1260, 646), 21, FAINT, anchor="topright")
    for left, colour, name in ((660, STEERING, "steering in charge"), (850, LEARNING, "learning in charge")):
        canvas.rect(colour, (left, 648, 16, 16), border_radius=3)
        write(canvas, name, (left + 22, 647), 20, TEXT)
    if message:
        _note(canvas, message)


def _note(canvas: Canvas, message: str) -> None:
    """What just happened, over the foot of the world."""
    lines = textwrap.wrap(message, 60)
    height = 14 + 22 * len(lines)
    top = 452 - height
    canvas.rect(CARD, (30, top, 524, height), border_radius=8)
    canvas.rect(TEXT, (30, top, 524, height), 1, border_radius=8)
    for index, line in enumerate(lines):
        write(canvas, line, (42, top + 7 + 22 * index), 20, TEXT, room=500)


def _help(canvas: Canvas) -> None:
    rows, pitch = help_rows(), 27
    height = 56 + pitch * len(rows)
    left, top = (SIZE[0] - 660) / 2, (SIZE[1] - BAR - height) / 2
    canvas.rect(CARD, (left, top, 660, height), border_radius=10)
    canvas.rect(RULE, (left, top, 660, height), 2, border_radius=10)
    write(canvas, "keys; the bar below does the same with the mouse", (left + 24, top + 14), 24, TEXT, bold=True)
    for index, (keys, meaning) in enumerate(rows):
        write(canvas, keys, (left + 24, top + 48 + pitch * index), 22, LEARNING)
        write(canvas, meaning, (left + 190, top + 48 + pitch * index), 22, TEXT, room=450)


def in_units(pixel: tuple[int, int], size: tuple[int, int]) -> tuple[float, float]:
    """The place of a 1280 x 720 frame that is shown at a pixel of a window of ``size``."""
    canvas = Canvas(None).inside((0, 0, *size), SIZE)
    return (pixel[0] - canvas.origin[0]) / canvas.scale, (pixel[1] - canvas.origin[1]) / canvas.scale


def progress(frame: Canvas, done: int, total: int, what: str) -> None:
    """Lay a progress bar over the foot of a frame, so that the growing animal is seen."""
    canvas = frame.inside((0, 0, *frame.surface.get_size()), SIZE)
    left, top = 20, SIZE[1] - BAR - 4
    canvas.rect(CARD, (left, top, 1240, 44), border_radius=10)
    canvas.rect(RULE, (left, top, 1240, 44), 2, border_radius=10)
    write(canvas, f"{what}: {done:,} of {total:,} steps", (left + 16, top + 11), 22, TEXT)
    canvas.rect(RULE, (left + 420, top + 15, 800, 14), border_radius=6)
    canvas.rect(LEARNING, (left + 420, top + 15, 800 * done / max(1, total), 14), border_radius=6)
