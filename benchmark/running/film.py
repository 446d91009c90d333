"""An observer that keeps a few pictures of one animal, newborn and grown."""

from __future__ import annotations

import copy

import numpy as np
from PIL import Image

from agents.population import Population
from agents.steered_world import Tick
from envs.world import World

MOMENTS = 6
_SIZE = (320, 240)
_LOOKS_A_DAY = 200


class FilmRecorder:
    """Pictures of the first animal around the most urgent moment of its first day and of its last one.

    After the life, ``films`` holds ``film.newborn.*`` and ``film.grown.*``: ``frames`` (6, 240, 320, 3) uint8, ``step``
    (6,) int64, ``learner_in_charge`` (6,) bool and ``urgency`` (6,) float64 of the reflex.
    """

    def __init__(self, lifetime: int, episode_steps: int) -> None:
        self.films: dict[str, np.ndarray] = {}
        self._step, self._every = 0, max(1, episode_steps // _LOOKS_A_DAY)
        self._days = {"newborn": (0, episode_steps), "grown": (lifetime - episode_steps, lifetime)}
        self._seen: list[tuple[dict[str, np.ndarray], int, bool, float]] = []

    def __call__(self, population: Population, tick: Tick) -> None:
        for age, (first, end) in self._days.items():
            if first <= self._step < end:
                if self._step % self._every == 0 and not tick.ended[0]:
                    # drawing takes far longer than living, so only the moments that are kept are drawn, at the end of the day
                    state = {name: values[:1].copy() for name, values in population.world.get_state().items()}
                    self._seen.append((state, self._step, bool(tick.in_charge[0]), float(tick.reflex.urgency[0])))
                if self._step == end - 1:
                    self._cut(age, population.world)
        self._step += 1

    def _cut(self, age: str, world: World) -> None:
        urgencies = [urgency for *_, urgency in self._seen]
        middle = int(np.argmax(urgencies)) if urgencies else 0
        start = max(0, min(middle - MOMENTS // 2, len(self._seen) - MOMENTS))
        states, *columns = zip(*self._seen[start : start + MOMENTS], strict=True)
        for name, values in zip(("step", "learner_in_charge", "urgency"), columns, strict=True):
            self.films[f"film.{age}.{name}"] = np.array(values)
        self.films[f"film.{age}.frames"] = _drawn(states, world)
        self._seen.clear()


def _drawn(states: tuple[dict[str, np.ndarray], ...], world: World) -> np.ndarray:
    """(states, 240, 320, 3) pictures of the first animal in each state, drawn by a twin of its world."""
    twin = copy.deepcopy(world)
    whole = twin.get_state()
    pictures = []
    for state in states:
        for name, values in state.items():
            whole[name][:1] = values
        twin.set_state(whole)
        pictures.append(np.asarray(Image.fromarray(twin.frame(0)).resize(_SIZE, Image.Resampling.LANCZOS)))
    return np.array(pictures)
