"""The essay's three questions about the behaviour of the young, for any agent in any world.

Is it really adaptive? Is it learned? Which part orchestrates it? (Byrnes, post 2, on newborns; after Blumberg and Adolph
2023.) Answers are differences of fitness between the same lives under other conditions, with intervals, and counts of causes.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from agents.attribution import CAUSES, Attribution
from agents.catalogue import agent_spec
from agents.life import live
from agents.population import Population
from benchmark.results.curves import CurveRecorder
from benchmark.results.gathered import day_fitness, fitness_by_window
from benchmark.results.plotting import own_style
from benchmark.results.statistics import mean_interval
from core.errors import InvalidArgument, whole_number
from envs.registration import world_class

AGES = 20
COLOURS = ("#d9822b", "#f0c08a", "#b8b8b8", "#8e6fb0", "#2f6fb5")
Progress = Callable[[str, int, int], None]


def three_questions(
    agent: Any, world: str, animals: int, seed: int, lifetime: int, progress: Progress = lambda what, done, total: None
) -> dict[str, Any]:
    """Raise animals, lesion them, and answer.

    Args:
        agent: one that learns, by name.
        world: by name.
        animals: individuals in each condition, at least 2.
        seed: of the first; conditions share seeds, so animals are compared one by one.
        lifetime: steps until they count as grown.
        progress: hears what is going on.

    Returns:
        ``answers``: for newborn and grown, three rows each with ``question``, ``answer`` in words, and numbers; ``fitness`` by
        age for the whole animal, for one raised without plasticity, and for random; ``causes`` by age; ``genome``.

    Raises:
        InvalidArgument: the agent does not learn, or a number is too small.
    """
    whole_number("animals (an interval needs two)", animals, least=2)
    kind = world_class(world)
    watched = max(2, round(0.02 * kind.life_episodes)) * kind.episode_steps
    whole_number(f"lifetime (the young are watched for {watched} steps)", lifetime, least=2 * watched)
    spec = agent_spec(agent)
    if spec.learner is None:
        raise InvalidArgument(
            f"The agent {spec.name} does not learn, so there is nothing to attribute; choose one that does."
        )
    conditions = 9
    done = 0

    def said(what: str) -> None:
        nonlocal done
        progress(what, done, conditions)
        done += 1

    def raised(
        name: Any, steps: int, *lesions: str, observe: bool = False
    ) -> tuple[Population, dict[str, np.ndarray], Any]:
        population = Population(name, world, animals, seed=seed)
        for part in lesions:
            population.lesion(part)
        recorder, seen = CurveRecorder(animals, steps, max(1, min(AGES, steps // (2 * kind.episode_steps)))), None
        observers: list[Any] = [recorder]
        if observe:
            seen = Attribution(population, steps, AGES)
            observers.append(seen)
        live(population, steps, observers)
        return population, recorder.curves, seen

    def later(population: Population, *lesions: str) -> tuple[np.ndarray, Attribution]:
        for part in lesions:
            population.lesion(part)
        recorder, seen = CurveRecorder(animals, watched, 1), Attribution(population, watched, 1)
        live(population, watched, [recorder, seen])
        return day_fitness(recorder.curves), seen

    said("growing up")
    grown, curves, seen = raised(spec, lifetime, observe=True)
    saved = grown.get_state()
    fitness = {"whole animal": fitness_by_window(curves)}
    said("raised without plasticity")
    fixed, fixed_curves, _ = raised(spec, lifetime, "plasticity")
    fitness["raised without plasticity"] = fitness_by_window(fixed_curves)
    said("random actions")
    random = raised("random", watched)[1]
    chance = day_fitness(random)
    young: dict[str, np.ndarray] = {}
    for name, lesions in (("whole", ()), ("learning", ("learning",)), ("reflex", ("reflex",))):
        said(f"newborn, {name}" if name == "whole" else f"newborn without {name}")
        young[name], young_seen = later(Population(spec, world, animals, seed=seed), *lesions)
        if name == "whole":
            causes_young = young_seen
    old: dict[str, np.ndarray] = {}
    for name, lesions in (("whole", ()), ("learning", ("learning",)), ("reflex", ("reflex",))):
        said(f"grown, {name}" if name == "whole" else f"grown without {name}")
        grown.set_state(saved)
        old[name], old_seen = later(grown, *lesions)
        if name == "whole":
            causes_old = old_seen
    same_age = later(fixed)[0]
    newborn_fixed = Population(spec, world, animals, seed=seed)
    newborn_fixed.lesion("plasticity")
    young_fixed = later(newborn_fixed)[0]
    assert seen is not None
    settings = {} if grown.learner is None else grown.learner.settings()
    return {
        "world": world,
        "agent": spec.name,
        "animals": animals,
        "seed": seed,
        "lifetime": lifetime,
        "unit": kind.fitness_unit,
        "answers": _answers("newborn", young, young_fixed, chance, causes_young)
        + _answers("grown", old, same_age, chance, causes_old),
        "fitness": {name: np.nanmean(values, axis=0).tolist() for name, values in fitness.items()},
        "causes": {cause: share.tolist() for cause, share in zip(CAUSES, _shares(seen.by_age).T, strict=True)},
        "acts": _acts(causes_young, "newborn") | _acts(causes_old, "grown"),
        "genome": settings,
    }


def _answers(
    age: str, fitness: dict[str, np.ndarray], without_learning: np.ndarray, chance: np.ndarray, seen: Attribution
) -> list[dict[str, Any]]:
    adaptive = mean_interval(fitness["whole"] - chance)
    learned = mean_interval(fitness["whole"] - without_learning)
    needs = {part: mean_interval(fitness["whole"] - fitness[part]) for part in ("learning", "reflex")}
    shares = dict(zip(CAUSES, _shares(seen.by_age)[0].tolist(), strict=True))
    causes = ", ".join(
        f"{cause} {share:.0%}" for cause, share in sorted(shares.items(), key=lambda pair: -pair[1]) if share > 0.005
    )
    lost = ", ".join(
        f"without {name} it loses {needs[part]['mean']:.2f} [{needs[part]['low']:.2f}, {needs[part]['high']:.2f}]"
        for name, part in (("learning", "learning"), ("reflexes", "reflex"))
    )
    return [
        {"age": age, "question": "Is it adaptive?", "answer": _verdict(adaptive), "measure": "fitness minus random actions"}
        | adaptive,
        {
            "age": age,
            "question": "Is it learned?",
            "answer": _verdict(learned),
            "measure": "fitness minus an animal of that age that could not learn",
        }
        | learned,
        {
            "age": age,
            "question": "Which part orchestrates it?",
            "answer": f"{causes}; {lost}",
            "measure": "causes of acts; lesions",
            "causes": shares,
            "lesions": needs,
        },
    ]


def _verdict(found: dict[str, float]) -> str:
    if found["low"] > 0.0:
        return "yes"
    return "no, it costs" if found["high"] < 0.0 else "not told apart from nothing"


def _shares(counts: np.ndarray) -> np.ndarray:
    return counts / np.maximum(1.0, counts.sum(axis=-1, keepdims=True))


def _acts(seen: Attribution, age: str) -> dict[str, dict[str, float]]:
    """For each want of steering, its share of time and who was upstream of what was then done."""
    counts = seen.by_want[0]
    time = counts.sum(axis=1) / counts.sum()
    return {
        f"{age}, {want}": {"share of time": float(time[place])}
        | dict(zip(CAUSES, _shares(counts[place]).tolist(), strict=True))
        for place, want in enumerate(seen.wants)
    }


def development_curve(found: dict[str, Any]) -> Any:
    """A figure: fitness against age, and below it the share of steps by their cause."""
    with own_style({"font.size": 11, "axes.spines.top": False, "axes.spines.right": False}):
        figure, (top, bottom) = plt.subplots(
            2, 1, figsize=(8.6, 6.4), sharex=True, layout="constrained", height_ratios=(3, 2)
        )
        for name, colour in (("whole animal", "#1b7f5c"), ("raised without plasticity", "#777777")):
            values = found["fitness"][name]
            ages = (np.arange(len(values)) + 0.5) * found["lifetime"] / len(values) / 1000
            top.plot(ages, values, color=colour, lw=2.2, label=name, marker="o" if len(values) < 4 else None)
        chance = next(row for row in found["answers"] if row["question"] == "Is it adaptive?")
        newborn = found["fitness"]["whole animal"][0]
        top.axhline(newborn, color="#bbbbbb", lw=1, ls=":")
        top.set_ylabel(f"fitness ({found['unit']})")
        top.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.01, 1.0))
        top.set_title(
            f"{found['world']}, {found['agent']}: {found['animals']} animals; newborns are {chance['mean']:.2f} above random"
        )
        shares = np.array([found["causes"][cause] for cause in CAUSES])
        places = (np.arange(shares.shape[1]) + 0.5) * found["lifetime"] / shares.shape[1] / 1000
        bottom.stackplot(places, shares, colors=COLOURS, labels=CAUSES, lw=0)
        bottom.set(ylim=(0, 1), xlabel="age (thousand steps)", ylabel="share of steps by cause")
        bottom.legend(frameon=False, loc="upper left", bbox_to_anchor=(1.01, 1.0), reverse=True)
        bottom.margins(x=0)
    return figure
