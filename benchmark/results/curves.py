"""An observer that keeps the raw curve of every animal: sums over windows of age."""

from __future__ import annotations

import numpy as np

from agents.population import Population
from agents.steered_world import Tick

CURVES = ("day_fitness", "days", "deaths", "reward", "learner_steps", "steps")


class CurveRecorder:
    """Sums for each animal and window of age.

    ``curves[name]`` is (animals, windows) float64: ``day_fitness`` is the fitness of the days that ended
    in the window and ``days`` their number, ``deaths`` how many of them ended in death, ``reward`` what
    steering judged (before any expectation), ``learner_steps`` the steps with the learner in charge, ``steps`` all steps.
    """

    def __init__(self, animals: int, lifetime: int, windows: int) -> None:
        self._sums = {name: np.zeros((windows, animals)) for name in CURVES}  # a window's row is in one piece
        self._day = np.zeros(animals)
        self._lifetime, self._windows, self._step = lifetime, windows, 0
        self._ends = 0

    @property
    def curves(self) -> dict[str, np.ndarray]:
        """(animals, windows) for each quantity."""
        return {name: np.ascontiguousarray(sums.T) for name, sums in self._sums.items()}

    def __call__(self, population: Population, tick: Tick) -> None:
        if self._step >= self._ends:
            self._open()
        day_fitness, days, deaths, reward, learner_steps, steps = self._rows
        self._day += tick.fitness
        reward += tick.verdict.judged
        learner_steps += tick.in_charge
        steps += 1
        ended = tick.ended
        if ended.any():
            day_fitness[ended] += self._day[ended]
            days[ended] += 1
            deaths += tick.terminated
            self._day[ended] = 0.0
        self._step += 1

    def _open(self) -> None:
        """Turn to the window of the present step."""
        window = self._step * self._windows // self._lifetime
        self._rows = [self._sums[name][window] for name in CURVES]
        self._ends = -(-(window + 1) * self._lifetime // self._windows)
