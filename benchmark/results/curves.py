"""An observer that keeps the raw curve of every animal: sums over windows of age."""

from __future__ import annotations

import numpy as np

from agents.disagreement import Disagreement
from agents.population import Population
from agents.steered_world import Tick

_THAT_MATTER = ("steps_that_matter", "learner_steps_that_matter")
CURVES = ("day_fitness", "days", "deaths", "reward", "learner_steps", "steps", *_THAT_MATTER)
BY_WANT = ("want_steps", "want_learner_steps")


class CurveRecorder:
    """Sums for each animal and window of age.

    ``curves[name]`` is (animals, windows) float64: ``day_fitness`` is the fitness of the days that ended
    in the window and ``days`` their number, ``deaths`` how many of them ended in death, ``reward`` what
    steering judged (before any expectation), ``learner_steps`` the steps with the learner in charge, ``steps`` all steps;
    ``steps_that_matter`` those at which it matters who is in charge (see :class:`agents.disagreement.Disagreement`), and
    ``learner_steps_that_matter`` those of them with the learner in charge. ``want_steps`` and ``want_learner_steps`` are
    (animals, windows, wants), steps and the learner's steps by what steering wanted.
    """

    def __init__(self, animals: int, lifetime: int, windows: int) -> None:
        self._sums = {name: np.zeros((windows, animals)) for name in CURVES}  # a window's row is in one piece
        self._day = np.zeros(animals)
        self._lifetime, self._windows, self._step = lifetime, windows, 0
        self._ends = 0
        self._everyone = np.arange(animals)
        self._disagreement: Disagreement | None = None

    @property
    def curves(self) -> dict[str, np.ndarray]:
        """(animals, windows) for each quantity, (animals, windows, wants) for those by want."""
        return {name: np.ascontiguousarray(sums.swapaxes(0, 1)) for name, sums in self._sums.items()}

    def __call__(self, population: Population, tick: Tick) -> None:
        if self._disagreement is None:
            self._disagreement = Disagreement(population.world.single_action_space)
            wants = len(population.steered.steering.wants)
            self._sums |= {name: np.zeros((self._windows, len(self._day), wants)) for name in BY_WANT}
        if self._step >= self._ends:
            self._open()
        day_fitness, days, deaths, reward, learner_steps, steps, matter, learner_matter = self._rows
        self._day += tick.fitness
        reward += tick.verdict.judged
        learner_steps += tick.in_charge
        steps += 1
        if population.learner is not None:
            matters = self._disagreement.matters(tick)
            matter += matters
            learner_matter += matters & tick.in_charge
        want_steps, want_learner_steps = self._by_want
        want_steps[self._everyone, tick.reflex.want] += 1
        want_learner_steps[self._everyone, tick.reflex.want] += tick.in_charge
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
        self._by_want = [self._sums[name][window] for name in BY_WANT]
        self._ends = -(-(window + 1) * self._lifetime // self._windows)


def completed(curves: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Curves with NaN for what earlier versions did not count."""
    unknown = np.full_like(curves["steps"], np.nan)
    return curves | {name: unknown for name in _THAT_MATTER if name not in curves}


def share(curves: dict[str, np.ndarray], windows: slice = slice(None), among: str = "steps") -> np.ndarray:
    """(animals,) the learner's part of ``among``, "steps" or "steps_that_matter"; NaN where there were none."""
    steps = curves[among][:, windows].sum(axis=1)
    return np.where(steps > 0, curves[f"learner_{among}"][:, windows].sum(axis=1) / np.maximum(steps, 1), np.nan)
