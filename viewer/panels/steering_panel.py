"""The steering half: what it wants and how urgently, what it senses and signals, its mutable variables, and its rewards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.canvas import Canvas, write
from core.pygame_check import import_pygame
from core.senses import Sense
from viewer.drawing import Gauge, bar, card
from viewer.history import FADES
from viewer.palette import BAD, FAINT, GOOD, STEERING, STEERING_PALE, TEXT
from viewer.shown import Shown
from viewer.timing import span
from viewer.words import BOUNDLESS, words_of_sense, words_of_variable

_PITCH, _CLOSEST = 20, 13
_URGENCY = "urgency: how strongly the reflex insists on acting, from 0 to 1. Urgent reflexes are hard to overrule."


def draw(canvas: Canvas, box: Any, session: Shown) -> None:
    """Draw into ``box`` of the canvas."""
    pygame = import_pygame()
    card(canvas, box, "STEERING  innate, from birth", STEERING, STEERING_PALE)
    steered, row = session.population.steered, session.row
    steering, tick = steered.steering, session.history.last
    reflex = steered.reflex if tick is None else tick.reflex  # of the act that is shown, not of the one to come
    assert reflex is not None
    write(canvas, f"wants to {steering.wants[int(reflex.want[row])]}", (box.x + 14, box.y + 31), 26, TEXT, bold=True)
    missing = [name for name, rows in session.population.lesionable().items() if rows[row] and name in session.innate]
    note = "lesioned: " + ", ".join(missing) if missing else f"urgency {reflex.urgency[row]:.2f}"
    write(canvas, note, (box.right - 12, box.y + 35), 18, BAD if missing else FAINT, anchor="topright")
    canvas.add_tooltip((box.right - 160, box.y + 30, 160, 26), "" if missing else _URGENCY)
    parts = session.history.parts
    most = 2.0 if parts is None else max(2.0, float(abs(parts).max()))
    rewards = ((part, 0.0 if parts is None else float(parts[index])) for index, part in enumerate(steering.parts))
    lately = span(session.population.world.dt / (1.0 - FADES))
    columns = (
        ("signals, and variables", _gauges(session)),
        ("reward as judged, lately", [_reward(name, value, most, lately) for name, value in rewards]),
        ("what it alone senses", _senses(session)),
    )
    shown = [(title, gauges) for title, gauges in ((title, list(found)) for title, found in columns) if gauges]
    width = (box.width - 14 - 14 * len(shown)) // max(1, len(shown))
    for index, (title, gauges) in enumerate(shown):
        line = pygame.Rect(box.x + 14 + index * (width + 14), box.y + 56, width, _PITCH)
        write(canvas, title, line.topleft, 18, FAINT, room=width)
        line.y += _PITCH - 3
        _fill(canvas, line, box.bottom, gauges)


def _fill(canvas: Canvas, line: Any, bottom: int, gauges: list[Gauge]) -> None:
    """Bars one below the other, closer where there are many; what does not fit is counted."""
    room = bottom - line.y - 2
    pitch = max(_CLOSEST, min(_PITCH - 1, room // max(1, len(gauges))))
    fitting = len(gauges) if pitch * len(gauges) <= room else room // pitch - 1
    for gauge in gauges[:fitting]:
        bar(canvas, gauge._replace(label=gauge.label.replace("_", " ")), line, pitch)
        line.y += pitch
    if fitting < len(gauges):
        write(canvas, f"and {len(gauges) - fitting} more", line.topleft, 17, FAINT)


def _gauges(session: Shown) -> Iterator[Gauge]:
    steered, row = session.population.steered, session.row
    steering = steered.steering
    if steering.signals.size:
        tick = session.history.last
        heard = steered.observation if tick is None else tick.observation  # of the act that is shown, as the reflex is
        signals = steering.signals.split(heard[:, -steering.signals.size :])[row]
        for sense in steering.signals:
            if sense.size == 1:
                yield _of_sense(sense, float(signals[sense.name]))
    for variable in steering.variables:
        value = float(getattr(steering.mutable, variable.name)[row])
        moved = variable.changes_in_life or value != variable.initial
        if moved and variable.high < BOUNDLESS and variable.name not in steering.signals:
            words = words_of_variable(variable)
            yield Gauge(variable.name, value, variable.low, variable.high, FAINT, tooltip=words)


def _senses(session: Shown) -> Iterator[Gauge]:
    world = session.population.world
    reading = world.senses.split(world.observation)[session.row]
    for sense in world.senses:
        if "learning" not in sense.heard_by and sense.size == 1:
            yield _of_sense(sense, float(reading[sense.name]))


def _of_sense(sense: Sense, value: float) -> Gauge:
    return Gauge(sense.name, value, sense.low, sense.high, STEERING, tooltip=words_of_sense(sense))


def _reward(part: str, value: float, most: float, lately: str) -> Gauge:
    words = f"{part.replace('_', ' ')}: what steering gave for this in the last {lately} or so; green is reward, red punishment."
    return Gauge(part, value, -most, most, GOOD if value >= 0 else BAD, tooltip=words)
