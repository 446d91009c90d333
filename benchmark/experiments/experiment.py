"""What an experiment is: a claim with a source, and three parts. The protocol measures, the score sums up, the criterion decides."""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from importlib import metadata
from typing import Any

import msgspec

from benchmark.experiments.criterion import Condition, Measure
from core.errors import BrokenFile, unknown_name
from core.registry import modules_below, naming_file, not_trusted
from core.renamed import warn
from core.rooms import imported_name


@dataclass(frozen=True)
class Score:
    """What a score function makes of what a protocol measured.

    Attributes:
        headline: the measure that stands for the experiment in tables, by name.
        measures: every number that the criterion is about, by name: a float, or one with its 95% interval.
        n: number of animals (or trials, where ``details`` says so).
        details: every other number that was measured.
    """

    headline: str
    measures: Mapping[str, Measure]
    n: int
    details: Mapping[str, float | str | list[float]]


class Result(msgspec.Struct):
    """The outcome of one experiment.

    Attributes:
        statistic: the headline.
        low, high: its 95% interval.
        holds: whether every condition holds.
        n: number of animals (or trials, where ``details`` says so).
        details: every other number that was measured.
        conditions: each with its ``text``, the ``value`` that was compared, and whether it ``holds``.
        measure: what the headline is, in words.
        undecided: it does not hold, and no condition is refuted: the interval of each that fails reaches beyond its bound.
    """

    statistic: float
    low: float
    high: float
    holds: bool
    n: int
    details: dict[str, float | str | list[float]] = {}
    conditions: list[dict[str, Any]] = []
    measure: str = ""
    undecided: bool = False


@dataclass(frozen=True, kw_only=True)
class Experiment:
    """A falsifiable claim about one world's animals and how to test it.

    Attributes:
        id: as in the literature dossier, for example ``"L3"``.
        world: the world's name.
        claim: one sentence.
        source: the publication, or "chosen".
        protocol: what is done to the animals; takes their number and the first seed, and returns what was measured.
        score: what that amounts to, as a :class:`Score`.
        criterion: what must be true of the score; its text is made from the same numbers.
        animals: how many animals the full experiment uses.
        published: what was measured in animals, in words and numbers; empty where there is no such number.
        by_construction: the mechanism that the claim is about is built in, so that only its size could have come out otherwise.
        slow: takes more than a few seconds even with ten animals, so that the quick suite leaves it out.
    """

    id: str
    world: str
    claim: str
    source: str
    protocol: Callable[[int, int], Any]
    score: Callable[[Any], Score]
    criterion: tuple[Condition, ...]
    animals: int
    published: str = ""
    by_construction: bool = False
    slow: bool = False

    @property
    def threshold(self) -> str:
        """The criterion in words."""
        return "; ".join(condition.text for condition in self.criterion)

    def run(self, animals: int, seed: int) -> Result:
        """Protocol, score and criterion, one after the other."""
        return self.judge(self.score(self.protocol(animals, seed)))

    def judge(self, score: Score) -> Result:
        """Hold the criterion against a score."""
        found = [condition.held_against(score.measures) for condition in self.criterion]
        centre, low, high = _bounds(score.measures[score.headline])
        failed = [condition for condition, one in zip(self.criterion, found, strict=True) if not one["holds"]]
        return Result(
            centre,
            low,
            high,
            holds=not failed,
            n=score.n,
            details=dict(score.details),
            conditions=found,
            measure=score.headline,
            undecided=bool(failed) and all(condition.undecided(score.measures) for condition in failed),
        )

    def entry(self, result: Result, seed: int) -> dict[str, Any]:
        """Claim, source and outcome together, as ``experiments.json`` keeps them."""
        return {
            "id": self.id,
            "world": self.world,
            "claim": self.claim,
            "threshold": self.threshold,
            "source": self.source,
            "published": self.published,
            "by_construction": self.by_construction,
            "measure": result.measure,
            "statistic": float(result.statistic),
            "interval": [float(result.low), float(result.high)],
            "holds": bool(result.holds),
            "undecided": bool(result.undecided),
            "n": int(result.n),
            "details": {name: _plain(value) for name, value in result.details.items()},
            "conditions": result.conditions,
            "seed": seed,
        }


def _bounds(measure: Measure) -> tuple[float, float, float]:
    if isinstance(measure, dict):
        return measure["mean"], measure["low"], measure["high"]
    return float(measure), float(measure), float(measure)


def _plain(value: Any) -> Any:
    """A detail as JSON knows it, whatever kind of number a protocol made."""
    return value if isinstance(value, str) else [float(x) for x in value] if isinstance(value, list) else float(value)


GROUP = "nestling.experiments"


def experiments() -> dict[str, Experiment]:
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


def _collect(name: str, found: dict[str, Experiment]) -> None:
    try:
        module = importlib.import_module(name)
    except Exception as error:  # whatever a file does wrong while it is imported, the user is told which file it was
        raise BrokenFile(f"The experiments file {name} cannot be imported: {type(error).__name__}: {error}") from error
    listed: Iterable[Any] = getattr(module, "EXPERIMENTS", ())
    if "SIGNATURES" in vars(module) and not listed:
        warn(f"{name}.SIGNATURES", "EXPERIMENTS")
        listed = module.SIGNATURES
    for experiment in listed:
        if not isinstance(experiment, Experiment):
            raise BrokenFile(f"In {name}, EXPERIMENTS lists {experiment!r}, which is not an Experiment.")
        if experiment.id in found:
            raise BrokenFile(f"{name} uses the id {experiment.id}, which {found[experiment.id].world} has already.")
        found[experiment.id] = experiment


def find_experiment(identifier: str) -> Experiment:
    """An experiment by id, or by ``module:id`` where its module is not installed as an entry point.

    Raises:
        UnknownName: there is none; the nearest id is suggested.
        BrokenFile: the module cannot be imported.
        NotTrusted: a file names a module that is not loaded; see :func:`core.registry.names_from`.
    """
    module, colon, name = identifier.rpartition(":")
    named, module = module, imported_name(module)
    known: dict[str, Experiment] = {}
    if colon:
        if (file := naming_file()) is not None and module not in sys.modules:
            raise not_trusted(file, "experiment", named, name)
        _collect(module, known)
    else:
        known = experiments()
    if name not in known:
        raise unknown_name("experiment", name, known, "Those of a package of your own are my_package.my_experiments:ID.")
    return known[name]


def chosen_experiments(ids: tuple[str, ...]) -> list[Experiment]:
    """The named experiments, or all; an unknown id is an error with the nearest one."""
    return [find_experiment(identifier) for identifier in ids] if ids else list(experiments().values())
