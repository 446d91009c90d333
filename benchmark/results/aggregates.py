"""Statistics over several worlds at once, and over pairs of agents; definitions of Agarwal et al. (2021).

Everywhere ``scores`` is a list with one (animals,) array a world. Intervals of scores over worlds are 95% percentile bootstrap,
stratified: animals are drawn anew within each world. The probability of improvement is that of pairs, with an interval of its own.
Intervals of paired differences are :func:`benchmark.results.statistics.mean_interval`'s.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import scipy

from benchmark.results.statistics import RESAMPLES, interquartile_mean, mean_interval, share, stratified

LEAST_FOR_RANKING = 10
POWER = 0.8
Scores = Sequence[np.ndarray]


def aggregate(scores: Scores, seed: int = 0) -> dict[str, float]:
    """Interquartile mean over all animals of all worlds, with its interval."""
    return stratified(scores, lambda *drawn, axis=-1: interquartile_mean(np.concatenate(drawn, axis), axis), "iqm", seed)


def optimality_gap(scores: Scores, seed: int = 0) -> dict[str, float]:
    """Mean shortfall from the oracle's score of 1; what lies above 1 does not make up for it."""

    def shortfall(*drawn: np.ndarray, axis: int = -1) -> Any:
        return 1.0 - np.minimum(np.concatenate(drawn, axis), 1.0).mean(axis)

    return stratified(scores, shortfall, "mean", seed)


def performance_profile(scores: Scores, thresholds: np.ndarray, seed: int = 0) -> dict[str, np.ndarray]:
    """Share of animals that score above each threshold, averaged over worlds, with pointwise intervals.

    Resampling animals with replacement makes the number above a threshold binomial, so that is what is drawn.
    """
    rng = np.random.default_rng(seed)
    shares = np.array([(values[:, None] > thresholds).mean(0) for values in scores])
    drawn = np.mean(
        [
            rng.binomial(len(values), share, (RESAMPLES, len(thresholds))) / len(values)
            for values, share in zip(scores, shares, strict=True)
        ],
        axis=0,
    )
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    return {"share": shares.mean(0), "low": low, "high": high}


def probability_of_improvement(scores: Scores, others: Scores) -> dict[str, float]:
    """P(X > Y) + P(X = Y) / 2 for animal i of each agent, which live in the same niche, averaged over worlds.

    The interval puts those of the worlds, by Wilson (1927), together as Zou and Donner (2008) do.
    """
    shares, low, high = [], [], []
    for one, other in zip(scores, others, strict=True):
        both = min(len(one), len(other))
        difference = one[:both] - other[:both]
        difference = difference[np.isfinite(difference)]
        found = (
            share((np.sign(difference) + 1.0) / 2.0) if difference.size else dict.fromkeys(("mean", "low", "high"), np.nan)
        )
        shares.append(found["mean"])
        low.append(found["mean"] - found["low"])
        high.append(found["high"] - found["mean"])
    centre, worlds = float(np.mean(shares)), len(shares)
    return {
        "mean": centre,
        "low": float(centre - np.linalg.norm(low) / worlds),
        "high": float(centre + np.linalg.norm(high) / worlds),
    }


def paired(one: np.ndarray, other: np.ndarray, seed: int = 0) -> dict[str, float]:
    """``one - other`` for the same animals' worlds: mean with interval, test, and what could have been seen.

    Returns:
        ``mean``, ``low``, ``high``; ``p``, two-sided, of Wilcoxon's signed-rank test; ``detectable``, the smallest
        difference that this many pairs find with 80% power at 5% (paired t-test); ``n`` pairs.
    """
    difference = np.asarray(one, float) - np.asarray(other, float)
    difference = difference[np.isfinite(difference)]
    n = difference.size
    found = mean_interval(difference, seed) | {"p": float("nan"), "detectable": float("nan"), "n": n}
    if n > 1:
        spread = difference.std(ddof=1)
        found["p"] = float(scipy.stats.wilcoxon(difference).pvalue) if difference.any() else 1.0
        found["detectable"] = minimum_detectable_difference(spread, n)
    return found


def minimum_detectable_difference(spread: float, n: int, power: float = POWER) -> float:
    """The true mean that a paired t-test at 5% of ``n`` pairs finds with this power, from the noncentral t distribution."""
    critical = scipy.stats.t.ppf(0.975, n - 1)
    least, most = 0.0, float(critical + scipy.stats.t.ppf(power, n - 1)) * 3.0
    shift = scipy.optimize.brentq(lambda shift: scipy.stats.nct.sf(critical, n - 1, shift) - power, least, most)
    return float(shift * spread / np.sqrt(n))


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Benjamini and Hochberg (1995): p-values that bound the share of false discoveries; NaN stays NaN."""
    known = np.array(p_values, float)
    finite = np.isfinite(known)
    if finite.any():
        known[finite] = scipy.stats.false_discovery_control(known[finite])
    return known.tolist()


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm (1979): p-values that bound the chance of any false finding in the family; NaN stays NaN and does not count."""
    known = np.array(p_values, float)
    order = np.argsort(known)[: np.isfinite(known).sum()]
    known[order] = np.minimum(1.0, np.maximum.accumulate(known[order] * np.arange(len(order), 0, -1)))
    return known.tolist()


def rank(scores: Mapping[str, Scores], seed: int = 0) -> dict[str, Any]:
    """Order agents by their aggregate score, saying which neighbours cannot be told apart.

    Args:
        scores: agent -> one (animals,) array a world, the same worlds and seeds for each.

    Returns:
        ``order``, best first, of ``{"agent", "iqm", "low", "high", "tied_with_next"}``; or ``refused``, in words. Agents of
        which there are too few animals are left out if others have enough; ``left_out`` names them.
    """
    few = [agent for agent, worlds in scores.items() if min(map(len, worlds), default=0) < LEAST_FOR_RANKING]
    if len(few) < len(scores) - 1:
        scores = {agent: worlds for agent, worlds in scores.items() if agent not in few}
    else:
        few = []
    least = min((len(values) for worlds in scores.values() for values in worlds), default=0)
    if len(scores) < 2:
        refused = "A ranking needs at least two agents that finished in every world."
        return {"order": [], "refused": refused, "left_out": few}
    if least < LEAST_FOR_RANKING:
        return {
            "order": [],
            "refused": f"No ranking: with {least} animals an order says more about luck than about agents; "
            f"use at least {LEAST_FOR_RANKING}.",
            "left_out": few,
        }
    order: list[dict[str, Any]] = [{"agent": agent} | aggregate(values, seed) for agent, values in scores.items()]
    order.sort(key=lambda row: -row["iqm"])
    for row, after in zip(order, [*order[1:], None], strict=True):
        row["tied_with_next"] = after is not None and _tied(scores[row["agent"]], scores[after["agent"]], seed)
    return {"order": order, "refused": None, "left_out": few}


def _tied(scores: Scores, others: Scores, seed: int) -> bool:
    both = [min(len(one), len(other)) for one, other in zip(scores, others, strict=True)]
    differences = [one[:n] - other[:n] for n, one, other in zip(both, scores, others, strict=True)]
    found = stratified(differences, lambda *drawn, axis=-1: np.mean([d.mean(axis) for d in drawn], axis=0), "mean", seed)
    return not (found["low"] > 0.0 or found["high"] < 0.0)
