"""The learning half: what it proposes, how sure it is, and its read-out here as a small live map."""

from __future__ import annotations

from typing import Any

import numpy as np

from agents.lesions import lesionable
from envs.canvas import write
from envs.pygame_check import import_pygame
from viewer.drawing import bar, card
from viewer.palette import BAD, FAINT, LEARNING, LEARNING_PALE, RULE, TEXT
from viewer.session import Session


def draw(surface: Any, box: Any, session: Session) -> None:
    """Draw into ``box`` of the surface."""
    pygame = import_pygame()
    card(surface, box, "LEARNING  from scratch", LEARNING, LEARNING_PALE)
    learner, row, tick = session.population.learner, session.row, session.history.last
    if learner is None:
        write(surface, "this agent has no learner", (box.x + 14, box.y + 42), 22, FAINT)
        return
    missing = [name for name, rows in lesionable(session.population).items() if rows[row] and name not in session.innate]
    if missing:
        write(surface, "lesioned: " + ", ".join(missing), (box.right - 12, box.bottom - 24), 18, BAD, anchor="topright")
    if tick is None:
        write(surface, "press space to start its life", (box.x + 14, box.y + 42), 22, FAINT)
        return
    proposal, option = tick.proposal, int(tick.proposal.option[row])
    name = learner.option_names[option] if 0 <= option < len(learner.option_names) else "a command"
    write(surface, f"proposes: {name}", (box.x + 14, box.y + 38), 26, TEXT, bold=True)
    note = "tries it out" if proposal.explores[row] else "has control" if tick.in_charge[row] else "watches"
    write(surface, note, (box.right - 12, box.y + 42), 20, LEARNING if tick.in_charge[row] else FAINT, anchor="topright")
    line = pygame.Rect(box.x + 14, box.y + 64, box.width - 28, 20)
    bar(surface, "sure by", float(np.clip(proposal.confidence[row], -9, 9)), -1.0, 1.0, line, LEARNING)
    line.y += 20
    bar(surface, "familiarity", float(proposal.familiarity[row]), 0.0, 1.0, line, LEARNING)
    values = session.option_values()
    if values is not None:
        line.y += 26
        _option_map(surface, line, box, learner.option_names, values, option)


def _option_map(surface: Any, line: Any, box: Any, names: tuple[str, ...], values: np.ndarray, chosen: int) -> None:
    pygame = import_pygame()
    write(surface, "value of each act here, against the reflex's", (line.x, line.y), 18, FAINT)
    relative = values - values[0]
    largest = max(0.2, float(np.abs(relative).max()))
    rows = -(-len(names) // 2)
    width = (box.width - 28) // 2
    height = min(19, (box.bottom - line.y - 26) // max(1, rows))
    for index, name in enumerate(names):
        left, top = line.x + (index // rows) * width, line.y + 20 + (index % rows) * height
        middle = left + width - 50
        write(surface, name, (left, top), 17, TEXT if index == chosen else FAINT, bold=index == chosen)
        pygame.draw.line(surface, RULE, (middle, top), (middle, top + height - 4))
        length = 40 * float(relative[index]) / largest
        colour = LEARNING if length >= 0 else BAD
        pygame.draw.rect(surface, colour, (min(middle, middle + length), top + 3, max(1.0, abs(length)), height - 9))
