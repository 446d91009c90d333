"""From raw curves to the numbers of ``summary.json``."""

from __future__ import annotations

import itertools
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import stats

from agents.catalogue import agent_spec
from benchmark.results.aggregates import (
    aggregate,
    correct_for_many,
    optimality_gap,
    paired,
    probability_of_improvement,
    rank,
)
from benchmark.results.curves import share
from benchmark.results.jobs import ExperimentJob, LifeJob, Settings, describe, jobs
from benchmark.results.scale import Scale
from benchmark.results.statistics import interval, mean_interval, overtaking_window
from benchmark.results.store import SCHEMA, Store

GROWN = 0.6
NOT_INSTALLED = "not installed"
Curves = dict[str, np.ndarray]


@dataclass(frozen=True)
class Lives:
    """What is known of one agent in one world.

    Attributes:
        curves: of all its animals that are finished, or None.
        status: "complete", "partial" (some animals are missing), "failed" or "not installed" (a library is missing).
    """

    curves: Curves | None
    status: str


def gather(store: Store) -> dict[str, dict[str, Lives]]:
    """World -> agent -> what is known of its lives."""
    grouped: dict[str, dict[str, list[LifeJob]]] = {}
    for job in jobs(store.settings):
        if isinstance(job, LifeJob):
            grouped.setdefault(job.world, {}).setdefault(job.agent, []).append(job)
    return {world: {agent: _lives(store, parts) for agent, parts in agents.items()} for world, agents in grouped.items()}


def _lives(store: Store, parts: list[LifeJob]) -> Lives:
    found = [curves for curves in map(store.curves, parts) if curves is not None]
    failed = any(store.error(part) for part in parts)
    status = "complete" if len(found) == len(parts) else "failed" if failed else "partial"
    if not found and not failed and agent_spec(parts[0].agent).missing:
        status = NOT_INSTALLED
    return Lives({name: np.concatenate([c[name] for c in found]) for name in found[0]} if found else None, status)


def gather_experiments(store: Store) -> list[dict[str, Any]]:
    """The outcome of every experiment of these settings; ``holds`` is None where there is none."""
    found = []
    for job in jobs(store.settings):
        if isinstance(job, ExperimentJob):
            entry, error = store.read(job), store.error(job)
            status = "complete" if entry else "failed" if error else "partial"
            found.append((entry or {"id": job.id, "holds": None, "n": job.animals}) | {"status": status})
    return found


def day_fitness(curves: Curves, windows: slice = slice(None)) -> np.ndarray:
    """(animals,) mean fitness of the days that ended in the windows; NaN where none did."""
    days = curves["days"][:, windows].sum(axis=1)
    return np.where(days > 0, curves["day_fitness"][:, windows].sum(axis=1) / np.maximum(days, 1), np.nan)


def fitness_by_window(curves: Curves) -> np.ndarray:
    """(animals, windows) mean fitness of the days that ended in each window; NaN where none did."""
    return np.where(curves["days"] > 0, curves["day_fitness"] / np.maximum(curves["days"], 1), np.nan)


def grown(settings: Settings, world: str) -> slice:
    """The windows of the last 40% of life, at least one."""
    windows = settings.ages(world)
    return slice(min(round(GROWN * windows), windows - 1), None)


def a_tenth(settings: Settings, world: str) -> slice:
    """The window in which a tenth of life is over."""
    place = min(settings.ages(world) // 10, settings.ages(world) - 1)
    return slice(place, place + 1)


def reward_score(curves: Curves, agents: dict[str, Lives], windows: slice) -> np.ndarray:
    """(animals,) steering's reward per step on the scale 0 = random's mean, 1 = oracle's mean."""

    def rate(lived: Curves) -> np.ndarray:
        return lived["reward"][:, windows].sum(axis=1) / lived["steps"][:, windows].sum(axis=1)

    random, oracle = agents["random"].curves, agents["oracle"].curves
    assert random is not None
    assert oracle is not None
    low, high = rate(random).mean(), rate(oracle).mean()
    return (rate(curves) - low) / (high - low)


def scores_grown(store: Store, gathered: dict[str, dict[str, Lives]]) -> dict[str, dict[str, np.ndarray]]:
    """World -> agent -> (animals,) grown scores; only complete agents, and worlds with complete references."""
    found: dict[str, dict[str, np.ndarray]] = {}
    for world, agents in gathered.items():
        late, scale = grown(store.settings, world), scale_of(agents, grown(store.settings, world))
        if scale is not None:
            found[world] = {
                agent: scale.score(day_fitness(lives.curves, late))
                for agent, lives in agents.items()
                if lives.status == "complete" and lives.curves is not None
            }
    return found


def scale_of(agents: dict[str, Lives], windows: slice) -> Scale | None:
    """The normalisation of a world, or None where a reference is missing or incomplete."""
    random, oracle = agents.get("random"), agents.get("oracle")
    if random is None or oracle is None or random.status != "complete" or oracle.status != "complete":
        return None
    assert random.curves is not None
    assert oracle.curves is not None
    zero, one = (interval(day_fitness(curves, windows))["iqm"] for curves in (random.curves, oracle.curves))
    return Scale(zero, one)


def summarise(store: Store) -> dict[str, Any]:
    """The content of ``summary.json``."""
    gathered, about = gather(store), store.about()
    worlds = {world: _summarise_world(world, agents, store.settings) for world, agents in gathered.items()}
    _correct(worlds)
    return {
        "schema": SCHEMA,
        "worlds": worlds,
        "across_worlds": _across(scores_grown(store, gathered)),
        "experiments": gather_experiments(store),
        "settings": {key: value for key, value in describe(store.settings).items() if key != "shard"},
        "versions": about["versions"],
        "sources": about.get("sources"),
    }


def _correct(worlds: dict[str, dict[str, Any]]) -> None:
    """Add p-values that are corrected for all comparisons of the summary."""
    rows = [
        row["grown_minus_reflex"] for agents in worlds.values() for row in agents.values() if "grown_minus_reflex" in row
    ]
    for row, corrected in zip(rows, correct_for_many([row["p"] for row in rows]), strict=True):
        row["p_corrected"] = corrected


def _across(scores: dict[str, dict[str, np.ndarray]]) -> dict[str, Any]:
    """Aggregates over all worlds, for the agents that are complete in each of them."""
    if not scores:
        return {"worlds": [], "agents": {}, "ranking": rank({}), "steered_improves_on": {}}
    everywhere = [agent for agent in next(iter(scores.values())) if all(agent in world for world in scores.values())]
    lists = {agent: [world[agent] for world in scores.values()] for agent in everywhere}
    steered = lists.get("steered")
    return {
        "worlds": list(scores),
        "agents": {agent: {"score": aggregate(x), "optimality_gap": optimality_gap(x)} for agent, x in lists.items()},
        "ranking": rank(lists),
        "steered_improves_on": {
            agent: probability_of_improvement(steered, x) for agent, x in lists.items() if steered and agent != "steered"
        },
    }


def _summarise_world(world: str, agents: dict[str, Lives], settings: Settings) -> dict[str, Any]:
    late, birth = grown(settings, world), slice(0, 1)
    scale, reflex = scale_of(agents, late), agents.get("reflex")
    rows: dict[str, Any] = {}
    for agent, lives in agents.items():
        curves = lives.curves
        if curves is None:
            rows[agent] = {"animals": 0, "status": lives.status}
            continue
        row: dict[str, Any] = {
            "animals": len(curves["days"]),
            "fitness_at_birth": interval(day_fitness(curves, birth)),
            "fitness_grown": interval(day_fitness(curves, late)),
            "learner_share_grown": interval(share(curves, late)),
            "share_where_it_matters": interval(share(curves, late, "steps_that_matter")),
            "deaths": mean_interval(1000 * curves["deaths"][:, late].sum(1) / curves["steps"][:, late].sum(1)),
            "overtakes_reflex_at": None,
            "status": lives.status,
        }
        if scale is not None:
            score = scale.score(day_fitness(curves, late))
            row["score_at_birth"] = interval(scale.score(day_fitness(curves, birth)))
            row["score_at_a_tenth"] = interval(scale.score(day_fitness(curves, a_tenth(settings, world))))
            row["score_grown"] = interval(score)
            row["lifetime_score"] = interval(scale.score(day_fitness(curves)))
            row["reward_score_grown"] = interval(reward_score(curves, agents, late))
            row["reward_fitness_gap"] = interval(reward_score(curves, agents, late) - score)
        if reflex is not None and agent != "reflex" and lives.status == "complete" == reflex.status:
            assert reflex.curves is not None
            row |= _against_reflex(curves, reflex.curves, scale, settings, world)
        rows[agent] = row
    return rows


def _against_reflex(curves: Curves, reflex: Curves, scale: Scale | None, settings: Settings, world: str) -> dict[str, Any]:
    late, windows = grown(settings, world), settings.ages(world)
    both = min(len(curves["days"]), len(reflex["days"]))  # animal i lives in the world of animal i, as far as both go
    curves, reflex = ({name: values[:both] for name, values in side.items()} for side in (curves, reflex))
    difference = fitness_by_window(curves) - fitness_by_window(reflex)
    window = overtaking_window(difference)
    row: dict[str, Any] = {
        "overtakes_reflex_at": None if window is None else round(window * settings.lifetime(world) / windows)
    }
    if scale is not None:
        by_age = [mean_interval(difference[:, age] / scale.unit) for age in range(windows)]
        row["worst_difference_from_reflex"] = min(by_age, key=lambda i: np.nan_to_num(i["low"], nan=np.inf))
        row["birth_difference_from_reflex"] = by_age[0]
        row["dip"] = _dip(difference / scale.unit)
        row["grown_minus_reflex"] = paired(scale.score(day_fitness(curves, late)), scale.score(day_fitness(reflex, late)))
    return row


def _dip(difference: np.ndarray) -> dict[str, float]:
    """The worst of eleven ages (the first window, and tenths of life) in (animals, windows) scores minus the reflex's.

    Returns:
        ``mean``, ``low``, ``high``; ``age``, where it begins as a share of life; ``p``, one-sided, that it is no loss, times
        eleven (Bonferroni), since it was chosen among eleven.
    """
    windows = difference.shape[1]
    edges = np.unique(np.linspace(0, windows, 11).round().astype(int))
    ages = [(0, 1), *itertools.pairwise(edges)]
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an animal may have ended no day at an age
        means = [np.nanmean(difference[:, start:end], axis=1) for start, end in ages]
    known = [(values[np.isfinite(values)], start) for values, (start, _) in zip(means, ages, strict=True)]
    values, start = min(((v, s) for v, s in known if v.size > 1), key=lambda pair: pair[0].mean(), default=(np.zeros(0), 0))
    p = float("nan")
    if values.size > 1:
        p = (
            1.0
            if not values.any()
            else min(1.0, len(ages) * float(stats.ttest_1samp(values, 0.0, alternative="less").pvalue))
        )
    return mean_interval(values) | {"age": float(start / windows), "p": p}
