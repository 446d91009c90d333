"""Experiments on what is wrong with either half: faulty reflexes (H5, H7) and noisy critics (H6).

Ages are shares of the species' life. Scores are 0 for random actions and 1 for the oracle over the same days.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import scipy

from agents.catalogue import agent_spec
from agents.faults import FAULTS as REFLEX_FAULTS
from agents.genome import Genome
from agents.hand_over.base import hand_over_rule
from benchmark.experiments.criterion import MARGIN, below, surely_above
from benchmark.experiments.experiment import Score
from benchmark.experiments.hand_over import LIFE, in_world
from benchmark.laboratory.lives import (
    AGES,
    ESSAY,
    episodes_of,
    life_by_age,
    scale_of,
    told,
)
from benchmark.results.gathered import fitness_by_window
from benchmark.results.scale import Scale
from benchmark.results.statistics import mean_interval
from core.errors import InvalidArgument
from learning.cortical_genome import CorticalGenome

RULES = ("earned", "spibb", "argmax_q", "residual", "jump_start", "annealed", "bayes_fusion", "outcome", "always")
RECOVERED = 0.8
FAULTS = ("sound", "absent", "reversed")
Grown = tuple[Scale, dict[str, dict[str, np.ndarray]]]


def faulty_reflexes(animals: int, seed: int, world: str) -> Grown:
    """Grown animals of every rule with a sound, an absent and a reversed (harmful) reflex."""
    days = episodes_of(world, 0.35)
    lives = {"reflex": "reflex"} | {rule: f"cortex+{rule}" for rule in RULES}
    grown: dict[str, dict[str, np.ndarray]] = {}
    for fault in FAULTS:
        options = {} if fault == "sound" else {"fault": fault}
        grown[fault] = {name: _late_days(agent, world, animals, seed, days, **options) for name, agent in lives.items()}
    return scale_of(world, animals, seed, max(2, days // 5)), grown


def score_of_faulty_reflexes(lived: Grown) -> Score:
    """How rules rank under each fault, and what they make of a harmful reflex."""
    scale, fitness = lived
    grown = {fault: {name: scale.score(values) for name, values in found.items()} for fault, found in fitness.items()}
    details: dict[str, Any] = {}
    for fault, scores in grown.items():
        order = sorted(scores, key=lambda name: -np.nanmean(scores[name]))
        details[f"{fault}: ranking"] = ", ".join(f"{name} {np.nanmean(scores[name]):.2f}" for name in order)
    harmful = grown["reversed"]
    absent, reversed_ = (
        float(scipy.stats.kendalltau(*([np.nanmean(grown[f][r]) for r in RULES] for f in ("sound", fault))).statistic)
        for fault in ("absent", "reversed")
    )
    details |= {
        "Kendall's tau of rankings, sound and absent": absent,
        "Kendall's tau, sound and reversed": reversed_,
    }
    details |= told("harmful reflex: earned minus the reflex", harmful["earned"] - harmful["reflex"])
    details |= told("harmful reflex: residual minus the reflex", harmful["residual"] - harmful["reflex"])
    return Score(
        headline="harmful reflex: earned minus residual",
        measures={
            "harmful reflex: earned minus residual": mean_interval(harmful["earned"] - harmful["residual"]),
            "harmful reflex: earned minus the reflex": mean_interval(harmful["earned"] - harmful["reflex"]),
            "Kendall's tau of the rankings with a sound and a harmful reflex": reversed_,
        },
        n=len(harmful["earned"]),
        details=details,
    )


def recovery(animals: int, seed: int, world: str) -> tuple[Scale, dict[str, dict[str, np.ndarray]]]:
    """Grown whole animals with every fault that a reflex of this world can have, their reflexes alone, and the learner alone."""
    days = episodes_of(world, LIFE)
    grown = {"none": {name: _late_days(name, world, animals, seed, days) for name in ("learner", "steered")}}
    for fault in REFLEX_FAULTS:
        try:
            grown[fault] = {
                name: _late_days(name, world, animals, seed, days, fault=fault) for name in ("reflex", "steered")
            }
        except InvalidArgument:  # acts that are numbers have no half
            continue
    return scale_of(world, animals, seed, max(2, days // 5)), grown


def score_of_recovery(lived: tuple[Scale, dict[str, dict[str, np.ndarray]]]) -> Score:
    """The whole animal against four fifths of what the learner alone reaches, fault by fault."""
    scale, fitness = lived
    alone = scale.score(fitness["none"]["learner"])
    details: dict[str, Any] = told("learner alone", alone) | told(
        "sound reflex: whole", scale.score(fitness["none"]["steered"])
    )
    beyond = {}
    for fault in (name for name in fitness if name != "none"):
        whole = scale.score(fitness[fault]["steered"])
        beyond[fault] = mean_interval(whole - RECOVERED * alone)
        details |= told(f"{fault} reflex: whole", whole)
        details[f"{fault} reflex alone"] = float(np.nanmean(scale.score(fitness[fault]["reflex"])))
        details[f"{fault} reflex: whole as a share of the learner alone"] = float(np.nanmean(whole) / np.nanmean(alone))
    worst = min(beyond, key=lambda fault: beyond[fault]["low"])
    details["fault from which it recovers least"] = worst
    return Score(
        headline="whole animal minus four fifths of the learner alone, at the worst fault",
        measures={"whole animal minus four fifths of the learner alone, at the worst fault": beyond[worst]},
        n=len(alone),
        details=details,
    )


_NOISES = (0.0, 2.0, 8.0)  # of the critic, in typical advantages


def critic_noise(animals: int, seed: int, world: str) -> tuple[float, Scale, dict[str, list[np.ndarray]]]:
    """A rule without margin, with a fixed margin, and with a margin of twice the noise, under three sizes of noise in the critic.

    Uniform noise of at most epsilon is added to every option's value at every decision of the cortex; sizes are multiples
    of the median advantage over the reflex that grown animals see.
    """
    days = episodes_of(world, 0.35)
    typical = _typical_advantage(world, min(animals, 8), seed, days)
    reflex = _late_days("reflex", world, animals, seed, days)
    minus: dict[str, list[np.ndarray]] = {"argmax_q": [], "earned": [], "earned, margin 2 epsilon": []}
    for size in _NOISES:
        noise = size * typical
        genome = Genome(CorticalGenome(noise=noise))
        careful = type("Careful", (hand_over_rule("earned"),), {"name": "careful", "margin": 2.0 * noise})
        for name, rule in (("argmax_q", "argmax_q"), ("earned", "earned"), ("earned, margin 2 epsilon", careful)):
            spec = replace(agent_spec("cortex+earned"), name=name, hand_over=rule, genome=genome)
            minus[name].append(_late_days(spec, world, animals, seed, days) - reflex)
    return typical, scale_of(world, animals, seed, max(2, days // 5)), minus


def score_of_critic_noise(lived: tuple[float, Scale, dict[str, list[np.ndarray]]]) -> Score:
    """What the largest noise costs each rule, against the reflexes."""
    typical, scale, fitness = lived
    minus = {name: [values / scale.unit for values in by_size] for name, by_size in fitness.items()}
    details: dict[str, Any] = {"typical advantage": typical, "noise, in typical advantages": list(_NOISES)}
    for name, by_size in minus.items():
        details[f"{name}: minus reflex, by noise"] = [float(np.nanmean(values)) for values in by_size]
        details |= told(f"{name}: cost of the largest noise", by_size[0] - by_size[-1])
        details |= told(f"{name}: under the largest noise, minus reflex", by_size[-1])
    careful, careless = minus["earned, margin 2 epsilon"][-1], minus["argmax_q"][-1]
    return Score(
        headline="largest noise: a margin of twice the noise, minus no margin",
        measures={
            "largest noise: a margin of twice the noise, minus no margin": mean_interval(careful - careless),
            "largest noise: a margin of twice the noise, minus the reflex": mean_interval(careful),
        },
        n=len(careful),
        details=details,
    )


def _late_days(agent: Any, world: str, animals: int, seed: int, days: int, **options: Any) -> np.ndarray:
    """(animals,) mean fitness of the last 40% of these days."""
    curves = life_by_age(agent, world, animals, seed, days, **options)[1]
    return np.nanmean(fitness_by_window(curves)[:, int(0.6 * AGES) :], axis=1)


def _typical_advantage(world: str, animals: int, seed: int, days: int) -> float:
    population, _ = life_by_age("cortex+earned", world, animals, seed, days)
    seen = [np.abs(population.tick().proposal.advantage) for _ in range(population.world.max_episode_steps)]
    return float(np.median(np.concatenate(seen)))


_BY_WORLD: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        "r",
        {
            "id": "H5",
            "claim": "With a harmful reflex rules rank differently: what must earn control recovers, what is added to the reflex "
            "saturates",
            "source": "Berthelot et al. 2026",
            "protocol": faulty_reflexes,
            "score": score_of_faulty_reflexes,
            "criterion": (
                surely_above("harmful reflex: earned minus residual"),
                surely_above("harmful reflex: earned minus the reflex"),
                below("Kendall's tau of the rankings with a sound and a harmful reflex", 1.0),
            ),
            "animals": 16,
        },
    ),
    (
        "rbfo",
        {
            "id": "H7",
            "claim": "With an absent, reversed, frozen or weak reflex the default rule ends at four fifths or more of the learner "
            "alone",
            "source": ESSAY,
            "protocol": recovery,
            "score": score_of_recovery,
            "criterion": (
                surely_above("whole animal minus four fifths of the learner alone, at the worst fault", -MARGIN),
            ),
            "animals": 32,
        },
    ),
    (
        "b",
        {
            "id": "H6",
            "claim": "With a noisy critic a margin of twice the noise does better than no margin, and stays safe",
            "source": "derived from Kakade and Langford 2002",
            "protocol": critic_noise,
            "score": score_of_critic_noise,
            "criterion": (
                surely_above("largest noise: a margin of twice the noise, minus no margin"),
                surely_above("largest noise: a margin of twice the noise, minus the reflex", -MARGIN),
            ),
            "animals": 24,
        },
    ),
)


EXPERIMENTS = tuple(in_world(letter, slow=True, **parts) for letters, parts in _BY_WORLD for letter in ("", *letters))
