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
    steering judged, ``learner_steps`` the steps with the learner in charge, ``steps`` all steps.
    """

    def __init__(self, animals: int, lifetime: int, windows: int) -> None:
        self.curves = {name: np.zeros((animals, windows)) for name in CURVES}
        self._day = np.zeros(animals)
        self._lifetime, self._windows, self._step = lifetime, windows, 0

    def __call__(self, population: Population, tick: Tick) -> None:
        window = self._step * self._windows // self._lifetime
        curves = self.curves
        self._day += tick.fitness
        curves["reward"][:, window] += tick.verdict.reward
        curves["learner_steps"][:, window] += tick.in_charge
        curves["steps"][:, window] += 1
        ended = tick.ended
        if ended.any():
            curves["day_fitness"][ended, window] += self._day[ended]
            curves["days"][ended, window] += 1
            curves["deaths"][:, window] += tick.terminated
            self._day[ended] = 0.0
        self._step += 1
