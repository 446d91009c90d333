"""Two runs side by side: what changed beyond noise."""

from __future__ import annotations

from typing import Any

import numpy as np
import scipy

from benchmark.results.aggregates import benjamini_hochberg, paired
from benchmark.results.curves import share
from benchmark.results.folder import OtherSettings
from benchmark.results.gathered import day_fitness, gather, grown
from benchmark.results.jobs import describe
from benchmark.results.statistics import stratified
from benchmark.results.store import Store
from core.errors import InvalidArgument

LEVEL = 0.05
QUANTITIES = ("fitness in the first window", "fitness grown", "reward grown", "deaths grown", "learner share grown")


def compare(before: Store, after: Store) -> dict[str, Any]:
    """Differences ``after - before`` of every agent and world that both runs have.

    Animals with the same seed are compared in pairs, as many as both have; runs without common seeds are compared as
    independent groups. Verdicts are at 5% after Benjamini and Hochberg's correction for all rows.

    Returns:
        ``settings``: what differs between the runs, in words; ``rows``: for each world, agent and quantity the means,
        the difference with its 95% interval, ``p_corrected``, ``detectable`` and ``verdict`` ("higher", "lower",
        "no change beyond noise", or "identical").

    Raises:
        InvalidArgument: the runs have no world and agent in common.
    """
    one, other = gather(before), gather(after)
    rows: list[dict[str, Any]] = []
    for world in one.keys() & other.keys():
        if before.settings.lifetime(world) != after.settings.lifetime(world):
            raise OtherSettings(
                f"Lives in {world} last {before.settings.lifetime(world)} steps in one run and "
                f"{after.settings.lifetime(world)} in the other; runs can be compared at equal lifetimes only."
            )
    for world, agents in one.items():
        for agent, lives in agents.items():
            there = other.get(world, {}).get(agent)
            if lives.status == "complete" and there is not None and there.status == "complete":
                late = grown(before.settings, world), grown(after.settings, world)
                first, second = _quantities(lives.curves, late[0]), _quantities(there.curves, late[1])
                seeds = before.settings.seed, after.settings.seed
                rows += [
                    {"world": world, "agent": agent, "quantity": name} | _difference(first[name], second[name], *seeds)
                    for name in QUANTITIES
                ]
    if not rows:
        raise InvalidArgument("The two runs have no agent in common that finished in the same world.")
    for row, p in zip(rows, benjamini_hochberg([row.pop("p") for row in rows]), strict=True):
        row["p_corrected"] = p
        row["verdict"] = _verdict(row)
    return {"settings": _changes(before, after), "rows": rows}


def _quantities(curves: Any, late: slice) -> dict[str, np.ndarray]:
    steps = curves["steps"][:, late].sum(1)
    values = (
        day_fitness(curves, slice(0, 1)),
        day_fitness(curves, late),
        curves["reward"][:, late].sum(1) / steps,
        1000 * curves["deaths"][:, late].sum(1) / steps,
        share(curves, late),
    )
    return dict(zip(QUANTITIES, values, strict=True))


def _difference(before: np.ndarray, after: np.ndarray, seed_before: int, seed_after: int) -> dict[str, Any]:
    start, end = max(seed_before, seed_after), min(seed_before + len(before), seed_after + len(after))
    means = {"before": float(np.nanmean(before)), "after": float(np.nanmean(after))}
    if end - start >= 2:
        one, other = before[start - seed_before : end - seed_before], after[start - seed_after : end - seed_after]
        return means | {"paired": True, "identical": np.array_equal(one, other, equal_nan=True)} | paired(other, one)
    one, other = before[np.isfinite(before)], after[np.isfinite(after)]
    spread = float(np.sqrt(one.var(ddof=1) / len(one) + other.var(ddof=1) / len(other)))
    return means | {
        "paired": False,
        "identical": False,
        **stratified([other, one], lambda x, y, axis=-1: x.mean(axis) - y.mean(axis), "mean"),
        "p": float(scipy.stats.mannwhitneyu(one, other).pvalue),
        "detectable": _unpaired_detectable(spread, one, other),
        "n": min(len(one), len(other)),
    }


def _unpaired_detectable(spread: float, one: np.ndarray, other: np.ndarray) -> float:
    freedom = len(one) + len(other) - 2
    return float((scipy.stats.t.ppf(0.975, freedom) + scipy.stats.t.ppf(0.8, freedom)) * spread)


def _verdict(row: dict[str, Any]) -> str:
    if row.pop("identical"):
        return "identical"
    if row["p_corrected"] < LEVEL and (row["low"] > 0.0 or row["high"] < 0.0):
        return "higher" if row["mean"] > 0.0 else "lower"
    return "no change beyond noise"


def _changes(before: Store, after: Store) -> list[str]:
    one, other = describe(before.settings), describe(after.settings)
    changed = [
        f"{key}: {one[key]!r} before, {other[key]!r} after" for key in one if key != "shard" and one[key] != other[key]
    ]
    there, here = before.about(), after.about()
    return changed + [
        f"{key}: {there.get(key)} before, {here.get(key)} after"
        for key in ("sources", "versions", "machine")
        if there.get(key) != here.get(key)
    ]
