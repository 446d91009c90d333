"""Motor programmes with a direction, around the animal: the bluer the better, by what learning forecasts of them."""

from __future__ import annotations

import math

import numpy as np

from core.canvas import PAPER, Canvas
from viewer.palette import BAD, LEARNING, TEXT
from viewer.shown import Shown
from viewer.words import heading_of

_RADIUS, _LONG, _WIDE = 30.0, 11.0, 6.0  # in units of the world's drawing


def draw(canvas: Canvas, session: Shown) -> None:
    """Draw onto the canvas of the world, where the animal has a place and learning has a say."""
    learner, row, tick = session.population.learner, session.row, session.history.last
    centre = session.population.world.animal_at(row)
    if learner is None or tick is None or centre is None or session.population.steered.lesions.learning[row]:
        return
    learned = learner.live_map(row)
    headings = [] if learned is None else [(column, heading_of(name)) for column, name in enumerate(learned.column_names)]
    if learned is None or all(heading is None for _, heading in headings):
        return
    worth, full = learned.values[-1], session.full_scale(len(learned.values))
    scale = max(1e-9, float(np.abs(worth).max() if full is None else full[-1]))
    for column, heading in headings:
        if heading is None:
            continue
        shade = float(np.clip(worth[column] / scale, -1.0, 1.0))
        ink = LEARNING if shade >= 0.0 else BAD
        colour = tuple(round(pale + abs(shade) * (part - pale)) for pale, part in zip(PAPER, ink, strict=True))
        chosen = column == learned.marked and not tick.proposal.defers[row]
        _arrow(canvas, centre, math.radians(heading), colour, chosen)


def _arrow(canvas: Canvas, centre: tuple[float, float], angle: float, colour: tuple[int, ...], chosen: bool) -> None:
    ahead, side = (math.cos(angle), -math.sin(angle)), (math.sin(angle), math.cos(angle))

    def at(forward: float, sideways: float) -> tuple[float, float]:
        return (
            centre[0] + forward * ahead[0] + sideways * side[0],
            centre[1] + forward * ahead[1] + sideways * side[1],
        )

    longer = 5.0 if chosen else 0.0
    corners = [at(_RADIUS, -_WIDE), at(_RADIUS, _WIDE), at(_RADIUS + _LONG + longer, 0.0)]
    canvas.polygon(colour, corners)
    canvas.polygon(TEXT if chosen else (150, 150, 150), corners, 2 if chosen else 1)
