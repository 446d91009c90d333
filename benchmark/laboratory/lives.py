"""What experiments on whole lives share: days, scores on the scale from random to oracle, and who did what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from agents.life import Observer, live
from agents.population import Population
from agents.steered_world import Tick
from benchmark.results.curves import CurveRecorder
from benchmark.results.gathered import day_fitness
from benchmark.results.scale import Scale
from benchmark.results.statistics import mean_interval
from envs.registration import world_class

AGES = 10
ESSAY = "Byrnes, Intro to brain-like-AGI safety, post 2"
WORLDS = {
    "": "LoomingEscape",
    "r": "SaltAppetite",
    "b": "Birdsong",
    "f": "Rivals",
    "o": "Orienting",
    "e": "Eyeblink",
    "d": "OdourChoice",
}
"""The species, by the letter (mouse: none, rat, bird, fighter, owl, eyelid, Drosophila) that an experiment's id ends with."""


def episodes_of(world: str, share: float) -> int:
    """Episodes of a share of the species' life, at least two."""
    return max(2, round(share * world_class(world).life_episodes))


def live_days(population: Population, days: int, observers: tuple[Observer, ...] = ()) -> np.ndarray:
    """(animals,) mean fitness of the next days (episodes) of these animals; NaN where none ended."""
    steps = days * population.world.max_episode_steps
    recorder = CurveRecorder(population.animals, steps, 1)
    live(population, steps, [recorder, *observers])
    return day_fitness(recorder.curves)


def first_days(
    agent: Any, world: str, animals: int, seed: int, days: int, frozen: bool = True, **options: Any
) -> np.ndarray:
    """(animals,) mean fitness of the first days of life, without plasticity if ``frozen``."""
    population = Population(agent, world, animals, seed=seed, **options)
    if frozen and population.learner is not None:
        population.lesion("plasticity")
    return live_days(population, days)


def life_by_age(agent: Any, world: str, animals: int, seed: int, days: int, *observers: Observer, **options: Any) -> Any:
    """The population after so many days, and its curves in ten ages."""
    population = Population(agent, world, animals, seed=seed, **options)
    steps = days * population.world.max_episode_steps
    recorder = CurveRecorder(animals, steps, AGES)
    live(population, steps, [recorder, *observers])
    return population, recorder.curves


def scale_of(world: str, animals: int, seed: int, days: int) -> Scale:
    """The scale of the first days of these lives."""
    zero, one = (float(np.nanmean(first_days(agent, world, animals, seed, days))) for agent in ("random", "oracle"))
    return Scale(zero, one)


class WantRecorder:
    """For each of steering's wants and each of ``ages`` ages: steps, the learner's steps, and what steering judged.

    ``steps``, ``learner`` and ``judged`` are (ages, wants).
    """

    def __init__(self, wants: int, total: int, ages: int = AGES) -> None:
        self.steps, self.learner, self.judged = (np.zeros((ages, wants)) for _ in range(3))
        self._total, self._ages, self._step = total, ages, 0

    def __call__(self, population: Population, tick: Tick) -> None:
        age = min(self._ages - 1, self._step * self._ages // self._total)
        wants = self.steps.shape[1]
        self.steps[age] += np.bincount(tick.reflex.want, minlength=wants)
        self.learner[age] += np.bincount(tick.reflex.want, tick.in_charge, minlength=wants)
        self.judged[age] += np.bincount(tick.reflex.want, tick.verdict.judged, minlength=wants)
        self._step += 1


def told(name: str, values: np.ndarray) -> dict[str, float]:
    """A mean with its interval, as three entries of an experiment's details."""
    found = mean_interval(values)
    return {name: found["mean"], f"{name}, low": found["low"], f"{name}, high": found["high"]}


def told_all(values: Mapping[str, np.ndarray]) -> dict[str, float]:
    """As :func:`told`, for many."""
    found: dict[str, float] = {}
    for name, numbers in values.items():
        found |= told(name, numbers)
    return found
