"""What an experiment is: a claim with a source, a protocol, and a result with its number."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from importlib import metadata
from typing import Any

import msgspec
import numpy as np
from scipy import stats

from core.errors import BrokenFile, unknown_name
from core.registry import modules_below


class Result(msgspec.Struct):
    """The outcome of one experiment.

    Attributes:
        statistic: the number that the threshold is about.
        low, high: its 95% interval.
        holds: whether the whole claim holds.
        n: number of animals (or trials, where ``details`` says so).
        details: every other number that was measured.
    """

    statistic: float
    low: float
    high: float
    holds: bool
    n: int
    details: dict[str, float | str | list[float]] = {}


@dataclass(frozen=True)
class Experiment:
    """A falsifiable claim about one world's animals and how to test it.

    Attributes:
        id: as in the literature dossier, for example ``"L3"``.
        world: the world's name.
        claim: one sentence.
        threshold: in words, what must be true of the statistic.
        source: the publication, or "chosen".
        run: the protocol; takes the number of animals and the first seed.
        animals: how many animals the full experiment uses.
        published: what was measured in animals, in words and numbers; empty where there is no such number.
        slow: takes minutes even with few animals, so that the quick suite leaves it out.
    """

    id: str
    world: str
    claim: str
    threshold: str
    source: str
    run: Callable[[int, int], Result]
    animals: int
    published: str = ""
    slow: bool = False

    def entry(self, result: Result, seed: int) -> dict[str, Any]:
        """Claim, source and outcome together, as ``signatures.json`` keeps them."""
        return {
            "id": self.id,
            "world": self.world,
            "claim": self.claim,
            "threshold": self.threshold,
            "source": self.source,
            "published": self.published,
            "statistic": float(result.statistic),
            "interval": [float(result.low), float(result.high)],
            "holds": bool(result.holds),
            "n": int(result.n),
            "details": {name: _plain(value) for name, value in result.details.items()},
            "seed": seed,
        }


def _plain(value: Any) -> Any:
    """A detail as JSON knows it, whatever kind of number a protocol made."""
    return value if isinstance(value, str) else [float(x) for x in value] if isinstance(value, list) else float(value)


GROUP = "nestling.experiments"


def signatures() -> dict[str, Experiment]:
    """All experiments: those that a module of this package, or a third party's entry point, lists in ``EXPERIMENTS``.

    Raises:
        BrokenFile: a file of the package cannot be imported, or an id is used twice. A third party's is only warned about.
    """
    found: dict[str, Experiment] = {}
    for module in modules_below(__package__):
        _collect(module, found)
    for point in metadata.entry_points(group=GROUP):
        try:
            _collect(point.value, found)
        except BrokenFile as error:
            warnings.warn(str(error), stacklevel=2)
    return found


def _collect(module: str, found: dict[str, Experiment]) -> None:
    try:
        listed = getattr(importlib.import_module(module), "EXPERIMENTS", ())
    except Exception as error:  # whatever a file does wrong while it is imported, the user is told which file it was
        raise BrokenFile(f"The experiments file {module} cannot be imported: {type(error).__name__}: {error}") from error
    for signature in listed:
        if not isinstance(signature, Experiment):
            raise BrokenFile(f"In {module}, EXPERIMENTS lists {signature!r}, which is not a Experiment.")
        if signature.id in found:
            raise BrokenFile(f"{module} uses the id {signature.id}, which {found[signature.id].world} has already.")
        found[signature.id] = signature


def find_experiment(identifier: str) -> Experiment:
    """An experiment by id, or by ``module:id`` where its module is not installed as an entry point.

    Raises:
        UnknownName: there is none; the nearest id is suggested.
        BrokenFile: the module cannot be imported.
    """
    module, colon, name = identifier.rpartition(":")
    known: dict[str, Experiment] = {}
    if colon:
        _collect(module, known)
    else:
        known = signatures()
    if name not in known:
        raise unknown_name("experiment", name, known)
    return known[name]


def chosen_experiments(ids: tuple[str, ...]) -> list[Experiment]:
    """The named experiments, or all; an unknown id is an error with the nearest one."""
    return [find_experiment(identifier) for identifier in ids] if ids else list(signatures().values())


def share(flags: np.ndarray) -> tuple[float, float, float]:
    """A proportion with its 95% Wilson interval."""
    count, n = int(np.sum(flags)), len(flags)
    bounds = stats.binomtest(count, n).proportion_ci(method="wilson")
    return count / n, float(bounds.low), float(bounds.high)


def difference_of_shares(one: np.ndarray, other: np.ndarray, seed: int = 0) -> tuple[float, float, float]:
    """mean(one) - mean(other) for independent groups, with a 95% bootstrap interval."""
    a, b = np.asarray(one, float), np.asarray(other, float)
    rng = np.random.default_rng(seed)
    draws = [rng.choice(a, len(a)).mean() - rng.choice(b, len(b)).mean() for _ in range(2000)]
    return float(a.mean() - b.mean()), float(np.quantile(draws, 0.025)), float(np.quantile(draws, 0.975))
