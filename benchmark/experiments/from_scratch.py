"""Signatures of learning from scratch: the third factor's timing (P5), chance at birth (P6), exchange (P4r), evolution (H3)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from agents.population import Population
from benchmark.experiments.experiment import Experiment, Result
from benchmark.experiments.lives import WORLDS, Scale, episodes_of, first_days, live_days, told
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


def timing(animals: int, seed: int, world: str) -> Result:
    """P5: learners alone that hear steering's reward late, with the wrong sign, or not at all; scores after a quarter of life.

    The mouse's eligibility lasts about 1.5 s; the bird's peaks at its judgement's delay, half a frame wide, and its
    reward is an error of expectation. Delays are multiples of that.
    """
    eligibility = {"LoomingEscape": 1.5, "Birdsong": 0.005}[world]
    delays = (0.0, 1.0, 3.0, 10.0)
    days = episodes_of(world, 0.25)
    scale = Scale(world, animals, seed, max(2, days // 5))
    scores: dict[str, np.ndarray] = {}
    for name, delay, sign in [
        *((f"{delay:g} times the eligibility", delay, 1.0) for delay in delays),
        ("wrong sign", 0.0, -1.0),
    ]:
        population = Population("learner", world, animals, seed=seed)
        steps = round(delay * eligibility / population.world.dt)
        if steps or sign < 0.0:
            population.steered.teacher = _late(steps, animals, sign)
        live_days(population, days - days // 3)
        scores[name] = scale.score(live_days(population, days // 3))
    population = Population("learner", world, animals, seed=seed)
    population.lesion("reward")
    live_days(population, days - days // 3)
    scores["no reward"] = scale.score(live_days(population, days // 3))
    details: dict[str, Any] = {f"score, {name}": float(np.nanmean(values)) for name, values in scores.items()}
    in_time = mean_interval(scores["0 times the eligibility"] - scores["no reward"])
    learned = {name: values - scores["no reward"] for name, values in scores.items()}
    too_late = mean_interval(learned["3 times the eligibility"] - 0.5 * learned["0 times the eligibility"])
    reversed_sign = mean_interval(learned["wrong sign"])
    details |= told("learned in time", learned["0 times the eligibility"])
    details |= told("learned at three times the eligibility", learned["3 times the eligibility"])
    details |= told("learned at ten times the eligibility", learned["10 times the eligibility"])
    details |= told("learned with the wrong sign", learned["wrong sign"])
    holds = in_time["low"] > 0.0 and too_late["high"] < 0.0 and reversed_sign["high"] < 0.0
    found = mean_interval(learned["3 times the eligibility"])
    return Result(found["mean"], found["low"], found["high"], bool(holds), animals, details)


def chance_at_birth(animals: int, seed: int, world: str) -> Result:
    """P6: fitness of newborn learners alone that cannot learn, against motor programmes at random."""
    days = max(2, episodes_of(world, 0.02))
    learner, babble = (first_days(agent, world, animals, seed, days) for agent in ("learner", "random-options"))
    scale = Scale(world, animals, seed, days)
    above = mean_interval((learner - babble) / scale.unit)
    details: dict[str, Any] = told("score of newborn learners", scale.score(learner))
    details |= told("score of programmes at random", scale.score(babble))
    return Result(above["mean"], above["low"], above["high"], bool(above["low"] <= 0.0), animals, details)


def exchange(animals: int, seed: int, world: str) -> Result:
    """P4: grown learners before and after every animal received its neighbour's learned read-out."""
    population = Population("learner", world, animals, seed=seed)
    days, test = episodes_of(world, 0.5), max(2, episodes_of(world, 0.1))
    live_days(population, days)
    population.lesion("plasticity")
    learner = population.learner
    assert learner is not None
    scale = Scale(world, animals, seed, test)
    before = scale.score(live_days(population, test))
    for array in learner.read_outs().values():
        array[:] = np.roll(array, 1, axis=0)
    after = scale.score(live_days(population, test))
    newborn = scale.score(first_days("learner", world, animals, seed, test))
    chance = scale.score(first_days("random-options", world, animals, seed, test))
    drop, left = mean_interval(before - after), mean_interval(after - newborn)
    details: dict[str, Any] = told("score grown", before) | told("score after the exchange", after)
    details |= (
        told("score of newborns", newborn) | told("score of programmes at random", chance) | told("drop", before - after)
    )
    return Result(left["mean"], left["low"], left["high"], bool(drop["low"] > 0.0 and left["low"] <= 0.0), animals, details)


_GENERATIONS, _CANDIDATES = 60, 64


def evolved_weights(animals: int, seed: int, world: str) -> Result:
    """H3: newborns' read-outs evolve for 60 generations of 64 lives of a day, with wiring fixed, or redrawn in each life.

    What evolves can be taken apart into what each motor programme is worth wherever it is used, which needs no wiring, and the
    rest, which says *when*; only the latter would be knowledge kept in weights downstream of the wiring. Fresh lives are judged.
    """
    days = 1 if world != "Birdsong" else 8
    scale = Scale(world, animals, seed, 2)
    found: dict[str, np.ndarray] = {}
    steps = days * Population("reflex", world, 1).world.max_episode_steps
    searches = {}
    for wiring in ("fixed", "redrawn"):
        search = Evolution(
            Plan(world, "options+always", "weights", wiring, (), _CANDIDATES, _GENERATIONS, 1, steps, 100_000, 0.05)
        )
        search.run()
        searches[wiring] = search

    def newborn(search: Evolution, weights: np.ndarray | None) -> np.ndarray:
        many = None if weights is None else np.repeat(weights[None], animals, axis=0)
        return scale.score(search.lives(search.genome, many, animals, seed, learns=False))

    for wiring, search in searches.items():
        options = len(Population("options+always", world, 1).learner.option_names)  # type: ignore[union-attr]
        table = search.best.reshape(-1, options)
        mean = np.broadcast_to(table.mean(axis=0), table.shape)
        found |= {
            f"{wiring}: born with nothing": newborn(search, None),
            f"{wiring}: evolved weights": newborn(search, search.best),
            f"{wiring}: only when to do what": newborn(search, (table - mean).ravel()),
            f"{wiring}: only what is worth doing anywhere": newborn(search, mean.ravel()),
        }
    found["fixed weights in redrawn wiring"] = newborn(searches["redrawn"], searches["fixed"].best)
    details: dict[str, Any] = {f"score, {name}": float(np.nanmean(values)) for name, values in found.items()}
    gain = {w: found[f"{w}: only when to do what"] - found[f"{w}: born with nothing"] for w in searches}
    for wiring, values in gain.items():
        details |= told(f"gain of knowing when, wiring {wiring}", values)
    details |= told(
        "gain of all that evolved, wiring redrawn", found["redrawn: evolved weights"] - found["redrawn: born with nothing"]
    )
    fixed, redrawn = (mean_interval(gain[wiring]) for wiring in ("fixed", "redrawn"))
    apart = mean_interval(gain["fixed"] - gain["redrawn"])
    holds = fixed["low"] > 0.0 and redrawn["low"] <= 0.0 and apart["low"] > 0.0
    return Result(apart["mean"], apart["low"], apart["high"], bool(holds), animals, details)


def evolved_genome(animals: int, seed: int, world: str) -> Result:
    """H3g: settings of learning evolve under redrawn wiring, and are judged in fresh lives with wiring redrawn and fixed."""
    days = episodes_of(world, 0.1 if world != "Birdsong" else 0.03)
    steps = days * Population("reflex", world, 1).world.max_episode_steps
    chosen = (
        "learner.rate",
        "learner.explore",
        "learner.pessimism",
        "learner.optimism",
        "learner.discount_time",
        "learner.bout",
        "learner.trace_decay",
        "modulation.exploration",
    )
    agent = "options+always"
    scale = Scale(world, animals, seed, 2)
    plan = Plan(
        world, agent, "genes", "redrawn", tuple(genes(innate(agent, world), chosen)), 10, 12, 12, steps, 200_000, 0.2
    )
    search = Evolution(plan)
    search.run()
    evolved = search.candidate(search.best)
    details: dict[str, Any] = {path: float(value) for path, value in evolved.described().items() if path in chosen}
    gains = {}
    for wiring in ("redrawn", "fixed"):
        judge = Evolution(Plan(**{**_fields(plan), "wiring": wiring, "generations": 1}))
        before, after = (scale.score(judge.lives(genome, None, animals, seed)) for genome in (search.genome, evolved))
        gains[wiring] = after - before
        details |= {
            f"score, {wiring}, as shipped": float(np.nanmean(before)),
            f"score, {wiring}, evolved": float(np.nanmean(after)),
        }
        details |= told(f"gain, wiring {wiring}", after - before)
    worst = min((mean_interval(values) for values in gains.values()), key=lambda interval: interval["low"])
    return Result(worst["mean"], worst["low"], worst["high"], bool(worst["low"] > 0.0), animals, details)


def _fields(plan: Plan) -> dict[str, Any]:
    return {name: getattr(plan, name) for name in plan.__dataclass_fields__}


_ESSAY = "Byrnes, Intro to brain-like-AGI safety, post 2"
EXPERIMENTS = (
    *(
        Experiment(
            f"P5{letter}",
            WORLDS[letter],
            "Reward later than three times the eligibility does not teach; the wrong sign unteaches",
            "learned in time above 0, less than half at three times the eligibility, below 0 with the wrong sign",
            "Yagishita et al. 2014; Gerstner et al. 2018",
            partial(timing, world=WORLDS[letter]),
            24,
            slow=True,
        )
        for letter in ("", "b")
    ),
    *(
        Experiment(
            f"P6{letter}",
            WORLDS[letter],
            "Before it has learned, the learner alone is no better than chance",
            "newborn learners minus motor programmes at random not above 0",
            _ESSAY,
            partial(chance_at_birth, world=WORLDS[letter]),
            128,
        )
        for letter in WORLDS
    ),
    *(
        Experiment(
            f"P4{letter}",
            WORLDS[letter],
            "Exchanging learned read-outs between animals of one genome ruins both",
            "score after the exchange not above that of newborns, and the drop above 0",
            _ESSAY,
            partial(exchange, world=WORLDS[letter]),
            32,
            slow=True,
        )
        for letter in "rfo"
    ),
    *(
        Experiment(
            f"H3{letter}",
            WORLDS[letter],
            "Evolved read-out weights are worth something when wiring is the same in every life, and nothing when it is redrawn",
            "gain of knowing when to do what above 0 with fixed wiring, not above 0 with redrawn",
            _ESSAY,
            partial(evolved_weights, world=WORLDS[letter]),
            64,
            slow=True,
        )
        for letter in ("", "b")
    ),
    *(
        Experiment(
            f"H3g{letter}",
            WORLDS[letter],
            "Evolved settings of learning help whether wiring is fixed or redrawn",
            "gain above 0 under both",
            _ESSAY,
            partial(evolved_genome, world=WORLDS[letter]),
            64,
            slow=True,
        )
        for letter in ("", "b")
    ),
)
