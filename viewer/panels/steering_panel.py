"""The steering half: what it wants and how urgently, what it signals, its mutable variables, and its rewards."""

from __future__ import annotations

from typing import Any

from agents.lesions import lesionable
from envs.canvas import write
from envs.pygame_check import import_pygame
from viewer.drawing import bar, card
from viewer.palette import BAD, FAINT, GOOD, STEERING, STEERING_PALE, TEXT
from viewer.session import Session


def draw(surface: Any, box: Any, session: Session) -> None:
    """Draw into ``box`` of the surface."""
    pygame = import_pygame()
    card(surface, box, "STEERING  innate, from birth", STEERING, STEERING_PALE)
    steered, row = session.population.steered, session.row
    steering, reflex = steered.steering, steered.reflex
    assert reflex is not None
    write(surface, f"wants to {steering.wants[int(reflex.want[row])]}", (box.x + 14, box.y + 38), 30, TEXT, bold=True)
    missing = [name for name, rows in lesionable(session.population).items() if rows[row] and name in session.innate]
    if missing:
        write(surface, "lesioned: " + ", ".join(missing), (box.right - 12, box.y + 44), 18, BAD, anchor="topright")
    line = pygame.Rect(box.x + 14, box.y + 68, box.width - 28, 20)
    shown = [v for v in steering.variables if v.high < 1e6 and v.name not in steering.signals]
    lines = len(steering.signals.names) + len(shown) + 1 + len(steering.parts)
    pitch = min(18, (box.bottom - line.y - 8) // lines)  # a species of many variables is written closer
    line.height = min(20, pitch + 2)
    signals = steering.signals.split(steered.context[:, -steering.signals.size :])[row] if steering.signals.size else None
    for sense in steering.signals:
        if signals is not None and sense.size == 1:
            bar(surface, sense.name.replace("_", " "), float(signals[sense.name]), sense.low, sense.high, line, STEERING)
            line.y += pitch
    for variable in shown:
        value = float(getattr(steering.mutable, variable.name)[row])
        bar(surface, variable.name.replace("_", " "), value, variable.low, variable.high, line, FAINT)
        line.y += pitch
    line.y += 4
    write(surface, "reward as it is judged (last seconds)", (line.x, line.y), 18, FAINT)
    line.y += pitch
    parts = session.history.parts
    most = 2.0 if parts is None else max(2.0, float(abs(parts).max()))
    for index, part in enumerate(steering.parts):
        value = 0.0 if parts is None else float(parts[index])
        if line.bottom <= box.bottom:
            bar(surface, part.replace("_", " "), value, -most, most, line, GOOD if value >= 0 else BAD)
            line.y += pitch
