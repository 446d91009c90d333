"""The view of a world that has no drawing of its own: what is sensed, and what is declared as state."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.canvas import INK, LEARNING_COLOUR, SIZE, Canvas, write
from core.senses import Sense

_RULE, _FAINT, _CARD = (222, 220, 212), (112, 116, 122), (255, 255, 255)
_TOP, _FOOT, _LEFT = 52, SIZE[1] - 14, 20
_WIDEST_STATE = 210
_ROOMY = 40  # a row this high has room for the meaning


def draw_declared(surface: Canvas, world: Any, row: int) -> None:
    """Draw row ``row`` on 640 x 480 units: a sense of two entries as a place in a field, others as bars from end to end."""
    write(surface, f"{world.id.partition('-v')[0]}   step {int(world.elapsed[row])}", (_LEFT, 14), 26, bold=True)
    reading = world.senses.split(world.observation)[row]
    fields = [sense for sense in world.senses if sense.shape == (2,)]
    others = [sense for sense in world.senses if sense.shape != (2,)]
    right = SIZE[0] - 20 - (_WIDEST_STATE if world.state else 0)
    top = _fields(surface, [(sense, np.asarray(reading[sense.name], float)) for sense in fields], right)
    bars = [
        (sense, label, float(value))
        for sense in others
        for label, value in _entries(sense, np.asarray(reading[sense.name], float))
    ]
    _bars(surface, bars, top, right)
    if world.state:
        _state(surface, world, row, right + 16)


def _entries(sense: Sense, values: np.ndarray) -> list[tuple[str, float]]:
    name = sense.name.replace("_", " ")
    flat = values.ravel()
    return [(name, flat[0])] if flat.size == 1 else [(f"{name} {index + 1}", value) for index, value in enumerate(flat)]


def _fields(surface: Canvas, fields: list[tuple[Sense, np.ndarray]], right: float) -> float:
    """Squares side by side, each with a dot; returns where they end."""
    if not fields:
        return _TOP
    side = min(200.0, (right - _LEFT - 14 * (len(fields) - 1)) / len(fields))
    for index, (sense, (across, up)) in enumerate(fields):
        left, top = _LEFT + index * (side + 14), _TOP + 20
        unit = "" if sense.unit == "1" else f", {sense.unit}"
        write(surface, sense.name.replace("_", " ") + unit, (left, _TOP), 17, room=side)
        surface.rect(_CARD, (left, top, side, side), border_radius=4)
        surface.rect(_RULE, (left, top, side, side), 1, border_radius=4)
        surface.line(_RULE, (left + side / 2, top), (left + side / 2, top + side))
        surface.line(_RULE, (left, top + side / 2), (left + side, top + side / 2))
        x, y = (np.clip((value - sense.low) / (sense.high - sense.low), 0.0, 1.0) for value in (across, up))
        surface.circle(LEARNING_COLOUR, (left + x * side, top + (1.0 - y) * side), max(4.0, side / 28))
    return _TOP + 20 + side + 18


def _bars(surface: Canvas, bars: list[tuple[Sense, str, float]], top: float, right: float) -> None:
    if not bars:
        return
    pitch = min(64.0, (_FOOT - top) / len(bars))
    if pitch < 11.0:
        fitting = int((_FOOT - top) // 11.0) - 1
        write(surface, f"and {len(bars) - fitting} more", (_LEFT, _FOOT - 8), 15, _FAINT)
        bars, pitch = bars[:fitting], 11.0
    size = min(19.0, pitch + 1.0)
    start, end = _LEFT + min(150.0, 0.34 * (right - _LEFT)), right - 96
    for index, (sense, label, value) in enumerate(bars):
        y = top + index * pitch
        write(surface, label, (_LEFT, y), size, room=start - _LEFT - 6)
        thick = min(14.0, pitch - 3.0)
        surface.rect(_RULE, (start, y + 2, end - start, thick), border_radius=3)
        share = min(1.0, max(0.0, (value - sense.low) / (sense.high - sense.low)))
        zero = min(1.0, max(0.0, -sense.low / (sense.high - sense.low)))
        left, wide = start + min(zero, share) * (end - start), abs(share - zero) * (end - start)
        surface.rect(LEARNING_COLOUR, (left, y + 2, max(2.0, wide), thick), border_radius=3)
        write(surface, _in_unit(value, sense.unit), (end + 8, y), size, room=88)
        if pitch >= _ROOMY:
            write(surface, f"{sense.low:g}", (start, y + thick + 3), 15, _FAINT)
            write(surface, f"{sense.high:g}", (end, y + thick + 3), 15, _FAINT, anchor="topright")
            write(
                surface,
                sense.meaning,
                ((start + end) / 2, y + thick + 3),
                15,
                _FAINT,
                anchor="midtop",
                room=end - start - 70,
            )


def _state(surface: Canvas, world: Any, row: int, left: float) -> None:
    """What is declared as state, as much as fits."""
    fields = list(world.state)
    pitch = min(22.0, max(13.0, (_FOOT - _TOP) / len(fields)))
    fitting = len(fields) if pitch * len(fields) <= _FOOT - _TOP else int((_FOOT - _TOP) // pitch) - 1
    for index, field in enumerate(fields[:fitting]):
        y = _TOP + index * pitch
        write(surface, field.name.replace("_", " "), (left, y), min(17.0, pitch + 2.0), _FAINT, room=106)
        value = _in_unit(getattr(world.body, field.name)[row], field.unit)
        write(surface, value, (left + 110, y), min(17.0, pitch + 2.0), INK, room=SIZE[0] - 4 - left - 110)
    if fitting < len(fields):
        write(surface, f"and {len(fields) - fitting} more", (left, _TOP + fitting * pitch), 15, _FAINT)


def _in_unit(value: Any, unit: str) -> str:
    """A value as people write it; of many, the first two."""
    numbers = np.asarray(value, float).ravel()
    if unit == "bool":
        return "yes" if numbers.all() else "no"
    text = ", ".join(f"{number:.3g}" for number in numbers[:2]) + (" ..." if numbers.size > 2 else "")
    return text if unit in ("1", "index") else f"{text} {unit}"
