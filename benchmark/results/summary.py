"""From raw curves to the numbers of ``summary.json``."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from benchmark.results.against_reflex import against_reflex
from benchmark.results.aggregates import (
    aggregate,
    benjamini_hochberg,
    optimality_gap,
    probability_of_improvement,
    rank,
)
from benchmark.results.curves import share
from benchmark.results.folder import SCHEMA
from benchmark.results.gathered import (
    BIRTH,
    Lives,
    a_tenth,
    day_fitness,
    first_window,
    gather,
    grown,
    one_of_each_species,
    reward_score,
    scale_of,
    scores_of_animals,
)
from benchmark.results.jobs import ExperimentJob, Settings, describe, jobs
from benchmark.results.statistics import interval, mean_interval, score_interval
from benchmark.results.store import Store
from benchmark.results.verdict import beside_whole, verdict


def summarise(store: Store) -> dict[str, Any]:
    """The content of ``summary.json``."""
    gathered, about = gather(store), store.about()
    worlds = {world: _summarise_world(world, agents, store.settings) for world, agents in gathered.items()}
    _correct(worlds)
    return {
        "schema": SCHEMA,
        "worlds": worlds,
        "lives": {world: _life(store.settings, world) for world in worlds},
        "verdicts": {world: verdict(agents, worlds[world], store.settings, world) for world, agents in gathered.items()},
        "across_worlds": _across(scores_of_animals(store, gathered)),
        "experiments": gather_experiments(store),
        "settings": {key: value for key, value in describe(store.settings).items() if key != "shard"},
        "versions": about["versions"],
        "sources": about.get("sources"),
    }


def _life(settings: Settings, world: str) -> dict[str, Any]:
    """How long lives are, and whether their first window of age may be called birth (the first 2% of a whole life)."""
    first = first_window(settings, world)
    return {
        "steps": settings.lifetime(world),
        "windows": settings.ages(world),
        "first_window_of_whole_life": first,
        "first_window_is_birth": first <= BIRTH + 1e-9,
    }


def _correct(worlds: dict[str, dict[str, Any]]) -> None:
    """Add p-values that are corrected for all comparisons of the summary."""
    rows = [
        row["grown_minus_reflex"] for agents in worlds.values() for row in agents.values() if "grown_minus_reflex" in row
    ]
    for row, corrected in zip(rows, benjamini_hochberg([row["p"] for row in rows]), strict=True):
        row["p_corrected"] = corrected


def _across(scores: dict[str, dict[str, np.ndarray]]) -> dict[str, Any]:
    """Aggregates over all worlds but variants, for the agents that are complete in each of them."""
    if not scores:
        return {"worlds": [], "variants": [], "agents": {}, "ranking": rank({}), "steered_improves_on": {}}
    worlds = one_of_each_species(scores)
    variants = [world for world in scores if world not in worlds]
    scores = {world: scores[world] for world in worlds}
    everywhere = [agent for agent in next(iter(scores.values())) if all(agent in world for world in scores.values())]
    lists = {agent: [world[agent] for world in scores.values()] for agent in everywhere}
    steered = lists.get("steered")
    return {
        "worlds": worlds,
        "variants": variants,
        "agents": {agent: {"score": aggregate(x), "optimality_gap": optimality_gap(x)} for agent, x in lists.items()},
        "ranking": rank(lists),
        "steered_improves_on": {
            agent: probability_of_improvement(steered, x) for agent, x in lists.items() if steered and agent != "steered"
        },
    }


def _summarise_world(world: str, agents: dict[str, Lives], settings: Settings) -> dict[str, Any]:
    late, young = grown(settings, world), slice(0, 1)
    scale, reflex = scale_of(agents, late), agents.get("reflex")
    beside = beside_whole(agents, settings, world)
    first = "at_birth" if first_window(settings, world) <= BIRTH + 1e-9 else "in_first_window"
    rows: dict[str, Any] = {}
    for agent, lives in agents.items():
        curves = lives.curves
        if curves is None:
            rows[agent] = {"animals": 0, "status": lives.status}
            continue
        middle_of = partial(interval, strata=lives.strata)
        row: dict[str, Any] = {
            "animals": len(curves["days"]),
            f"fitness_{first}": middle_of(day_fitness(curves, young)),
            "fitness_grown": middle_of(day_fitness(curves, late)),
            "learner_share_grown": middle_of(share(curves, late)),
            "share_where_it_matters": middle_of(share(curves, late, "steps_that_matter")),
            "deaths": mean_interval(1000 * curves["deaths"][:, late].sum(1) / curves["steps"][:, late].sum(1)),
            "overtakes_reflex_at": None,
            "status": lives.status,
        }
        if scale is not None:
            zeros, ones = (_fitness(agents[name], late) for name in ("random", "oracle"))
            score = scale.score(day_fitness(curves, late))
            row[f"score_{first}"] = middle_of(scale.score(day_fitness(curves, young)))
            row["score_at_a_tenth"] = middle_of(scale.score(day_fitness(curves, a_tenth(settings, world))))
            row["score_grown"] = score_interval(day_fitness(curves, late), zeros, ones, strata=agents["random"].strata)
            row["lifetime_score"] = middle_of(scale.score(day_fitness(curves)))
            row["reward_score_grown"] = middle_of(reward_score(curves, agents, late))
            row["reward_fitness_gap"] = middle_of(reward_score(curves, agents, late) - score)
        if reflex is not None and agent != "reflex" and lives.status == "complete" == reflex.status:
            assert reflex.curves is not None
            row |= against_reflex(curves, reflex.curves, scale, settings, world)
        if agent in beside:
            row["whole_animal_minus_this"] = beside[agent]
        rows[agent] = row
    return rows


def _fitness(lives: Lives, windows: slice) -> np.ndarray:
    assert lives.curves is not None
    return day_fitness(lives.curves, windows)


def gather_experiments(store: Store) -> list[dict[str, Any]]:
    """The outcome of every experiment of these settings; ``holds`` is None where there is none."""
    found = []
    for job in jobs(store.settings):
        if isinstance(job, ExperimentJob):
            entry, error = store.read(job), store.error(job)
            status = "complete" if entry else "failed" if error else "partial"
            found.append((entry or {"id": job.id, "holds": None, "n": job.animals}) | {"status": status})
    return found
