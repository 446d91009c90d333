"""What a results folder holds, gathered by world and agent, and the few numbers of an animal that everything else is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np

from agents.catalogue import agent_spec
from agents.population import Population
from benchmark.results.jobs import LifeJob, Settings, jobs
from benchmark.results.scale import Scale
from benchmark.results.statistics import middle
from benchmark.results.store import Store
from envs.registration import world_class

GROWN = 0.6
BIRTH = 0.02
"""How much of a whole life may be called birth."""
NOT_INSTALLED = "not installed"
Curves = dict[str, np.ndarray]


@dataclass(frozen=True)
class Lives:
    """What is known of one agent in one world.

    Attributes:
        curves: of all its animals that are finished, or None.
        strata: (animals,) class of each of them, where their world has classes; else None.
        status: "complete", "partial" (some animals are missing), "failed" or "not installed" (a library is missing).
    """

    curves: Curves | None
    status: str
    strata: np.ndarray | None = None


def gather(store: Store) -> dict[str, dict[str, Lives]]:
    """World -> agent -> what is known of its lives."""
    grouped: dict[str, dict[str, list[LifeJob]]] = {}
    for job in jobs(store.settings):
        if isinstance(job, LifeJob):
            grouped.setdefault(job.world, {}).setdefault(job.agent, []).append(job)
    return {world: {agent: _lives(store, parts) for agent, parts in agents.items()} for world, agents in grouped.items()}


def _lives(store: Store, parts: list[LifeJob]) -> Lives:
    lived = {part: curves for part in parts if (curves := store.curves(part)) is not None}
    found = list(lived.values())
    failed = any(store.error(part) for part in parts)
    status = "complete" if len(found) == len(parts) else "failed" if failed else "partial"
    if not found and not failed and agent_spec(parts[0].agent).missing:
        status = NOT_INSTALLED
    if not found:
        return Lives(None, status)
    seeds = tuple(part.first_seed + animal for part in lived for animal in range(part.animals))
    return Lives(
        {name: np.concatenate([c[name] for c in found]) for name in found[0]}, status, _strata(parts[0].world, seeds)
    )


@cache
def _strata(world: str, seeds: tuple[int, ...]) -> np.ndarray | None:
    """(animals,) class of each animal, from the world into which it is born."""
    field = world_class(world).stratified_by
    if not field:
        return None
    body = Population("reflex", world, len(seeds), seed=list(seeds)).world.body
    return np.unique(getattr(body, field), return_inverse=True)[1]


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


def whole_life(settings: Settings, world: str) -> slice:
    """All windows."""
    return slice(None)


def tenth(number: int) -> Callable[[Settings, str], slice]:
    """The windows of a tenth of life, 0 the first, at least one."""

    def span(settings: Settings, world: str) -> slice:
        windows = settings.ages(world)
        first, last = (min(round(windows * edge / 10), windows - 1) for edge in (number, number + 1))
        return slice(first, windows if number == 9 else max(first + 1, last))

    return span


def first_window(settings: Settings, world: str) -> float:
    """How much of a *whole* life of that world the first window of age is, in (0, 1]."""
    kind = world_class(world)
    return settings.lifetime(world) / settings.ages(world) / (kind.life_episodes * kind.episode_steps)


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


def scores_of_animals(
    store: Store, gathered: dict[str, dict[str, Lives]], span: Callable[[Settings, str], slice] = grown
) -> dict[str, dict[str, np.ndarray]]:
    """World -> agent -> (animals,) scores over a ``span`` of life, on the grown scale.

    Only complete agents, and worlds with complete references; NaN where no day ended in that span.
    """
    found: dict[str, dict[str, np.ndarray]] = {}
    for world, agents in gathered.items():
        scale = scale_of(agents, grown(store.settings, world))
        if scale is not None:
            windows = span(store.settings, world)
            found[world] = {
                agent: scale.score(day_fitness(lives.curves, windows))
                for agent, lives in agents.items()
                if lives.status == "complete" and lives.curves is not None
            }
    return found


def one_of_each_species(worlds: Iterable[str]) -> list[str]:
    """The worlds that are not variants of another among them: whoever lives in two niches of one species is no independent case."""
    names = list(worlds)
    return [name for name in names if world_class(name).steering not in names]


def scale_of(agents: dict[str, Lives], windows: slice) -> Scale | None:
    """The normalisation of a world, or None where a reference is missing or incomplete."""
    random, oracle = agents.get("random"), agents.get("oracle")
    if random is None or oracle is None or random.status != "complete" or oracle.status != "complete":
        return None
    assert random.curves is not None
    assert oracle.curves is not None
    return Scale(*(middle(day_fitness(curves, windows), random.strata) for curves in (random.curves, oracle.curves)))
