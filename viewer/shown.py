"""One animal on show: what the panels need to know of it."""

from __future__ import annotations

import numpy as np

from agents.population import Population
from viewer.driving import Driver
from viewer.history import History
from viewer.life_line import LifeLine


class Shown:
    """Row ``row`` of a population, with what is remembered of its last ticks.

    Attributes:
        innate: names of the parts that belong to steering, as lesions name them.
        driver: who drives the animal, if somebody does.
        line: the line of its life, if it is kept.
        future: the same line as it goes on where nobody intervenes, as far as that is known.
    """

    population: Population
    innate: set[str]
    line: LifeLine | None = None
    future: LifeLine | None = None

    def __init__(self, row: int = 0) -> None:
        self.row, self.history = row, History(row)
        self.driver: Driver | None = None

    def show(self, population: Population) -> None:
        """Show this population from now on."""
        self.population = population
        self.innate = {"reflex", "reward", *population.steered.steering.lesionable}

    def option_values(self) -> np.ndarray | None:
        """(options,) the learner's values at its last decision, if it has any."""
        learner = self.population.learner
        return None if learner is None else learner.option_values(self.row)

    def full_scale(self, rows: int) -> np.ndarray | None:
        """(rows,) what counts as a full colour in each row of the live map: what is usual in the life, as far as that is known."""
        lines = [line for line in (self.line, self.future) if line is not None and len(line.received_squares) == rows]
        return np.max([line.sizes(self.row) for line in lines], axis=0) if lines else None

    @property
    def age(self) -> float:
        """Seconds of life."""
        return float(self.population.steered.age[self.row])
