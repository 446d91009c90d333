"""Experiments on hand-over (H1, H2, H4), by one protocol in several worlds: the mouse (H2), the rat (H2r), the bird (H2b) and so on.

Ages are shares of the species' life. Scores are 0 for random actions and 1 for the oracle over the same days.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import scipy

from agents.population import Population
from benchmark.experiments.criterion import (
    MARGIN,
    at_most,
    below,
    surely_above,
    surely_below,
    within,
)
from benchmark.experiments.experiment import Experiment, Score
from benchmark.laboratory.lives import (
    AGES,
    ESSAY,
    WORLDS,
    WantRecorder,
    episodes_of,
    first_days,
    life_by_age,
    live_days,
    scale_of,
    told,
    told_all,
)
from benchmark.results.curves import share
from benchmark.results.gathered import fitness_by_window
from benchmark.results.scale import Scale
from benchmark.results.statistics import mean_interval

LIFE = 0.5  # share of life that these experiments last


def newborns(animals: int, seed: int, world: str, days: int | None = None) -> tuple[Scale, dict[str, np.ndarray]]:
    """Newborns that cannot learn, in their first days: the whole animal, its parts alone, and motor programmes at random."""
    days = max(1, episodes_of(world, 0.01)) if days is None else days
    agents = ("random", "oracle", "reflex", "random-options", "learner", "steered")
    fitness = {agent: first_days(agent, world, animals, seed, days) for agent in agents}
    return Scale(*(float(np.nanmean(fitness[agent])) for agent in ("random", "oracle"))), fitness


def score_of_newborns(lived: tuple[Scale, dict[str, np.ndarray]]) -> Score:
    """The whole animal against its reflexes; the learner against programmes at random, and against uniform random actions."""
    scale, fitness = lived
    whole = (fitness["steered"] - fitness["reflex"]) / scale.unit
    alone = (fitness["learner"] - fitness["random-options"]) / scale.unit
    return Score(
        headline="whole animal minus reflexes",
        measures={
            "whole animal minus reflexes": mean_interval(whole),
            "learner minus motor programmes at random": mean_interval(alone),
        },
        n=len(whole),
        details={
            "interval of the difference holds 0 (the old criterion)": _holds_zero(whole) * _holds_zero(alone, above=True)
        }
        | told("score of the reflex", scale.score(fitness["reflex"]))
        | told("learner minus random programmes", alone)
        | told("learner minus random actions", (fitness["learner"] - fitness["random"]) / scale.unit),
    )


AS_GOOD_AS_REFLEXES = (
    surely_above("whole animal minus reflexes", -MARGIN),
    surely_below("learner minus motor programmes at random", MARGIN),
)


def _holds_zero(difference: np.ndarray, above: bool = False) -> float:
    """1 where the 95% interval of the mean holds 0, or, asked whether it lies ``above`` 0, where it does not."""
    found = mean_interval(difference)
    return float(found["low"] <= 0.0 and (above or found["high"] >= 0.0))


@dataclass(frozen=True)
class Raised:
    """Lives of the whole animal, its reflexes alone and its learner alone.

    Attributes:
        wants: of steering.
        scale: of the first tenth of these days.
        curves: by agent.
        seen: what each agent did in each of steering's wants.
    """

    wants: tuple[str, ...]
    scale: Scale
    curves: dict[str, dict[str, np.ndarray]]
    seen: dict[str, WantRecorder]


def growing_up(animals: int, seed: int, world: str) -> Raised:
    """Lives of the whole animal, its reflexes alone and its learner alone, on the same seeds."""
    days = episodes_of(world, LIFE)
    reflexes = Population("reflex", world, 1)
    wants, steps = reflexes.steered.steering.wants, days * reflexes.world.max_episode_steps
    seen = {agent: WantRecorder(len(wants), steps) for agent in ("steered", "reflex", "learner")}
    curves = {agent: life_by_age(agent, world, animals, seed, days, seen[agent])[1] for agent in seen}
    return Raised(wants, scale_of(world, animals, seed, max(2, days // 10)), curves, seen)


def score_of_growing_up(raised: Raised) -> Score:
    """The whole animal against its reflexes at every age, and against either part at the end; the learner's share."""
    curves, unit = raised.curves, raised.scale.unit
    fitness = {agent: fitness_by_window(curve) for agent, curve in curves.items()}
    gain = fitness["steered"] - fitness["reflex"]
    by_age = [mean_interval((gain / unit)[:, age]) for age in range(AGES)]
    lost = [age for age in range(AGES) if _significant_loss(gain[:, age])]
    shares, rises = {}, {}
    for where, among in (("", "steps"), (" where it matters", "steps_that_matter")):
        shares[where] = np.stack([share(curves["steered"], slice(age, age + 1), among) for age in range(AGES)], axis=1)
        rises[where] = mean_interval(shares[where][:, -1] - shares[where][:, 0])
    over_learner = mean_interval(((fitness["steered"] - fitness["learner"]) / unit)[:, -1])
    details: dict[str, Any] = {
        "minus reflex by tenths of this life": [found["mean"] for found in by_age],
        "tenths with a significant loss (one-sided 5%)": [float(age) for age in lost],
        "learner in charge by tenths": np.nanmean(shares[""], axis=0).tolist(),
        "learner in charge where it matters, by tenths": np.nanmean(shares[" where it matters"], axis=0).tolist(),
        "rise of the learner's share": rises[""]["mean"],
        "rise of the learner's share, low": rises[""]["low"],
        "at the end, minus learner alone": over_learner["mean"],
        "at the end, minus learner alone, low": over_learner["low"],
        "at the end, minus reflex": by_age[-1]["mean"],
    } | _where_first(raised.wants, raised.seen)
    return Score(
        headline="whole animal minus reflexes, at the worst tenth",
        measures={
            "whole animal minus reflexes, at the worst tenth": min(by_age, key=lambda found: found["mean"]),
            "tenths with a significant loss against the reflexes": float(len(lost)),
            "rise of the learner's share": rises[""],
            "rise of the learner's share where it matters": rises[" where it matters"],
            "whole animal minus reflexes, at the end": by_age[-1],
            "whole animal minus learner alone, at the end": over_learner,
        },
        n=len(gain),
        details=details,
    )


def _significant_loss(gain: np.ndarray) -> bool:
    """Student's t, one-sided 5%."""
    return bool(scipy.stats.ttest_1samp(gain[np.isfinite(gain)], 0.0, alternative="less").pvalue < 0.05)


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
        found["rank correlation of gain and early share over wants"] = float(scipy.stats.spearmanr(gains, shares).statistic)
    return found


@dataclass(frozen=True)
class Lesioned:
    """Groups of animals that were watched after a lesion.

    Attributes:
        scale: of as many days.
        fitness: (animals,), by group.
        wants: (wants,) share of time that steering wanted each, by group.
    """

    scale: Scale
    fitness: dict[str, np.ndarray]
    wants: dict[str, np.ndarray]


def lesions(animals: int, seed: int, world: str) -> Lesioned:
    """Each group grows up untouched, is lesioned, and is watched for a fifth of that time; a last group is lesioned at birth."""
    days = episodes_of(world, LIFE)
    after = max(2, days // 5)
    fitness, wants = {}, {}

    def watch(name: str, population: Population) -> None:
        recorder = WantRecorder(len(population.steered.steering.wants), after * population.world.max_episode_steps, 1)
        fitness[name] = live_days(population, after, (recorder,))
        wants[name] = recorder.steps[0] / recorder.steps[0].sum()

    for name in ("intact", "learning", "reflex", "reward"):
        population, _ = life_by_age("steered", world, animals, seed, days)
        if name != "intact":
            population.lesion(name)
        watch(name, population)
    watch("never had a learner", life_by_age("reflex", world, animals, seed, days)[0])
    for name in ("newborn", "newborn without reflex"):
        population = Population("steered", world, animals, seed=seed)
        if name != "newborn":
            population.lesion("reflex")
        watch(name, population)
    return Lesioned(scale_of(world, animals, seed, after), fitness, wants)


def score_of_lesions(lesioned: Lesioned) -> Score:
    """What is lost with each part, early and late; acts are compared by how often steering wants what (total variation)."""
    score = {name: lesioned.scale.score(values) for name, values in lesioned.fitness.items()}
    lost = score["intact"] - score["learning"]
    early, late = score["newborn"] - score["newborn without reflex"], score["intact"] - score["reflex"]
    kept = score["reward"] - score["intact"]
    acts = 0.5 * float(np.abs(lesioned.wants["learning"] - lesioned.wants["never had a learner"]).sum())
    details: dict[str, Any] = {f"score, {name}": float(np.nanmean(values)) for name, values in score.items()}
    details |= told_all(
        {
            "lost with the learner": lost,
            "lost with the reflex, at birth": early,
            "lost with the reflex, grown": late,
            "without reward, minus intact": kept,
        }
    )
    details["acts: distance from an animal that never had a learner"] = acts
    return Score(
        headline="without its learner, minus an animal that never had one",
        measures={
            "without its learner, minus an animal that never had one": mean_interval(
                score["learning"] - score["never had a learner"]
            ),
            "lost with the learner": mean_interval(lost),
            "lost with the reflex at birth, minus lost with it grown": mean_interval(early - late),
            "distance of its acts from those of an animal that never had a learner": acts,
            "without reward, minus intact": mean_interval(kept),
        },
        n=len(lost),
        details=details,
    )


_BY_WORLD: tuple[tuple[str, dict[str, Any]], ...] = (
    (
        "rbfoed",
        {
            "id": "H2",
            "claim": "The learner's share rises with experience where it matters, at no age at a loss, and the whole ends above "
            "either part",
            "source": ESSAY,
            "protocol": growing_up,
            "score": score_of_growing_up,
            "criterion": (
                at_most("tenths with a significant loss against the reflexes"),
                surely_above("whole animal minus reflexes, at the worst tenth", -MARGIN),
                surely_above("rise of the learner's share where it matters"),
                surely_above("whole animal minus reflexes, at the end"),
                surely_above("whole animal minus learner alone, at the end"),
            ),
            "animals": 32,
        },
    ),
    (
        "rb",
        {
            "id": "H4",
            "claim": "Without its learner a grown animal is its reflexes; losing these is worst early; without reward it keeps "
            "what it has",
            "source": "Kolb and Whishaw 1981; Vanderwolf et al. 1978",
            "protocol": lesions,
            "score": score_of_lesions,
            "criterion": (
                within("without its learner, minus an animal that never had one", 0.05),
                surely_above("without its learner, minus an animal that never had one", -MARGIN),
                surely_above("lost with the learner"),
                surely_above("lost with the reflex at birth, minus lost with it grown"),
                below("distance of its acts from those of an animal that never had a learner", 0.1),
                surely_above("without reward, minus intact", -0.1),
            ),
            "animals": 32,
        },
    ),
)


def in_world(letter: str, *, id: str, protocol: Any, **parts: Any) -> Experiment:
    """One of these experiments in the world of a letter (see :data:`benchmark.laboratory.lives.WORLDS`)."""
    world = WORLDS[letter]
    return Experiment(id=f"{id}{letter}", world=world, protocol=partial(protocol, world=world), **parts)


EXPERIMENTS = (
    *(
        in_world(
            letter,
            id="H1",
            claim="At birth the whole animal is as good as its reflexes and the learner alone is at chance",
            source=ESSAY,
            protocol=newborns,
            score=score_of_newborns,
            criterion=AS_GOOD_AS_REFLEXES,
            slow=True,
            animals=640 if letter == "f" else 256,  # fighters differ most: 90% power at the margin, by the spread of 256
        )
        for letter in "rbfoed"
    ),
    *(in_world(letter, slow=True, **parts) for letters, parts in _BY_WORLD for letter in ("", *letters)),
)
