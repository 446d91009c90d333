"""The steering half: what it wants and how urgently, what it senses and signals, its mutable variables, and its rewards."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from core.canvas import Canvas, write
from core.pygame_check import import_pygame
from viewer.drawing import Gauge, bar, card
from viewer.palette import BAD, FAINT, GOOD, STEERING, STEERING_PALE, TEXT
from viewer.shown import Shown

_PITCH, _CLOSEST = 20, 15


def draw(canvas: Canvas, box: Any, session: Shown) -> None:
    """Draw into ``box`` of the canvas."""
    pygame = import_pygame()
    card(canvas, box, "STEERING  innate, from birth", STEERING, STEERING_PALE)
    steered, row = session.population.steered, session.row
    steering, tick = steered.steering, session.history.last
    reflex = steered.reflex if tick is None else tick.reflex  # of the act that is shown, not of the one to come
    assert reflex is not None
    write(canvas, f"wants to {steering.wants[int(reflex.want[row])]}", (box.x + 14, box.y + 36), 28, TEXT, bold=True)
    missing = [name for name, rows in session.population.lesionable().items() if rows[row] and name in session.innate]
    note = "lesioned: " + ", ".join(missing) if missing else f"urgency {reflex.urgency[row]:.2f}"
    write(canvas, note, (box.right - 12, box.y + 40), 18, BAD if missing else FAINT, anchor="topright")
    half = (box.width - 42) // 2
    left = pygame.Rect(box.x + 14, box.y + 66, half, _PITCH)
    right = pygame.Rect(box.x + 28 + half, box.y + 66, half, _PITCH)
    write(canvas, "signals, and variables that may change", left.topleft, 18, FAINT)
    left.y += _PITCH
    _fill(canvas, left, box.bottom, _gauges(session))
    write(canvas, "reward as it is judged (last seconds)", right.topleft, 18, FAINT)
    right.y += _PITCH
    parts = session.history.parts
    most = 2.0 if parts is None else max(2.0, float(abs(parts).max()))
    rewards = ((part, 0.0 if parts is None else float(parts[index])) for index, part in enumerate(steering.parts))
    _fill(canvas, right, box.bottom, (Gauge(name, v, -most, most, GOOD if v >= 0 else BAD) for name, v in rewards))
    senses = list(_senses(session))
    if senses and right.bottom + _PITCH < box.bottom:
        right.y += 3
        write(canvas, "what it alone senses", right.topleft, 18, FAINT)
        right.y += _PITCH
        _fill(canvas, right, box.bottom, senses)


def _fill(canvas: Canvas, line: Any, bottom: int, gauges: Any) -> None:
    """Bars one below the other, closer where there are many, as many as fit; ``line`` moves on."""
    gauges = list(gauges)
    pitch = max(_CLOSEST, min(_PITCH - 1, (bottom - line.y - 2) // max(1, len(gauges))))
    for gauge in gauges:
        if line.y + pitch > bottom:
            return
        bar(canvas, gauge._replace(label=gauge.label.replace("_", " ")), line)
        line.y += pitch


def _gauges(session: Shown) -> Iterator[Gauge]:
    steered, row = session.population.steered, session.row
    steering = steered.steering
    if steering.signals.size:
        signals = steering.signals.split(steered.observation[:, -steering.signals.size :])[row]
        for sense in steering.signals:
            if sense.size == 1:
                yield Gauge(sense.name, float(signals[sense.name]), sense.low, sense.high, STEERING)
    for variable in steering.variables:
        if variable.high < 1e6 and variable.name not in steering.signals:
            value = float(getattr(steering.mutable, variable.name)[row])
            yield Gauge(variable.name, value, variable.low, variable.high, FAINT)


def _senses(session: Shown) -> Iterator[Gauge]:
    world = session.population.world
    reading = world.senses.split(world.observation)[session.row]
    for sense in world.senses:
        if "learning" not in sense.heard_by and sense.size == 1:
            yield Gauge(sense.name, float(reading[sense.name]), sense.low, sense.high, STEERING)
