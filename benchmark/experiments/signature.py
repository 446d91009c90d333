"""What an experiment is: a claim with a source, a protocol, and a result with its number."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import msgspec
import numpy as np
from scipy import stats

from envs.errors import BrokenFile, unknown_name


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
class Signature:
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
            "id": self.id, "world": self.world, "claim": self.claim, "threshold": self.threshold, "source": self.source,
            "published": self.published,
            "statistic": float(result.statistic), "interval": [float(result.low), float(result.high)],
            "holds": bool(result.holds), "n": int(result.n),
            "details": {name: _plain(value) for name, value in result.details.items()}, "seed": seed,
        }  # fmt: skip


def _plain(value: Any) -> Any:
    """A detail as JSON knows it, whatever kind of number a protocol made."""
    return value if isinstance(value, str) else [float(x) for x in value] if isinstance(value, list) else float(value)


def signatures() -> dict[str, Signature]:
    """All experiments, found by file: each module of this package lists its own in ``SIGNATURES``.

    Raises:
        BrokenFile: a file cannot be imported, or an id is used twice.
    """
    package = importlib.import_module("benchmark.experiments")
    found: dict[str, Signature] = {}
    for module in sorted(info.name for info in pkgutil.iter_modules(package.__path__)):
        name = f"benchmark.experiments.{module}"
        try:
            listed = getattr(importlib.import_module(name), "SIGNATURES", ())
        except ImportError as error:
            raise BrokenFile(f"The experiments file {name} cannot be imported: {error}") from error
        for signature in listed:
            if signature.id in found:
                raise BrokenFile(f"{name} uses the id {signature.id}, which {found[signature.id].world} has already.")
            found[signature.id] = signature
    return found


def chosen_signatures(ids: tuple[str, ...]) -> list[Signature]:
    """The named experiments, or all; an unknown id is an error with the nearest one."""
    known = signatures()
    for identifier in ids:
        if identifier not in known:
            raise unknown_name("experiment", identifier, known)
    return [known[identifier] for identifier in (ids or known)]


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
