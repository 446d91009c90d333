"""Experiments as the last release wrote them: one function that did everything, and its threshold in words beside it."""

from __future__ import annotations

import functools
import warnings
from collections.abc import Callable

import numpy as np

from benchmark.experiments.criterion import true
from benchmark.experiments.experiment import Experiment, Result, Score
from benchmark.results import statistics


def Signature(  # it was a class
    id: str,
    world: str,
    claim: str,
    threshold: str,
    source: str,
    run: Callable[[int, int], Result],
    animals: int,
    published: str = "",
    slow: bool = False,
) -> Experiment:
    """An :class:`Experiment` from the arguments that ``Signature`` took; removed in the release after this one."""
    warnings.warn(
        "Signature is now Experiment, with a protocol, a score and a criterion; see docs/extending.md.",
        DeprecationWarning,
        stacklevel=2,
    )
    return Experiment(
        id=id,
        world=world,
        claim=claim,
        source=source,
        protocol=run,
        score=functools.partial(_as_it_was, threshold),
        criterion=(true(threshold),),
        animals=animals,
        published=published,
        slow=slow,
    )


def _as_it_was(threshold: str, result: Result) -> Score:
    headline = {"mean": result.statistic, "low": result.low, "high": result.high}
    return Score("statistic", {"statistic": headline, threshold: float(result.holds)}, result.n, result.details)


def share(flags: np.ndarray) -> tuple[float, float, float]:
    """As :func:`benchmark.results.statistics.share`, as a tuple."""
    return _as_tuple(statistics.share(flags))


def difference_of_shares(one: np.ndarray, other: np.ndarray, seed: int = 0) -> tuple[float, float, float]:
    """As :func:`benchmark.results.statistics.difference_of_shares`, as a tuple."""
    both = np.concatenate([one, other])
    return _as_tuple(statistics.difference_of_shares(one, other, least=min(0.0, *both), most=max(1.0, *both)))


def _as_tuple(found: dict[str, float]) -> tuple[float, float, float]:
    return found["mean"], found["low"], found["high"]
