"""How often 95% intervals of this benchmark hold the true value, by simulation.

The table in docs/benchmark.md is what this prints.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.progress import track

sys.path[:1] = [str(Path(__file__).resolve().parents[1]), str(Path.cwd())]  # not this folder: it would hide packages
from scripts.common import fail_plainly

SIZES = (8, 16, 32, 64)
CLASSES = "two classes"
Draw = Callable[[np.random.Generator, int], np.ndarray]


@dataclass
class Args:
    """Simulate the coverage of intervals."""

    trials: int = 2000
    """Samples of each kind and size; twice the standard error of a coverage of 95% is 1% of 2,000."""
    seed: int = 0
    """Of the random numbers."""


def kinds() -> dict[str, Draw]:
    """Kinds of data that lives give: even, skewed, rare events, and two classes of animals."""
    return {
        "normal": lambda rng, n: rng.normal(0.0, 1.0, n),
        "lognormal": lambda rng, n: rng.lognormal(0.0, 1.0, n),
        "rare events (one in five)": lambda rng, n: rng.poisson(0.2, n).astype(float),
        CLASSES: lambda rng, n: rng.integers(0, 2, n) + rng.normal(0.0, 0.1, n),
    }


def main(args: Args) -> int:
    """Simulate and print a table in Markdown."""
    from benchmark.results.statistics import (
        difference_of_shares,
        interquartile_mean,
        interval,
        mean_interval,
        middle,
        stratified,
    )
    from core.errors import whole_number

    trials = whole_number("trials", args.trials)

    def percentile(values: np.ndarray) -> dict[str, float]:
        return stratified([values], lambda x, axis=-1: np.mean(x, axis=axis), "mean")

    methods = {
        "mean": (mean_interval, np.mean),
        "mean, percentile bootstrap": (percentile, np.mean),
        "interquartile mean": (interval, interquartile_mean),
    }

    def two_groups(rng: np.random.Generator, n: int) -> np.ndarray:
        return rng.random((2, n)) < np.array([[0.95], [0.1]])

    def resampled(groups: np.ndarray) -> dict[str, float]:
        return stratified(groups, lambda x, y, axis=-1: np.mean(x, axis=axis) - np.mean(y, axis=axis), "mean")

    def difference(groups: np.ndarray) -> float:
        return float(groups[0].mean() - groups[1].mean())

    console = Console(stderr=True)  # so that what is redirected is the table alone
    of_shares = {
        "difference": (lambda groups: difference_of_shares(*groups), difference),
        "difference, percentile bootstrap": (resampled, difference),
    }
    by_class = (lambda values: interval(values, strata=values > 0.5), lambda values: middle(values, values > 0.5))
    of_classes = {"interquartile mean, by class": by_class}
    todo = [(kind, draw, methods | (of_classes if kind == CLASSES else {})) for kind, draw in kinds().items()]
    rows = []
    for kind, draw, tried in (*todo, ("shares of .95 and .1, two groups", two_groups, of_shares)):
        many = draw(np.random.default_rng(args.seed + 1), 2_000_000)
        for name, (method, statistic) in tried.items():
            true = float(statistic(many))
            shares = []
            for n in SIZES:
                rng = np.random.default_rng([args.seed, n])
                told = f"{kind}, {name}, {n} animals"
                found = [method(draw(rng, n)) for _ in track(range(trials), told, console=console, transient=True)]
                shares.append(np.mean([one["low"] - 1e-12 <= true <= one["high"] + 1e-12 for one in found]))
            rows.append(f"| {kind} | {name} | " + " | ".join(f"{share:.3f}" for share in shares) + " |")
    print("| data | statistic | " + " | ".join(f"{n} animals" for n in SIZES) + " |")
    print("| --- | --- |" + " --- |" * len(SIZES))
    print("\n".join(rows))
    return 0


if __name__ == "__main__":
    sys.exit(fail_plainly(main, Args, __doc__))
