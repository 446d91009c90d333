"""From raw curves to the numbers of ``summary.json``."""

from __future__ import annotations

from typing import Any

import numpy as np

from benchmark.statistics import interval, mean_interval, overtaking_window
from benchmark.store import SCHEMA, Store, versions
from benchmark.suites import Cell, Settings, cells, describe

GROWN = 0.6
Curves = dict[str, np.ndarray]


def gather(store: Store) -> dict[str, dict[str, tuple[Curves | None, str]]]:
    """World -> agent -> (curves of all its animals that are finished, "complete", "partial" or "failed")."""
    grouped: dict[str, dict[str, list[Cell]]] = {}
    for cell in cells(store.settings):
        grouped.setdefault(cell.world, {}).setdefault(cell.agent, []).append(cell)
    result: dict[str, dict[str, tuple[Curves | None, str]]] = {}
    for world, agents in grouped.items():
        result[world] = {}
        for agent, parts in agents.items():
            found = [curves for curves in map(store.read, parts) if curves is not None]
            failed = any(store.error(part) for part in parts)
            status = "complete" if len(found) == len(parts) else "failed" if failed else "partial"
            joined = {name: np.concatenate([c[name] for c in found]) for name in found[0]} if found else None
            result[world][agent] = (joined, status)
    return result


def day_fitness(curves: Curves, windows: slice = slice(None)) -> np.ndarray:
    """(animals,) mean fitness of the days that ended in the windows; NaN where none did."""
    days = curves["days"][:, windows].sum(axis=1)
    return np.where(days > 0, curves["day_fitness"][:, windows].sum(axis=1) / np.maximum(days, 1), np.nan)


def fitness_by_window(curves: Curves) -> np.ndarray:
    """(animals, windows) mean fitness of the days that ended in each window; NaN where none did."""
    return np.where(curves["days"] > 0, curves["day_fitness"] / np.maximum(curves["days"], 1), np.nan)


def grown(settings: Settings) -> slice:
    """The windows of the last 40% of life, at least one."""
    return slice(min(round(GROWN * settings.windows), settings.windows - 1), None)


class Scale:
    """Normalisation of one world: 0 = random, 1 = oracle, from both at the same ages."""

    def __init__(self, random: Curves, oracle: Curves, windows: slice) -> None:
        self.zero, self.one = interval(day_fitness(random, windows))["iqm"], interval(day_fitness(oracle, windows))["iqm"]

    def score(self, fitness: np.ndarray) -> np.ndarray:
        """(fitness - random) / (oracle - random)."""
        return (fitness - self.zero) / (self.one - self.zero)


def reward_rate(curves: Curves, windows: slice) -> np.ndarray:
    """(animals,) steering's reward per step."""
    return curves["reward"][:, windows].sum(axis=1) / curves["steps"][:, windows].sum(axis=1)


def summarise(store: Store) -> dict[str, Any]:
    """The content of ``summary.json``."""
    settings = store.settings
    gathered = gather(store)
    worlds = {world: _summarise_world(agents, settings) for world, agents in gathered.items()}
    return {"schema": SCHEMA, "worlds": worlds, "settings": describe(settings), "versions": versions()}


def _summarise_world(agents: dict[str, tuple[Curves | None, str]], settings: Settings) -> dict[str, Any]:
    late, everything, birth = grown(settings), slice(None), slice(0, 1)
    random, oracle, reflex = (agents.get(name, (None, ""))[0] for name in ("random", "oracle", "reflex"))
    scale = None if random is None or oracle is None else Scale(random, oracle, late)
    steps_per_window = settings.lifetime / settings.windows
    rows: dict[str, Any] = {}
    for agent, (curves, status) in agents.items():
        if curves is None:
            rows[agent] = {"animals": 0, "status": status}
            continue
        row: dict[str, Any] = {
            "animals": len(curves["days"]),
            "fitness_at_birth": interval(day_fitness(curves, birth)),
            "fitness_grown": interval(day_fitness(curves, late)),
            "learner_share_grown": interval(curves["learner_steps"][:, late].sum(1) / curves["steps"][:, late].sum(1)),
            "deaths": mean_interval(1000 * curves["deaths"][:, late].sum(1) / curves["steps"][:, late].sum(1)),
            "overtakes_reflex_at": None,
            "status": status,
        }
        if scale is not None and random is not None and oracle is not None:
            row["score_grown"] = interval(scale.score(day_fitness(curves, late)))
            row["lifetime_score"] = interval(scale.score(day_fitness(curves, everything)))
            low, high = reward_rate(random, late).mean(), reward_rate(oracle, late).mean()
            reward_score = (reward_rate(curves, late) - low) / (high - low)
            row["reward_fitness_gap"] = interval(reward_score - scale.score(day_fitness(curves, late)))
        paired = status == "complete" == agents["reflex"][1] if "reflex" in agents else False
        if reflex is not None and agent != "reflex" and paired:
            difference = fitness_by_window(curves) - fitness_by_window(reflex)
            window = overtaking_window(difference)
            row["overtakes_reflex_at"] = None if window is None else round(window * steps_per_window)
            if scale is not None:
                unit = scale.one - scale.zero
                by_age = [mean_interval(difference[:, w] / unit) for w in range(settings.windows)]
                row["worst_difference_from_reflex"] = min(by_age, key=lambda i: i["low"])
                row["birth_difference_from_reflex"] = by_age[0]
                late_difference = (day_fitness(curves, late) - day_fitness(reflex, late)) / unit
                row["grown_difference_from_reflex"] = mean_interval(late_difference)
        rows[agent] = row
    return rows
