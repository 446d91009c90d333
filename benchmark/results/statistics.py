"""Statistics: interquartile means and bootstrap intervals, from scipy, seeded."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from typing import Any

import numpy as np
import scipy

from core.errors import InvalidArgument

RESAMPLES = 2000
LEAST_FOR_BOOTSTRAP = 8


def interquartile_mean(values: np.ndarray, axis: int = -1) -> Any:
    """Mean of the middle half (Agarwal et al. 2021)."""
    return scipy.stats.trim_mean(values, 0.25, axis=axis)


def interval(values: np.ndarray, seed: int = 0, strata: np.ndarray | None = None) -> dict[str, float]:
    """Interquartile mean of one value an animal, with a 95% percentile bootstrap interval over animals.

    Args:
        values: (animals,); NaN where an animal has no value.
        seed: of the resampling.
        strata: (animals,) class of each animal, as in :func:`middle`; animals are drawn anew in each class.
    """
    values = np.asarray(values, float)
    classes = [values[rows] for rows in _classes(values, strata)]
    return stratified(classes, lambda *drawn, axis=-1: _averaged(drawn, axis), "iqm", seed)


def middle(values: np.ndarray, strata: np.ndarray | None = None) -> float:
    """Interquartile mean of one value an animal; NaN where there is none.

    Args:
        values: (animals,); NaN where an animal has no value.
        strata: (animals,) class of each animal, or of more animals, of which the first count. The result is then the average of the
            classes' interquartile means: that of all animals would lie between two classes, where no animal is, and would move with
            the number of animals that happened to be of each. A class of one animal says too little, and all then count as one.
    """
    classes = [np.asarray(values, float)[rows] for rows in _classes(values, strata)]
    return float(_averaged(classes)) if classes[0].size else float("nan")


def _classes(values: np.ndarray, strata: np.ndarray | None) -> list[np.ndarray]:
    """Rows that have a value, of each class."""
    known = np.isfinite(values)
    every = [np.flatnonzero(known)]
    if strata is None:
        return every
    found = [np.flatnonzero(known & (strata[: len(known)] == one)) for one in np.unique(strata[: len(known)][known])]
    return found if found and min(map(len, found)) > 1 else every


def _averaged(classes: Sequence[np.ndarray], axis: int = -1) -> Any:
    return sum(interquartile_mean(one, axis) for one in classes) / len(classes)


def mean_interval(values: np.ndarray, seed: int = 0) -> dict[str, float]:
    """Plain mean with a 95% interval; for rates and paired differences.

    On each side the interval is the wider of Student's and that of a studentised bootstrap (Efron and Tibshirani 1993, chapter 12). A
    percentile bootstrap of means is too narrow when animals are few or skewed: ``scripts/coverage.py`` measures it. Of fewer than
    ``LEAST_FOR_BOOTSTRAP`` values it is Student's.
    """
    known = _known(values)
    n = known.size
    if n < 2:
        return {"mean": float(known[0]) if n else float("nan"), "low": float("nan"), "high": float("nan")}
    if np.ptp(known) == 0.0:
        return {"mean": float(known[0]), "low": float(known[0]), "high": float(known[0])}
    centre, low, high = float(known.mean()), *_of_student(known)
    if n >= LEAST_FOR_BOOTSTRAP:
        error = known.std(ddof=1) / np.sqrt(n)
        least, most = _studentised(known, seed)
        low, high = min(low, centre - most * error), max(high, centre - least * error)
    return {"mean": centre, "low": float(low), "high": float(high)}


def _known(values: np.ndarray) -> np.ndarray:
    values = np.asarray(values, float)
    return values[np.isfinite(values)]


def _of_student(values: np.ndarray, level: float = 0.95) -> tuple[float, float]:
    found = scipy.stats.t.interval(level, len(values) - 1, values.mean(), values.std(ddof=1) / np.sqrt(len(values)))
    return float(found[0]), float(found[1])


def _studentised(values: np.ndarray, seed: int) -> tuple[float, float]:
    """The 2.5% and 97.5% quantiles of (mean - true mean) / standard error, by resampling."""
    n, rng = len(values), np.random.default_rng(seed)
    drawn = values[rng.integers(0, n, (RESAMPLES, n))]
    errors = drawn.std(axis=1, ddof=1) / np.sqrt(n)
    flat = errors < 1e-12 * np.ptp(values)  # one animal again and again says nothing of the spread
    low, high = np.quantile((drawn.mean(axis=1) - values.mean())[~flat] / errors[~flat], [0.025, 0.975])
    return float(low), float(high)


def corrected_interval(values: np.ndarray, looks: int) -> tuple[float, float]:
    """An interval of the mean that holds for ``looks`` means at once at 95% (Student's, Bonferroni); NaN for fewer than two values."""
    known = _known(values)
    if known.size < 2:
        return float("nan"), float("nan")
    if np.ptp(known) == 0.0:
        return float(known[0]), float(known[0])
    return _of_student(known, 1.0 - 0.05 / looks)


def score_interval(
    values: np.ndarray, zero: np.ndarray, one: np.ndarray, seed: int = 0, strata: np.ndarray | None = None
) -> dict[str, float]:
    """Interquartile mean on the scale from 0 (of ``zero``) to 1 (of ``one``), with an interval over animals and references at once.

    Args:
        values, zero, one: (animals,) fitness of an agent and of the two references, animal i of each in the same world; NaN where an
            animal has no value. References with more animals than the agent keep their own.
        seed: of the resampling.
        strata: (animals,) class of animal i of each, as in :func:`middle`.
    """
    first, last = middle(zero, strata), middle(one, strata)
    scores = (np.asarray(values, float) - first) / (last - first)
    if not len(values) == len(zero) == len(one):
        return interval(scores, seed, strata)  # references are then taken as known
    rows = np.stack([values, zero, one])
    classes = _classes(rows.sum(axis=0), strata)
    if sum(map(len, classes)) < 2:
        return interval(scores, seed, strata)
    rng = np.random.default_rng(seed)
    means = _averaged([rows[:, group[rng.integers(0, len(group), (RESAMPLES, len(group)))]] for group in classes])
    low, high = np.quantile((means[0] - means[1]) / (means[2] - means[1]), [0.025, 0.975])
    found = interval(scores, seed, strata)
    return found | {"low": min(float(low), found["iqm"]), "high": max(float(high), found["iqm"])}  # rounding apart


def stratified(samples: Sequence[np.ndarray], statistic: Any, name: str, seed: int = 0) -> dict[str, float]:
    """A statistic of one or more groups of animals, with a 95% percentile bootstrap interval, drawn anew in each group.

    Args:
        samples: (animals,) for each group; NaN where an animal has no value.
        statistic: of the groups, as ``statistic(*groups, axis=...)``.
        name: under which the statistic itself is returned, beside ``low`` and ``high``, which are NaN where a group has one value.
        seed: of the resampling.
    """
    known = [np.asarray(values, float)[np.isfinite(values)] for values in samples]
    if any(values.size == 0 for values in known):
        return {name: float("nan"), "low": float("nan"), "high": float("nan")}
    centre = float(statistic(*known))
    if any(values.size < 2 for values in known):  # one value says nothing about how far others lie
        return {name: centre, "low": float("nan"), "high": float("nan")}
    if all(np.ptp(values) == 0.0 for values in known):
        return {name: centre, "low": centre, "high": centre}
    found = scipy.stats.bootstrap(
        known, statistic, n_resamples=RESAMPLES, method="percentile", vectorized=True, rng=np.random.default_rng(seed)
    ).confidence_interval
    return {name: centre, "low": float(found.low), "high": float(found.high)}


def overtaking_window(difference: np.ndarray) -> int | None:
    """First window from which the mean paired difference stays above 0, and is surely above 0 at a level corrected for all windows.

    Args:
        difference: (animals, windows), NaN where an animal has no value.
    """
    means = np.nanmean(difference, axis=0)
    for window in range(difference.shape[1]):
        if (means[window:] > 0.0).all() and corrected_interval(difference[:, window], difference.shape[1])[0] > 0.0:
            return window
    return None


def survival(age_at_death: np.ndarray, end: float) -> dict[str, np.ndarray]:
    """Kaplan and Meier's (1958) share of animals that have not died yet, with a 95% interval (Greenwood, log-log).

    Args:
        age_at_death: (animals,) age at the first death; NaN for an animal that reached ``end`` without dying.
        end: age at which observation ended.

    Returns:
        ``age``, ``alive``, ``low`` and ``high``, arrays over the ages at which the share changes, from birth to ``end``.
    """
    lived = np.isnan(age_at_death)
    if lived.all():
        return {"age": np.array([0.0, end])} | {name: np.ones(2) for name in ("alive", "low", "high")}
    sample = scipy.stats.CensoredData.right_censored(np.where(lived, end, age_at_death), lived)
    curve = scipy.stats.ecdf(sample).sf
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where all are alive, or all dead, the interval is not defined
        bounds = curve.confidence_interval(method="log-log")
    low = np.nan_to_num(bounds.low.probabilities, nan=0.0)
    high = np.where(np.isnan(bounds.high.probabilities), curve.probabilities, bounds.high.probabilities)
    columns = {"alive": curve.probabilities, "low": np.minimum(low, curve.probabilities), "high": high}
    ages = np.concatenate([[0.0], curve.quantiles, [end]])
    return {"age": ages} | {name: np.concatenate([[1.0], x, x[-1:]]) for name, x in columns.items()}


def share(flags: np.ndarray) -> dict[str, float]:
    """A proportion with its 95% interval by Wilson (1927)."""
    low, high = _wilson(float(np.mean(flags)), len(flags))
    return {"mean": float(np.mean(flags)), "low": low, "high": high}


def difference_of_shares(one: np.ndarray, other: np.ndarray, *, least: float = 0.0, most: float = 1.0) -> dict[str, float]:
    """mean(one) - mean(other) for independent groups, with a 95% interval by Newcombe (1998, method 10).

    It has a width where all animals of a group do the same, which a bootstrap has not.

    Args:
        one, other: (animals,) flags, or values from ``least`` to ``most``, for which the interval is too wide rather than too narrow.

    Raises:
        InvalidArgument: a value lies outside ``least`` to ``most``.
    """
    if min(np.min(one), np.min(other)) < least or max(np.max(one), np.max(other)) > most:
        raise InvalidArgument(f"Values must lie between {least:g} and {most:g}; give least= and most= of others.")
    span = most - least
    p, q = ((float(np.mean(values)) - least) / span for values in (one, other))
    (p_low, p_high), (q_low, q_high) = _wilson(p, len(one)), _wilson(q, len(other))
    down, up = np.hypot(p - p_low, q_high - q), np.hypot(p_high - p, q - q_low)
    return {"mean": span * (p - q), "low": float(span * (p - q - down)), "high": float(span * (p - q + up))}


def _wilson(p: float, n: int) -> tuple[float, float]:
    z = float(scipy.stats.norm.ppf(0.975))
    centre, half = p + z**2 / (2 * n), z * np.sqrt(p * (1.0 - p) / n + (z / (2 * n)) ** 2)
    return max(0.0, float((centre - half) / (1 + z**2 / n))), min(1.0, float((centre + half) / (1 + z**2 / n)))
