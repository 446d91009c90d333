"""The learning half: what it proposes, how sure it is, and what it has learned here as a small live map."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from core.canvas import Canvas, write
from core.pygame_check import import_pygame
from learning.subsystem import LiveMap
from viewer.drawing import Gauge, bar, card
from viewer.driving import driving_keys
from viewer.palette import BAD, CARD, FAINT, LEARNING, LEARNING_PALE, RULE, TEXT
from viewer.shown import Shown
from viewer.words import act_name, act_words, short_act_name

_NOTABLE = 0.05  # least worth of an expectation that is told
_SUREST = 9.0  # what is surer than this is said in words
_BETTER = (
    "better by at least: how much more reward the learner expects of its act than of the reflex's, less what it may be wrong by. "
    "Above 0 it is sure of a gain."
)
_FAMILIAR = "familiar here: whether it has been often enough where it is now; from 0, never, to 1."
_EXPECTS = "What is expected soon, whoever acts, in units of reward as steering values it now."


def draw(canvas: Canvas, box: Any, session: Shown) -> None:
    """Draw into ``box`` of the canvas."""
    pygame = import_pygame()
    card(canvas, box, "LEARNING  from scratch", LEARNING, LEARNING_PALE)
    learner, row, tick = session.population.learner, session.row, session.history.last
    if session.driver is not None:
        words = driving_keys(session.population.world) if session.driver.row == row else "another animal is driven"
        write(canvas, words, (box.right - 12, box.y + 14), 19, (255, 255, 255), anchor="midright", room=box.width - 270)
    if learner is None:
        write(canvas, "this agent has no learner", (box.x + 14, box.y + 42), 22, FAINT)
        return
    missing = [name for name, rows in session.population.lesionable().items() if rows[row] and name not in session.innate]
    if missing and session.driver is None:
        words = "lesioned: " + ", ".join(missing)
        write(canvas, words, (box.right - 12, box.y + 14), 19, (255, 255, 255), anchor="midright", bold=True, room=300)
    elif session.driver is None:
        expected = _expects(session)
        write(canvas, expected, (box.right - 12, box.y + 14), 19, (255, 255, 255), anchor="midright", room=330)
        if expected:
            canvas.add_tooltip((box.right - 342, box.y, 342, 28), _EXPECTS)
    if tick is None:
        write(canvas, "press space to start its life", (box.x + 14, box.y + 42), 22, FAINT)
        return
    proposal, option = tick.proposal, int(tick.proposal.option[row])
    name = (
        "to let the reflex act"
        if proposal.defers[row]
        else act_name(learner.option_names[option])
        if 0 <= option < len(learner.option_names)
        else "an action"
    )
    removed = bool(session.population.steered.lesions.learning[row])
    verb, ink = ("would propose", FAINT) if removed else ("proposes", TEXT)
    write(canvas, f"{verb}: {name}", (box.x + 14, box.y + 34), 26, ink, bold=True)
    note = _note(removed, bool(proposal.explores[row]), bool(tick.in_charge[row]))
    write(canvas, note, (box.right - 12, box.y + 38), 20, LEARNING if tick.in_charge[row] else FAINT, anchor="topright")
    half = (box.width - 42) // 2
    left = pygame.Rect(box.x + 14, box.y + 60, half, 20)
    right = pygame.Rect(box.x + 28 + half, box.y + 60, half, 20)
    sure = float(proposal.lower_bound[row])
    text = f"{sure:+.2f}" if abs(sure) <= _SUREST else "certain" if sure > 0.0 else "no"
    better = Gauge("better by at least", float(np.clip(sure, -1.0, 1.0)), -1.0, 1.0, LEARNING, text, _BETTER)
    bar(canvas, better, left)
    bar(canvas, Gauge("familiar here", float(proposal.familiarity[row]), 0.0, 1.0, LEARNING, "", _FAMILIAR), right)
    line = pygame.Rect(box.x + 14, box.y + 82, box.width - 28, 20)
    values, learned = session.option_values(), learner.live_map(row)
    if learned is not None:
        scale = session.full_scale(len(learned.row_names))
        if proposal.defers[row] and learned.marked >= 0:
            learned = replace(learned, marked=0)  # the reflex
        _map(canvas, pygame.Rect(line.x, line.y, line.width, box.bottom - line.y - 6), learned, scale)
    elif values is not None:
        _option_values(canvas, line, box, learner.option_names, values, option)


def _expects(session: Shown) -> str:
    """What is expected soon, whoever acts, in units of reward as steering values it now; the two channels that weigh most."""
    learner, row, tick = session.population.learner, session.row, session.history.last
    found = learner.recall() if learner is not None else None
    if tick is None or found is None or found.predicted_channels is None or tick.reflex.channel_values is None:
        return ""
    worth = found.predicted_channels[row] * tick.reflex.channel_values[row]
    names = session.population.steered.steering.assessed
    most = [index for index in np.argsort(-np.abs(worth))[:2] if abs(worth[index]) >= _NOTABLE]
    return "expects soon: " + ", ".join(f"{names[index]} {worth[index]:+.1f}" for index in most) if most else ""


def _note(removed: bool, explores: bool, in_charge: bool) -> str:
    if removed:
        return "has no say"
    if not in_charge:
        return "does not act"
    return "acts, trying it out" if explores else "acts"


def _map(canvas: Canvas, box: Any, learned: LiveMap, scale: np.ndarray | None) -> None:
    """Blue where positive, red where negative, the stronger the larger; what a full colour means stands to the right."""
    offered = np.ones(learned.values.shape[1], bool) if learned.offered is None else learned.offered
    crossed = "" if offered.all() else "; crossed out: not possible here"
    write(canvas, learned.title + crossed, (box.x, box.y), 17, FAINT)
    write(canvas, "full colour", (box.right, box.y), 17, FAINT, anchor="topright")
    values, names = learned.values, learned.row_names
    meanings = learned.row_meanings or tuple(f"{name}: {learned.title}." for name in names)
    full = np.abs(values).max(axis=1) if scale is None else scale
    if len(values) == 2 and np.array_equal(values[0], values[1]):  # one channel alone is the worth
        values, names, meanings, full = values[1:], names[1:], meanings[1:], full[1:]
    rows, columns = values.shape
    named = len(learned.column_names) == columns
    tall = named and rows <= 2 and any(" " in act_name(name) for name in learned.column_names)
    foot = (31 if tall else 17) if named else 0
    left, top, right = box.x + 88, box.y + 20, box.right - 62
    height, width = (box.bottom - top - foot) / rows, (right - left) / columns
    full = np.maximum(full, 1e-9)
    shade = np.clip(values / full[:, None], -1.0, 1.0)[..., None]
    colour = np.where(shade >= 0, LEARNING, BAD)
    picture = (CARD + np.abs(shade) * (colour - np.array(CARD))).astype(np.uint8)
    size = min(18, max(13, height + 2))
    for row in range(rows):
        middle = top + (row + 0.5) * height
        canvas.add_tooltip((box.x, top + row * height, box.width, height), meanings[row])
        write(canvas, names[row].replace("_", " "), (box.x, middle), size, TEXT, anchor="midleft", room=84)
        write(
            canvas,
            f"±{full[row]:.2g}" if full[row] > 1e-6 else "none yet",
            (box.right, middle),
            size,
            FAINT,
            anchor="midright",
        )
        for column in range(columns):
            where = (left + column * width, top + row * height + 1, width, height - 2)
            canvas.rect(tuple(int(part) for part in picture[row, column]) if offered[column] else RULE, where)
    canvas.rect(RULE, (left, top, right - left, rows * height), 1)
    for column in map(int, np.flatnonzero(~offered)):
        start, end = left + column * width + 2, left + (column + 1) * width - 2
        canvas.line(FAINT, (start, top + rows * height - 2), (end, top + 2))
    if 0 <= learned.marked < columns:
        canvas.rect(TEXT, (left + learned.marked * width, top, width, rows * height), 2)
    if foot:
        for column, name in enumerate(learned.column_names):
            ink = TEXT if column == learned.marked else FAINT
            words = act_words(name) if tall else (short_act_name(name, max(6, int(width / 6.5))),)
            canvas.add_tooltip((left + column * width, box.bottom - foot, width, foot + 2), name)
            for line, word in enumerate(words):
                place = (left + (column + 0.5) * width, box.bottom + 2 - 14 * (len(words) - 1 - line))
                write(canvas, word, place, 16, ink, anchor="midbottom", room=width - 2)


def _option_values(canvas: Canvas, line: Any, box: Any, names: tuple[str, ...], values: np.ndarray, chosen: int) -> None:
    write(canvas, "value of each act here, against the reflex's", (line.x, line.y), 18, FAINT)
    relative = values - values[0]
    largest = max(0.2, float(np.abs(relative).max()))
    columns = 2 if len(names) <= 12 else 3
    rows = -(-len(names) // columns)
    width = (box.width - 28) // columns
    height = min(19, (box.bottom - line.y - 26) // max(1, rows))
    for index, name in enumerate(names):
        left, top = line.x + (index // rows) * width, line.y + 21 + (index % rows) * height
        middle = left + width - 50
        expected = f"Learning expects {values[index]:.2g} of this act here, and {values[0]:.2g} of '{act_name(names[0])}'."
        canvas.add_tooltip((left, top, width, height), f"{act_name(name)}: {expected}")
        write(canvas, act_name(name), (left, top), 18, TEXT if index == chosen else FAINT, bold=index == chosen)
        canvas.line(RULE, (middle, top), (middle, top + height - 4))
        length = 40 * float(relative[index]) / largest
        colour = LEARNING if length >= 0 else BAD
        canvas.rect(colour, (min(middle, middle + length), top + 3, max(1.0, abs(length)), height - 9))
