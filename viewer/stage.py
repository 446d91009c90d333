"""Composes one frame of the viewer from its panels, at any size; needs no screen."""

from __future__ import annotations

import textwrap
from typing import Any

import numpy as np

from core.canvas import Canvas, font, write
from core.pygame_check import import_pygame
from viewer.keys import help_rows
from viewer.layout import WIDE, Layout, layout_of
from viewer.palette import BACKGROUND, CARD, FAINT, LEARNING, RULE, STEERING, TEXT
from viewer.panels import brief_panel, learning_panel, life_panel, steering_panel, time_panel, world_panel
from viewer.session import Session
from viewer.timing import duration
from viewer.why import why

SIZE = WIDE.size
_LINE = 22  # units from one line of the sentence to the next
_LETTERS = 62  # of a line of a tooltip
_RECENT = 20  # bins of the life line that the mean is taken over
_FITNESS = (
    "Fitness: the world's verdict on this life. It only scores the animal; no learner is ever told. What teaches it is the reward that "
    "steering gives."
)
_IN_CHARGE = (
    (STEERING, "steering in charge", "Steering in charge: the animal does what its innate reflexes say."),
    (LEARNING, "learning in charge", "Learning in charge: the animal does what it has learned to prefer."),
)


def compose(
    session: Session, status: str = "", message: str = "", show_help: bool = False, size: tuple[int, int] = SIZE
) -> Canvas:
    """One frame of ``size`` pixels, laid out for its proportions."""
    layout = layout_of(size)
    whole = Canvas.blank(size, BACKGROUND)
    canvas = whole.inside((0, 0, *size), layout.size)
    population = session.population
    title = f"{population.world_name}   {session.agent}, animal {session.row + 1} of {session.animals}"
    write(canvas, title, (20, 8), 28, TEXT, bold=True)
    write(canvas, f"age {duration(session.age)}   {status}", layout.age, 22, FAINT, anchor="topright")
    if session.twin is None:
        _one(canvas, session, layout)
    else:
        _two(canvas, session, session.twin, layout)
    life_panel.draw(canvas, session, layout.box("life"))
    _footer(canvas, session, message, layout)
    if show_help:
        _help(canvas, layout)
    return whole


def _one(canvas: Canvas, session: Session, layout: Layout) -> None:
    world_panel.draw(canvas, layout.box("world"), session)
    steering_panel.draw(canvas, layout.box("steering"), session)
    learning_panel.draw(canvas, layout.box("learning"), session)
    sentence = why(session)
    if sentence:
        charged = session.history.last is not None and session.history.last.in_charge[session.row]
        left, top, width, height = layout.sentence
        canvas.rect(LEARNING if charged else STEERING, (left, top, 6, height), border_radius=3)
        lines = textwrap.wrap(sentence, width // 10) if height > 2 * _LINE else [sentence]
        for index, line in enumerate(lines):
            write(canvas, line, (left + 14, top - 1 + _LINE * index), 23, TEXT, room=width - 14)
    time_panel.draw(canvas, layout.box("time"), session)


def _two(canvas: Canvas, session: Session, twin: Session, layout: Layout) -> None:
    box, width = import_pygame().Rect, layout.view_width
    for (left, top, world, brief), shown, who in zip(layout.views, (twin, session), ("newborn", "grown"), strict=True):
        write(canvas, f"{who}, now at {duration(shown.age)} of age", (left + 4, top), 22, TEXT, bold=True)
        world_panel.draw(canvas, box(left, top + 26, width, world), shown)
        brief_panel.draw(canvas, box(left, top + world + 32, width, brief), shown)


def _footer(canvas: Canvas, session: Session, message: str, layout: Layout) -> None:
    history, unit = session.history, session.population.world.fitness_unit
    who = "grown, " if session.twin is not None else ""
    line = session.line
    bins = line.fitness[: line.lived // line.ticks, session.row][-_RECENT:]
    past = bins[np.isfinite(bins)]
    recent = "no whole episode yet"
    if past.size:
        lasted = duration(past.size * line.ticks * session.population.world.dt)
        recent = f"mean {past.mean():.2f} over the last {lasted}"
    deaths = f"   deaths {history.deaths}" if history.deaths else ""
    write(
        canvas,
        f"{who}{unit}: {history.today:.2f} so far   {recent}{deaths}",
        layout.footer,
        21,
        TEXT,
        room=layout.footer_room,
    )
    canvas.add_tooltip((*layout.footer, layout.footer_room, _LINE), _FITNESS)
    left, top = layout.charge
    write(canvas, "H for help", (layout.right, top - 1), 21, FAINT, anchor="topright")
    for index, (colour, name, words) in enumerate(_IN_CHARGE):
        place = left + 190 * index
        canvas.rect(colour, (place, top + 1, 16, 16), border_radius=3)
        write(canvas, name, (place + 22, top), 20, TEXT)
        canvas.add_tooltip((place, top, 180, _LINE), words)
    if message:
        _note(canvas, message, layout)


def _note(canvas: Canvas, message: str, layout: Layout) -> None:
    """What just happened, over the foot of the world."""
    lines = textwrap.wrap(message, 60)
    height = 14 + _LINE * len(lines)
    world = layout.box("world")
    _say(canvas, lines, (world.x + 10, world.bottom - 8 - height, world.width - 20, height), 20)


def tooltip_at(canvas: Canvas, pixel: tuple[int, int]) -> str | None:
    """What was said last of a box that holds this pixel."""
    return next((text for box, text in reversed(canvas.tooltips) if box.collidepoint(pixel)), None)


def draw_tooltip(surface: Any, place: tuple[int, int], text: str) -> None:
    """Lay what the mouse points at, at pixel ``place``, over a shown frame."""
    layout = layout_of(surface.get_size())
    canvas = Canvas(surface).inside((0, 0, *surface.get_size()), layout.size)
    lines = textwrap.wrap(text, _LETTERS)
    width, height = 22 + max(font(19).size(line)[0] for line in lines), 14 + _LINE * len(lines)
    x, y = layout.in_units(place, surface.get_size())
    left, top = (
        min(x + 14, layout.right - width),
        y + 20 if y + 20 + height < layout.size[1] - layout.bar else y - 8 - height,
    )
    _say(canvas, lines, (left, top, width, height), 19)


def _say(canvas: Canvas, lines: list[str], box: tuple[float, float, float, float], size: int) -> None:
    """Lines of text on a card, which covers what lies below it, its tooltips too."""
    left, top, width, _ = box
    canvas.rect(CARD, box, border_radius=8)
    canvas.rect(TEXT, box, 1, border_radius=8)
    canvas.add_tooltip(box, "")
    for index, line in enumerate(lines):
        write(canvas, line, (left + 11, top + 7 + _LINE * index), size, TEXT, room=width - 22)


def _help(canvas: Canvas, layout: Layout) -> None:
    rows, pitch = help_rows(), 27
    height = 56 + pitch * len(rows)
    left, top = (layout.size[0] - 660) / 2, (layout.size[1] - layout.bar - height) / 2
    canvas.add_tooltip((left, top, 660, height), "")
    canvas.rect(CARD, (left, top, 660, height), border_radius=10)
    canvas.rect(RULE, (left, top, 660, height), 2, border_radius=10)
    write(canvas, "keys; the bar below does the same with the mouse", (left + 24, top + 14), 24, TEXT, bold=True)
    for index, (keys, meaning) in enumerate(rows):
        write(canvas, keys, (left + 24, top + 48 + pitch * index), 22, LEARNING)
        write(canvas, meaning, (left + 190, top + 48 + pitch * index), 22, TEXT, room=450)


def progress(frame: Canvas, done: int, total: int, what: str) -> None:
    """Lay a progress bar over the foot of a frame, so that the growing animal is seen."""
    layout = layout_of(frame.surface.get_size())
    canvas = frame.inside((0, 0, *frame.surface.get_size()), layout.size)
    left, top, width = 20, layout.size[1] - layout.bar - 4, layout.size[0] - 40
    canvas.rect(CARD, (left, top, width, 44), border_radius=10)
    canvas.rect(RULE, (left, top, width, 44), 2, border_radius=10)
    write(canvas, f"{what}: {done:,} of {total:,} steps", (left + 16, top + 11), 22, TEXT)
    room = width - 440
    canvas.rect(RULE, (left + 420, top + 15, room, 14), border_radius=6)
    canvas.rect(LEARNING, (left + 420, top + 15, room * done / max(1, total), 14), border_radius=6)
