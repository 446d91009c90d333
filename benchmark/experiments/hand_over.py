"""Signatures of hand-over (H1 to H6), by one protocol in several worlds: the mouse (H2), the rat (H2r) and the bird (H2b).

Ages are shares of the species' life. Scores are 0 for random actions and 1 for the oracle over the same days.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
from scipy import stats

from agents.catalogue import agent_spec
from agents.genome import Genome
from agents.hand_over.base import hand_over_rule
from agents.population import Population
from benchmark.experiments.experiment import Experiment, Result
from benchmark.experiments.lives import (
    AGES,
    WORLDS,
    Scale,
    WantRecorder,
    episodes_of,
    first_days,
    life_by_age,
    live_days,
    told,
)
from benchmark.results.statistics import mean_interval
from benchmark.results.summary import fitness_by_window
from learning.options import OptionGenome

_LIFE = 0.5  # share of life that these experiments last
RULES = ("earned", "spibb", "argmax_q", "residual", "jump_start", "annealed", "bayes_fusion", "outcome", "always")


def newborns(animals: int, seed: int, world: str) -> Result:
    """H1: newborns that cannot learn: whole animal against reflex, and the learner alone against motor programmes at random."""
    days = max(1, episodes_of(world, 0.01))
    fitness = {
        agent: first_days(agent, world, animals, seed, days) for agent in ("reflex", "random-options", "learner", "steered")
    }
    scale = Scale(world, animals, seed, days)
    whole = mean_interval((fitness["steered"] - fitness["reflex"]) / scale.unit)
    alone = mean_interval((fitness["learner"] - fitness["random-options"]) / scale.unit)
    details: dict[str, Any] = {"days": days} | told("score of the reflex", scale.score(fitness["reflex"]))
    details |= told("learner minus random programmes", (fitness["learner"] - fitness["random-options"]) / scale.unit)
    holds = whole["low"] <= 0.0 <= whole["high"] and alone["low"] <= 0.0
    return Result(whole["mean"], whole["low"], whole["high"], bool(holds), animals, details)


def growing_up(animals: int, seed: int, world: str) -> Result:
    """H2: lives of the whole animal, its reflexes alone and its learner alone, on the same seeds."""
    days = episodes_of(world, _LIFE)
    wants = len(Population("reflex", world, 1).steered.steering.wants)
    steps = days * Population("reflex", world, 1).world.max_episode_steps
    seen = {agent: WantRecorder(wants, steps) for agent in ("steered", "reflex", "learner")}
    curves = {agent: life_by_age(agent, world, animals, seed, days, seen[agent])[1] for agent in seen}
    fitness = {agent: fitness_by_window(curve) for agent, curve in curves.items()}
    unit = Scale(world, animals, seed, max(2, days // 10)).unit
    by_age = [mean_interval(((fitness["steered"] - fitness["reflex"]) / unit)[:, age]) for age in range(AGES)]
    lost = [
        age
        for age in range(AGES)
        if stats.ttest_1samp(_known(fitness["steered"] - fitness["reflex"], age), 0.0, alternative="less").pvalue < 0.05
    ]
    share = curves["steered"]["learner_steps"] / curves["steered"]["steps"]
    rise = mean_interval(share[:, -1] - share[:, 0])
    over_learner = mean_interval(((fitness["steered"] - fitness["learner"]) / unit)[:, -1])
    worst = min(by_age, key=lambda found: found["mean"])
    details: dict[str, Any] = {
        "minus reflex by tenths of this life": [found["mean"] for found in by_age],
        "tenths with a significant loss (one-sided 5%)": [float(age) for age in lost],
        "learner in charge by tenths": share.mean(axis=0).tolist(),
        "rise of the learner's share": rise["mean"],
        "at the end, minus learner alone": over_learner["mean"],
        "at the end, minus learner alone, low": over_learner["low"],
        "at the end, minus reflex": by_age[-1]["mean"],
    } | _where_first(Population("reflex", world, 1).steered.steering.wants, seen)
    holds = not lost and rise["low"] > 0.0 and by_age[-1]["low"] > 0.0 and over_learner["low"] > 0.0
    return Result(worst["mean"], worst["low"], worst["high"], bool(holds), animals, details)


def _known(values: np.ndarray, age: int) -> np.ndarray:
    return values[np.isfinite(values[:, age]), age]


def _where_first(wants: tuple[str, ...], seen: dict[str, WantRecorder]) -> dict[str, Any]:
    """In each of steering's wants: what the grown animal gains over the reflex, and the learner's share early in life."""
    found: dict[str, Any] = {}
    early = slice(0, AGES // 2)
    gains, shares = [], []
    for place, want in enumerate(wants):
        if min(record.steps[:, place].sum() for record in (seen["steered"], seen["reflex"])) < 100:
            continue
        reflex = seen["reflex"].judged[:, place].sum() / seen["reflex"].steps[:, place].sum()
        grown = seen["steered"].judged[-3:, place].sum() / max(1.0, seen["steered"].steps[-3:, place].sum())
        gains.append(grown - reflex)
        shares.append(seen["steered"].learner[early, place].sum() / max(1.0, seen["steered"].steps[early, place].sum()))
        found |= {
            f"{want}: judged per step, grown minus reflex": gains[-1],
            f"{want}: early share of the learner": shares[-1],
        }
    if len(gains) > 2:
        found["rank correlation of gain and early share over wants"] = float(stats.spearmanr(gains, shares).statistic)
    return found


def lesions(animals: int, seed: int, world: str) -> Result:
    """H4: without its learner a grown animal is as good as its reflexes; without reflexes the newborn suffers most.

    Each group of animals grows up untouched, is lesioned, and is watched for a fifth of that time; a last group is lesioned at
    birth. ``acts`` compares how often steering wants what, by total variation.
    """
    days = episodes_of(world, _LIFE)
    after = max(2, days // 5)
    scale = Scale(world, animals, seed, after)
    score, wants = {}, {}
    for name in ("intact", "learning", "reflex", "reward"):
        population, _ = life_by_age("steered", world, animals, seed, days)
        if name != "intact":
            population.lesion(name)
        score[name], wants[name] = _watch(population, after, scale)
    old, _ = life_by_age("reflex", world, animals, seed, days)
    score["never had a learner"], wants["never had a learner"] = _watch(old, after, scale)
    for name in ("newborn", "newborn without reflex"):
        population = Population("steered", world, animals, seed=seed)
        if name != "newborn":
            population.lesion("reflex")
        score[name], _ = _watch(population, after, scale)
    back = mean_interval(score["learning"] - score["never had a learner"])
    loss = mean_interval(score["intact"] - score["learning"])
    early, late = score["newborn"] - score["newborn without reflex"], score["intact"] - score["reflex"]
    worse_early = mean_interval(early - late)
    kept = mean_interval(score["reward"] - score["intact"])
    acts = 0.5 * float(np.abs(wants["learning"] - wants["never had a learner"]).sum())
    details: dict[str, Any] = {f"score, {name}": float(np.nanmean(values)) for name, values in score.items()}
    details |= told("lost with the learner", score["intact"] - score["learning"]) | told(
        "lost with the reflex, at birth", early
    )
    details |= told("lost with the reflex, grown", late) | told(
        "without reward, minus intact", score["reward"] - score["intact"]
    )
    details["acts: distance from an animal that never had a learner"] = acts
    holds = (
        abs(back["mean"]) < 0.05 and loss["low"] > 0.0 and worse_early["low"] > 0.0 and acts < 0.1 and kept["low"] > -0.1
    )
    return Result(back["mean"], back["low"], back["high"], bool(holds), animals, details)


def _watch(population: Population, days: int, scale: Scale) -> tuple[np.ndarray, np.ndarray]:
    recorder = WantRecorder(len(population.steered.steering.wants), days * population.world.max_episode_steps, 1)
    fitness = live_days(population, days, (recorder,))
    return scale.score(fitness), recorder.steps[0] / recorder.steps[0].sum()


def faulty_reflexes(animals: int, seed: int, world: str) -> Result:
    """H5: grown scores of every rule with a sound, an absent and a reversed (harmful) reflex."""
    days = episodes_of(world, 0.35)
    scale = Scale(world, animals, seed, max(2, days // 5))
    grown: dict[str, dict[str, np.ndarray]] = {}
    for fault in ("sound", "absent", "reversed"):
        options = {} if fault == "sound" else {"fault": fault}
        lives = {"reflex": "reflex"} | {rule: f"cortex+{rule}" for rule in RULES}
        grown[fault] = {
            name: scale.score(_late_days(agent, world, animals, seed, days, **options)) for name, agent in lives.items()
        }
    details: dict[str, Any] = {}
    for fault, scores in grown.items():
        order = sorted(scores, key=lambda name: -np.nanmean(scores[name]))
        details[f"{fault}: ranking"] = ", ".join(f"{name} {np.nanmean(scores[name]):.2f}" for name in order)
    recovers = mean_interval(grown["reversed"]["earned"] - grown["reversed"]["residual"])
    above = mean_interval(grown["reversed"]["earned"] - grown["reversed"]["reflex"])
    orders = [
        stats.kendalltau(*([np.nanmean(grown[f][r]) for r in RULES] for f in pair)).statistic
        for pair in (("sound", "absent"), ("sound", "reversed"))
    ]
    details |= {
        "Kendall's tau of rankings, sound and absent": float(orders[0]),
        "Kendall's tau, sound and reversed": float(orders[1]),
    }
    details |= told("harmful reflex: earned minus the reflex", grown["reversed"]["earned"] - grown["reversed"]["reflex"])
    details |= told(
        "harmful reflex: residual minus the reflex", grown["reversed"]["residual"] - grown["reversed"]["reflex"]
    )
    holds = recovers["low"] > 0.0 and above["low"] > 0.0 and orders[1] < 1.0
    return Result(recovers["mean"], recovers["low"], recovers["high"], bool(holds), animals, details)


def critic_noise(animals: int, seed: int, world: str) -> Result:
    """H6: what noise in the critic costs a rule without margin, a fixed margin, and a margin of twice the noise.

    Uniform noise of at most epsilon is added to every option's value at every decision of the bout learner; sizes are multiples of
    the median advantage over the reflex that grown animals see.
    """
    days = episodes_of(world, 0.35)
    scale = Scale(world, animals, seed, max(2, days // 5))
    typical = _typical_advantage(world, min(animals, 8), seed, days)
    reflex = _late_days("reflex", world, animals, seed, days)
    minus: dict[str, list[np.ndarray]] = {"argmax_q": [], "earned": [], "earned, margin 2 epsilon": []}
    sizes = (0.0, 2.0, 8.0)
    for size in sizes:
        noise = size * typical
        genome = Genome(OptionGenome(noise=noise))
        careful = type("Careful", (hand_over_rule("earned"),), {"name": "careful", "margin": 2.0 * noise})
        for name, rule in (("argmax_q", "argmax_q"), ("earned", "earned"), ("earned, margin 2 epsilon", careful)):
            spec = replace(agent_spec("options+earned"), name=name, hand_over=rule, genome=genome)
            minus[name].append((_late_days(spec, world, animals, seed, days) - reflex) / scale.unit)
    details: dict[str, Any] = {"typical advantage": typical, "noise, in typical advantages": list(sizes)}
    for name, by_size in minus.items():
        details[f"{name}: minus reflex, by noise"] = [float(np.nanmean(values)) for values in by_size]
        details |= told(f"{name}: cost of the largest noise", by_size[0] - by_size[-1])
        details |= told(f"{name}: under the largest noise, minus reflex", by_size[-1])
    breaks = mean_interval(minus["earned, margin 2 epsilon"][-1] - minus["argmax_q"][-1])
    safe = mean_interval(minus["earned, margin 2 epsilon"][-1])
    return Result(
        breaks["mean"], breaks["low"], breaks["high"], bool(breaks["low"] > 0.0 and safe["high"] >= 0.0), animals, details
    )


def _late_days(agent: Any, world: str, animals: int, seed: int, days: int, **options: Any) -> np.ndarray:
    """(animals,) mean fitness of the last 40% of these days."""
    curves = life_by_age(agent, world, animals, seed, days, **options)[1]
    return np.nanmean(fitness_by_window(curves)[:, int(0.6 * AGES) :], axis=1)


def _typical_advantage(world: str, animals: int, seed: int, days: int) -> float:
    population, _ = life_by_age("options+earned", world, animals, seed, days)
    seen = [np.abs(population.tick().proposal.advantage) for _ in range(population.world.max_episode_steps)]
    return float(np.median(np.concatenate(seen)))


_ESSAY = "Byrnes, Intro to brain-like-AGI safety, post 2"
_CLAIMS: tuple[tuple[str, str, str, str, Callable[..., Result], int, bool, str], ...] = (
    (
        "H2",
        "The learner's share rises with experience, at no age at a loss, and the whole ends above either part",
        "no tenth of life with a significant loss; at the end above reflex and above learner, intervals without 0",
        _ESSAY,
        growing_up,
        32,
        True,
        "rb",
    ),
    (
        "H4",
        "Without its learner a grown animal is its reflexes; losing these is worst early; without reward it keeps what it has",
        "difference from reflex alone within .05, acts within .1; early loss above late; no fall without reward",
        "Kolb and Whishaw 1981; Vanderwolf et al. 1978",
        lesions,
        32,
        True,
        "rb",
    ),
    (
        "H5",
        "With a harmful reflex rules rank differently: what must earn control recovers, what is added to the reflex saturates",
        "earned minus residual above 0, earned minus reflex above 0",
        "Berthelot et al. 2026",
        faulty_reflexes,
        16,
        True,
        "r",
    ),
    (
        "H6",
        "With a noisy critic a margin of twice the noise does better than no margin, and stays safe",
        "difference above 0 under the largest noise; not below its reflex",
        "derived from Kakade and Langford 2002",
        critic_noise,
        24,
        True,
        "b",
    ),
)

EXPERIMENTS = (
    *(
        Experiment(
            f"H1{letter}",
            WORLDS[letter],
            "At birth the whole animal is as good as its reflexes and the learner alone is at chance",
            "whole minus reflex includes 0; learner minus random motor programmes is not above 0",
            _ESSAY,
            partial(newborns, world=WORLDS[letter]),
            256,
        )
        for letter in "rbfo"
    ),
    *(
        Experiment(
            f"{name}{letter}",
            WORLDS[letter],
            claim,
            threshold,
            source,
            partial(run, world=WORLDS[letter]),
            animals,
            slow=slow,
        )
        for name, claim, threshold, source, run, animals, slow, letters in _CLAIMS
        for letter in ("", *letters)
    ),
)
