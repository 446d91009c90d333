"""An observer that keeps a few pictures of one animal, newborn and grown."""

from __future__ import annotations

import numpy as np
from PIL import Image

from agents.population import Population
from agents.steered_world import Tick

MOMENTS = 6
_SIZE = (320, 240)
_PICTURES_A_DAY = 200


class FilmRecorder:
    """Pictures of the first animal around the most urgent moment of its first day and of its last one.

    After the life, ``films`` holds ``film.newborn.*`` and ``film.grown.*``: ``frames`` (6, 240, 320, 3) uint8, ``step``
    (6,) int64, ``learner_in_charge`` (6,) bool and ``urgency`` (6,) float64 of the reflex.
    """

    def __init__(self, lifetime: int, episode_steps: int) -> None:
        self.films: dict[str, np.ndarray] = {}
        self._step, self._every = 0, max(1, episode_steps // _PICTURES_A_DAY)
        self._days = {"newborn": (0, episode_steps), "grown": (lifetime - episode_steps, lifetime)}
        self._taken: list[tuple[np.ndarray, int, bool, float]] = []

    def __call__(self, population: Population, tick: Tick) -> None:
        for age, (first, end) in self._days.items():
            if first <= self._step < end:
                if self._step % self._every == 0 and not tick.ended[0]:
                    picture = Image.fromarray(population.world.frame(0)).resize(_SIZE, Image.Resampling.LANCZOS)
                    urgency = float(tick.reflex.urgency[0])
                    self._taken.append((np.asarray(picture), self._step, bool(tick.in_charge[0]), urgency))
                if self._step == end - 1:
                    self._cut(age)
        self._step += 1

    def _cut(self, age: str) -> None:
        urgencies = [urgency for *_, urgency in self._taken]
        middle = int(np.argmax(urgencies)) if urgencies else 0
        start = max(0, min(middle - MOMENTS // 2, len(self._taken) - MOMENTS))
        columns = zip(*self._taken[start : start + MOMENTS], strict=True)
        for name, values in zip(("frames", "step", "learner_in_charge", "urgency"), columns, strict=True):
            self.films[f"film.{age}.{name}"] = np.array(values)
        self._taken.clear()
