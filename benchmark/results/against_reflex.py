"""An agent beside the reflex that it has, animal by animal."""

from __future__ import annotations

import itertools
import warnings
from typing import Any

import numpy as np
import scipy

from benchmark.results.aggregates import paired
from benchmark.results.gathered import Curves, day_fitness, fitness_by_window, grown
from benchmark.results.jobs import Settings
from benchmark.results.scale import Scale
from benchmark.results.statistics import corrected_interval, mean_interval, overtaking_window


def against_reflex(curves: Curves, reflex: Curves, scale: Scale | None, settings: Settings, world: str) -> dict[str, Any]:
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
        ``mean``; ``low`` and ``high``, which hold for all eleven ages at once; ``age``, where it begins as a share of life; ``p``,
        one-sided, that it is no loss, times eleven (Bonferroni), since it was chosen among eleven; ``lowest_bound``, the lowest of
        the eleven lower bounds: if that is above a margin, so is every age, and nothing needs correcting.
    """
    windows = difference.shape[1]
    edges = np.unique(np.linspace(0, windows, 11).round().astype(int))
    ages = [(0, 1), *itertools.pairwise(edges)]
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # an animal may have ended no day at an age
        means = [np.nanmean(difference[:, start:end], axis=1) for start, end in ages]
    known = [(values[np.isfinite(values)], start) for values, (start, _) in zip(means, ages, strict=True)]
    known = [(values, start) for values, start in known if values.size > 1]
    values, start = min(known, key=lambda pair: pair[0].mean(), default=(np.zeros(0), 0))
    p = float("nan")
    if values.size > 1:
        p = (
            1.0
            if not values.any()
            else min(1.0, len(ages) * float(scipy.stats.ttest_1samp(values, 0.0, alternative="less").pvalue))
        )
    lowest = min((mean_interval(values)["low"] for values, _ in known), default=float("nan"))
    low, high = corrected_interval(values, len(ages))
    centre = mean_interval(values)["mean"]
    return {"mean": centre, "low": low, "high": high, "age": float(start / windows), "p": p, "lowest_bound": lowest}
