"""Experiments on learning from scratch: the third factor's timing (P5), chance at birth (P6), evolution (H3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np

from agents.population import Population
from benchmark.experiments.criterion import MARGIN, surely_above, surely_below
from benchmark.experiments.experiment import Experiment, Score
from benchmark.laboratory.lives import (
    ESSAY,
    WORLDS,
    episodes_of,
    first_days,
    live_days,
    scale_of,
    told,
    told_all,
)
from benchmark.results.scale import Scale
from benchmark.results.statistics import mean_interval
from benchmark.studies.evolution import Evolution, Plan, genes, innate
from core.interfaces import Verdict


def _late(steps: int, animals: int, sign: float = 1.0) -> Callable[[Verdict, np.ndarray], np.ndarray]:
    """A teacher that gives each reward so many steps late, times a sign."""
    waiting = np.zeros((steps + 1, animals))
    clock = 0

    def teach(verdict: Verdict, fitness: np.ndarray) -> np.ndarray:
        nonlocal clock
        waiting[clock % len(waiting)] = sign * verdict.reward
        clock += 1
        return waiting[clock % len(waiting)].copy()

    return teach


Lived = tuple[Scale, dict[str, np.ndarray]]
"""The scale of a world, and (animals,) fitness under each condition."""


def timing(animals: int, seed: int, world: str) -> Lived:
    """Learners alone that hear steering's reward late, with the wrong sign, or not at all; the last third of a quarter of life.

    The mouse's eligibility lasts about 1.5 s; the bird's peaks at its judgement's delay, half a frame wide, and its
    reward is an error of expectation. Delays are multiples of that.
    """
    eligibility = {"LoomingEscape": 1.5, "Birdsong": 0.005}[world]
    days = episodes_of(world, 0.25)
    scale = scale_of(world, animals, seed, max(2, days // 5))
    fitness: dict[str, np.ndarray] = {}

    def learn(population: Population) -> np.ndarray:
        live_days(population, days - days // 3)
        return live_days(population, days // 3)

    delays = (0.0, 1.0, 3.0, 10.0)
    conditions = [(f"{delay:g} times the eligibility", delay, 1.0) for delay in delays]
    for name, delay, sign in (*conditions, ("wrong sign", 0.0, -1.0)):
        population = Population("learner", world, animals, seed=seed)
        steps = round(delay * eligibility / population.world.dt)
        if steps or sign < 0.0:
            population.steered.teacher = _late(steps, animals, sign)
        fitness[name] = learn(population)
    population = Population("learner", world, animals, seed=seed)
    population.lesion("reward")
    fitness["no reward"] = learn(population)
    return scale, fitness


def score_of_timing(lived: Lived) -> Score:
    """What is learned with each delay: the score above that of a learner without reward."""
    scale, fitness = lived
    scores = {name: scale.score(values) for name, values in fitness.items()}
    learned = {name: values - scores["no reward"] for name, values in scores.items()}
    in_time, late = learned["0 times the eligibility"], learned["3 times the eligibility"]
    details: dict[str, Any] = {f"score, {name}": float(np.nanmean(values)) for name, values in scores.items()}
    details |= told_all(
        {
            "learned in time": in_time,
            "learned at three times the eligibility": late,
            "learned at ten times the eligibility": learned["10 times the eligibility"],
            "learned with the wrong sign": learned["wrong sign"],
        }
    )
    return Score(
        headline="learned at three times the eligibility",
        measures={
            "learned in time": mean_interval(in_time),
            "learned at three times the eligibility": mean_interval(late),
            "learned at three times the eligibility, minus half of learned in time": mean_interval(late - 0.5 * in_time),
            "learned with the wrong sign": mean_interval(learned["wrong sign"]),
        },
        n=len(in_time),
        details=details,
    )


def chance_at_birth(animals: int, seed: int, world: str) -> Lived:
    """Newborn learners alone that cannot learn, and motor programmes at random."""
    days = max(2, episodes_of(world, 0.02))
    fitness = {agent: first_days(agent, world, animals, seed, days) for agent in ("learner", "random-options")}
    return scale_of(world, animals, seed, days), fitness


def score_of_chance_at_birth(lived: Lived) -> Score:
    """Newborn learners against chance."""
    scale, fitness = lived
    learner, chance = fitness["learner"], fitness["random-options"]
    name = "newborn learners minus motor programmes at random"
    return Score(
        headline=name,
        measures={name: mean_interval((learner - chance) / scale.unit)},
        n=len(learner),
        details=told("score of newborn learners", scale.score(learner))
        | told("score of programmes at random", scale.score(chance)),
    )


_GENERATIONS, _CANDIDATES = 60, 64


def evolved_weights(animals: int, seed: int, world: str) -> Lived:
    """Newborns' read-outs evolve for 60 generations of 64 lives of a day, with wiring fixed, or redrawn in each life.

    What evolves can be taken apart into what each motor programme is worth wherever it is used, which needs no wiring, and the
    rest, which says *when*; only the latter would be knowledge kept in weights downstream of the wiring. Fresh lives are judged.
    """
    days = 1 if world != "Birdsong" else 8
    found: dict[str, np.ndarray] = {}
    steps = days * Population("reflex", world, 1).world.max_episode_steps
    searches = {}
    for wiring in ("fixed", "redrawn"):
        search = Evolution(
            Plan(
                world=world,
                agent="cortex+always",
                arm="weights",
                wiring=wiring,
                candidates=_CANDIDATES,
                generations=_GENERATIONS,
                animals=1,
                lifetime=steps,
                spread=0.05,
            )
        )
        search.run()
        searches[wiring] = search

    def newborn(search: Evolution, weights: np.ndarray | None) -> np.ndarray:
        many = None if weights is None else np.repeat(weights[None], animals, axis=0)
        return search.lives(search.genome, many, animals, seed, learns=False)

    for wiring, search in searches.items():
        options = len(Population("cortex+always", world, 1).learner.option_names)  # type: ignore[union-attr]  # it learns
        table = search.best.reshape(-1, options)
        mean = np.broadcast_to(table.mean(axis=0), table.shape)
        found |= {
            f"{wiring}: born with nothing": newborn(search, None),
            f"{wiring}: evolved weights": newborn(search, search.best),
            f"{wiring}: only when to do what": newborn(search, (table - mean).ravel()),
            f"{wiring}: only what is worth doing anywhere": newborn(search, mean.ravel()),
        }
    found["fixed weights in redrawn wiring"] = newborn(searches["redrawn"], searches["fixed"].best)
    return scale_of(world, animals, seed, 2), found


def score_of_evolved_weights(lived: Lived) -> Score:
    """What knowing when to do what is worth to newborns, with wiring fixed and redrawn."""
    scale, fitness = lived
    found = {name: scale.score(values) for name, values in fitness.items()}
    gain = {w: found[f"{w}: only when to do what"] - found[f"{w}: born with nothing"] for w in ("fixed", "redrawn")}
    details: dict[str, Any] = {f"score, {name}": float(np.nanmean(values)) for name, values in found.items()}
    for wiring, values in gain.items():
        details |= told(f"gain of knowing when, wiring {wiring}", values)
    details |= told(
        "gain of all that evolved, wiring redrawn", found["redrawn: evolved weights"] - found["redrawn: born with nothing"]
    )
    apart = "gain with fixed wiring minus gain with redrawn"
    return Score(
        headline=apart,
        measures={f"gain of knowing when to do what, wiring {w}": mean_interval(values) for w, values in gain.items()}
        | {apart: mean_interval(gain["fixed"] - gain["redrawn"])},
        n=len(gain["fixed"]),
        details=details,
    )


_SETTINGS = (
    "learner.map_rate",
    "learner.mixed_rate",
    "learner.explore",
    "learner.optimism",
    "learner.uniform",
    "learner.horizon",
    "learner.act",
    "learner.trace_decay",
    "modulation.exploration",
)


def evolved_genome(animals: int, seed: int, world: str) -> tuple[Scale, dict[str, np.ndarray], dict[str, float]]:
    """Settings of learning evolve under redrawn wiring, and are judged in fresh lives with wiring redrawn and fixed."""
    days = episodes_of(world, 0.1 if world != "Birdsong" else 0.03)
    steps = days * Population("reflex", world, 1).world.max_episode_steps
    agent = "cortex+always"
    plan = Plan(
        world=world,
        agent=agent,
        genes=tuple(genes(innate(agent, world), _SETTINGS)),
        candidates=10,
        generations=12,
        animals=12,
        lifetime=steps,
        seed=200_000,
    )
    search = Evolution(plan)
    search.run()
    evolved = search.candidate(search.best)
    fitness = {}
    for wiring in ("redrawn", "fixed"):
        judge = Evolution(replace(plan, wiring=wiring, generations=1))
        for name, genome in (("as shipped", search.genome), ("evolved", evolved)):
            fitness[f"{wiring}, {name}"] = judge.lives(genome, None, animals, seed)
    found = {path: float(value) for path, value in evolved.described().items() if path in _SETTINGS}
    return scale_of(world, animals, seed, 2), fitness, found


def score_of_evolved_genome(lived: tuple[Scale, dict[str, np.ndarray], dict[str, float]]) -> Score:
    """What the evolved settings gain, under either wiring."""
    scale, fitness, settings = lived
    score = {name: scale.score(values) for name, values in fitness.items()}
    details: dict[str, Any] = dict(settings)
    gains = {}
    for wiring in ("redrawn", "fixed"):
        gains[wiring] = score[f"{wiring}, evolved"] - score[f"{wiring}, as shipped"]
        details |= {f"score, {wiring}, {name}": float(np.nanmean(score[f"{wiring}, {name}"])) for name in _JUDGED}
        details |= told(f"gain, wiring {wiring}", gains[wiring])
    worst = min((mean_interval(values) for values in gains.values()), key=lambda interval: interval["low"])
    return Score(
        headline="smaller gain of the two wirings",
        measures={"smaller gain of the two wirings": worst},
        n=len(gains["fixed"]),
        details=details,
    )


_JUDGED = ("as shipped", "evolved")


_TO_DECIDE = {"f": 640, "d": 1600}  # fighters and flies differ most: 90% power at the margin, by the spread of 128

EXPERIMENTS = (
    *(
        Experiment(
            id=f"P5{letter}",
            world=WORLDS[letter],
            claim="Reward later than three times the eligibility does not teach; the wrong sign unteaches",
            source="Yagishita et al. 2014; Gerstner et al. 2018",
            protocol=partial(timing, world=WORLDS[letter]),
            score=score_of_timing,
            criterion=(
                surely_above("learned in time"),
                surely_below("learned at three times the eligibility, minus half of learned in time"),
                surely_below("learned with the wrong sign"),
            ),
            animals=24,
            slow=True,
        )
        for letter in ("", "b")
    ),
    *(
        Experiment(
            id=f"P6{letter}",
            world=WORLDS[letter],
            claim="Before it has learned, the learner alone is no better than chance",
            source=ESSAY,
            protocol=partial(chance_at_birth, world=WORLDS[letter]),
            score=score_of_chance_at_birth,
            criterion=(surely_below("newborn learners minus motor programmes at random", MARGIN),),
            animals=_TO_DECIDE.get(letter, 256),
            slow=True,
        )
        for letter in WORLDS
    ),
    *(
        Experiment(
            id=f"H3{letter}",
            world=WORLDS[letter],
            claim="Evolved read-out weights are worth something when wiring is the same in every life, and nothing when it is redrawn",
            source=ESSAY,
            protocol=partial(evolved_weights, world=WORLDS[letter]),
            score=score_of_evolved_weights,
            criterion=(
                surely_above("gain of knowing when to do what, wiring fixed"),
                surely_below("gain of knowing when to do what, wiring redrawn", MARGIN),
                surely_above("gain with fixed wiring minus gain with redrawn"),
            ),
            animals=64,
            slow=True,
        )
        for letter in ("", "b")
    ),
    *(
        Experiment(
            id=f"H3g{letter}",
            world=WORLDS[letter],
            claim="Evolved settings of learning help whether wiring is fixed or redrawn",
            source=ESSAY,
            protocol=partial(evolved_genome, world=WORLDS[letter]),
            score=score_of_evolved_genome,
            criterion=(surely_above("smaller gain of the two wirings"),),
            animals=64,
            slow=True,
        )
        for letter in ("", "b")
    ),
)
