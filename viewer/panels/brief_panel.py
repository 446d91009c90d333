"""One animal in brief, below its world: who was in charge, what steering wants, what learning proposes."""

from __future__ import annotations

from typing import Any

from core.canvas import Canvas, write
from viewer.palette import CARD, FAINT, LEARNING, STEERING, TEXT
from viewer.panels.time_panel import ribbon
from viewer.shown import Shown
from viewer.words import act_name


def draw(canvas: Canvas, box: Any, session: Shown) -> None:
    """Draw into ``box`` of the canvas."""
    canvas.rect(CARD, box, border_radius=8)
    steered, row, last = session.population.steered, session.row, session.history.last
    assert steered.reflex is not None
    want = steered.steering.wants[int(steered.reflex.want[row])]
    write(canvas, f"steering wants to {want}", (box.x + 14, box.y + 12), 22, STEERING, bold=True)
    learner = session.population.learner
    words = "no learner"
    if learner is not None and last is not None:
        option = int(last.proposal.option[row])
        names = learner.option_names
        words = f"learning proposes: {act_name(names[option]) if 0 <= option < len(names) else 'an action'}"
    write(canvas, words, (box.x + 14, box.y + 40), 22, LEARNING, bold=True)
    ribbon(canvas, (box.x + 14, box.y + 70, box.width - 28, 22), session.history.in_charge)
    charge = session.history.in_charge
    share = f"{100 * sum(charge) / len(charge):.0f}% learning lately" if charge else ""
    write(canvas, share, (box.right - 14, box.y + 98), 18, FAINT, anchor="topright")
    fitness = session.history.days
    mean = (
        f"{sum(fitness) / len(fitness):.2f} {session.population.world.fitness_unit}" if fitness else "no whole episode yet"
    )
    write(canvas, mean, (box.x + 14, box.y + 98), 18, TEXT)
