"""Lives in one side of a fooled niche: made at birth, and made honest late in life."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from agents.catalogue import agent_spec
from agents.genome import Genome
from agents.life import live
from agents.population import Population
from agents.steered_world import Tick
from benchmark.results.curves import CurveRecorder
from benchmark.results.jobs import NicheJob
from core.interfaces import Verdict
from core.streams import RowStreams
from envs.registration import niche_of, world_class

_SHUFFLED_OVER = 1000  # steps among which a reward is drawn
_REFERENCE = 8, 3  # animals and episodes by which fitness is put on the scale of reward


class _LureRecorder:
    """Steps in which each animal used what is in the niche, (animals, windows)."""

    def __init__(self, job: NicheJob, counts: bool) -> None:
        self.steps = np.zeros((job.animals, job.windows))
        self._counts, self._job, self._step = counts, job, 0

    def __call__(self, population: Population, tick: Tick) -> None:
        if self._counts:
            self.steps[:, self._step * self._job.windows // self._job.lifetime] += population.world.body.lured
        self._step += 1


def live_in_niche(job: NicheJob, genome: Genome | None = None) -> dict[str, np.ndarray]:
    """Let the animals of a job live; returns their curves, as :class:`benchmark.results.curves.CurveRecorder` has them.

    Args:
        job: which animals, where.
        genome: their innate settings, where they are not the usual ones.
    """
    niche, kind = niche_of(job.world, job.niche), world_class(job.world)
    options = {"steering": job.steering} if job.steering else {}
    lifetime = job.lifetime * kind.dt
    agent = job.agent if genome is None else replace(agent_spec(job.agent), genome=genome)
    population = Population(agent, job.world, job.animals, seed=job.first_seed, lifetime=lifetime, **options)
    population.world.manipulate(niche.switch, **getattr(niche, job.side))
    if job.control == "no plasticity":
        population.lesion("plasticity")
    elif job.control:
        population.steered.teacher = _teacher(job)
    curves, lured = CurveRecorder(job.animals, job.lifetime, job.windows), _LureRecorder(job, niche.lures)
    until = -(-job.removed * job.lifetime // job.windows)
    live(population, until, [curves, lured])
    population.world.manipulate(niche.switch, **niche.honest)
    live(population, job.lifetime - until, [curves, lured])
    return curves.curves | {"lured_steps": lured.steps}


def _teacher(job: NicheJob) -> Callable[[Verdict, np.ndarray], np.ndarray]:
    if job.control == "flipped reward":
        return lambda verdict, fitness: -verdict.reward
    if job.control == "fitness as reward":
        unit = _reward_of_fitness(job)
        return lambda verdict, fitness: unit * fitness
    return _Shuffled(job)


class _Shuffled:
    """Each animal's own rewards, each at the time of another of the last so many steps."""

    def __init__(self, job: NicheJob) -> None:
        self._streams = RowStreams(job.animals, ("shuffle",))
        seeds = np.arange(job.first_seed, job.first_seed + job.animals).astype(np.uint64)
        self._streams.seed(seeds, np.ones(job.animals, bool))
        self._past = np.zeros((job.animals, _SHUFFLED_OVER))
        self._step = 0

    def __call__(self, verdict: Verdict, fitness: np.ndarray) -> np.ndarray:
        self._past[:, self._step % _SHUFFLED_OVER] = verdict.reward
        self._step += 1
        known = min(self._step, _SHUFFLED_OVER)
        chosen = np.floor(known * self._streams.uniform("shuffle", 1)[:, 0]).astype(int)
        return self._past[np.arange(len(chosen)), chosen]


class _Sums:
    """What all animals together were judged by steering and by the world, (2,)."""

    def __init__(self) -> None:
        self.of = np.zeros(2)

    def __call__(self, population: Population, tick: Tick) -> None:
        self.of += tick.verdict.judged.sum(), tick.fitness.sum()


def _reward_of_fitness(job: NicheJob) -> float:
    """Reward that a unit of fitness is worth, so that the way from random to oracle is as long in both."""
    animals, episodes = _REFERENCE
    found = {}
    for agent in ("random", "oracle"):
        options = {"steering": job.steering} if job.steering else {}
        population = Population(agent, job.world, animals, seed=0, **options)  # the same unit for every animal
        summed = _Sums()
        live(population, episodes * population.world.max_episode_steps, [summed])
        found[agent] = summed.of
    reward, fitness = found["oracle"] - found["random"]
    return float(reward / fitness)
