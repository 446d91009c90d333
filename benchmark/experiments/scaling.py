"""What tells the two kinds of plasticity apart (Z1, Z2): learning is worth scaling up, an idiosyncratic mutable variable is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
from scipy import optimize

from agents.catalogue import agent_spec
from agents.genome import Genome
from agents.population import Population
from benchmark.experiments.experiment import Experiment, Result
from benchmark.experiments.lives import Scale, live_days, told
from benchmark.results.statistics import mean_interval
from learning.node_perturbation import NodePerturbationGenome
from steering.rivals import GAINS, Fighter
from steering.subsystem import MutableVariable

WORLD, _BIRD = "Rivals", "Birdsong"
_WIDTHS = (64, 256, 1024, 4096, 16384)
_COPIES = (1, 4, 16, 64)
_DAYS, _RENDITIONS = 20, 600
_SLOWEST, _FASTEST = 0.05, 0.8  # rates of the copies of the tally, about the innate 0.2; chosen


def width(animals: int, seed: int) -> Result:
    """Z1: score of a bird's learner alone in renditions 450 to 600 of life against the units of its code, 64 to 16,384.

    The law that is fitted is score = best - a width^-b.
    """
    scale = Scale(_BIRD, animals, seed, 20)
    scores, young = [], []
    for units in _WIDTHS:
        spec = replace(agent_spec("node_perturbation+always"), genome=Genome(NodePerturbationGenome(units=units)))
        population = Population(spec, _BIRD, animals, seed=seed)
        live_days(population, _RENDITIONS // 6)
        young.append(scale.score(live_days(population, _RENDITIONS // 6)))
        live_days(population, 5 * _RENDITIONS // 12)
        scores.append(scale.score(live_days(population, _RENDITIONS // 4)))
    curve = np.array([values.mean() for values in scores])
    details: dict[str, Any] = {"widths": [float(w) for w in _WIDTHS], "score by width": curve.tolist()}
    details["score by width, renditions 100 to 200"] = [float(values.mean()) for values in young]
    details |= _law(curve)
    details |= {f"{name}, renditions 100 to 200": value for name, value in _law(np.mean(young, axis=1)).items()}
    early, late = scores[2] - scores[0], scores[-1] - scores[2]
    details |= told("gain from 64 to 1,024 units", early) | told("gain from 1,024 to 16,384 units", late)
    found = mean_interval(scores[-1] - scores[0])
    holds = found["low"] > 0.0 and late.mean() < early.mean()
    return Result(found["mean"], found["low"], found["high"], bool(holds), animals, details)


def _law(curve: np.ndarray) -> dict[str, float | str]:
    try:
        (best, a, b), _ = optimize.curve_fit(
            lambda x, best, a, b: best - a * x ** (-b),
            np.array(_WIDTHS, float),
            curve,
            p0=(curve.max(), 1.0, 0.5),
            bounds=([-1.0, 0.0, 0.01], [2.0, 1000.0, 3.0]),
            maxfev=20_000,
        )
    except RuntimeError as error:
        return {"exponent b": f"no fit: {error}"}
    return {"exponent b": float(b), "best score, by the law": float(best), "a": float(a)}


def many_tallies(count: int) -> type[Fighter]:
    """A fighter with so many tallies, of rates around the innate one, and belief in their mean."""
    rates = (0.2,) if count == 1 else tuple(np.geomspace(_SLOWEST, _FASTEST, count))
    names = [f"tally_{index}" for index in range(count)]

    class Many(Fighter):
        """A scaled-up tally."""

        version = f"tallies_{count}"
        variables: ClassVar[tuple[MutableVariable, ...]] = (
            *(
                MutableVariable(name, "a tally of fights", -1.0, 1.0, 0.0, "a fight won or lost", "scaled up")
                for name in names
            ),
            *GAINS,
        )

        def _believe(self, who: np.ndarray) -> np.ndarray:
            return np.mean([getattr(self.mutable, name) for name in names], axis=0)

        def _remember(self, result: np.ndarray, who: np.ndarray) -> None:
            for name, rate in zip(names, rates, strict=True):
                tally = getattr(self.mutable, name)
                tally += self._step(result, rate) * (result - tally)

    return Many


def tallies(animals: int, seed: int) -> Result:
    """Z2: score of animals of steering alone with 1, 4, 16 and 64 tallies, and with one that is frozen."""
    scale = Scale(WORLD, animals, seed, 5)
    scores: dict[int, np.ndarray] = {}
    for count in (0, *_COPIES):
        population = Population("reflex", WORLD, animals, seed=seed, steering=many_tallies(max(1, count)))
        if count == 0:
            population.steered.steering.freeze_variable("tally_0")
        scores[count] = scale.score(live_days(population, _DAYS))
    details: dict[str, Any] = {"tallies": [float(c) for c in _COPIES]}
    details["score by number of tallies"] = [float(scores[c].mean()) for c in _COPIES]
    details |= told("worth of the first", scores[1] - scores[0])
    found = mean_interval(scores[_COPIES[-1]] - scores[1])
    details["worth of the other 63 as a share of that of the first"] = found["mean"] / float((scores[1] - scores[0]).mean())
    holds = mean_interval(scores[1] - scores[0])["low"] > 0.0 and found["high"] < 0.02
    return Result(found["mean"], found["low"], found["high"], bool(holds), animals, details)


EXPERIMENTS = (
    Experiment(
        "Z1",
        _BIRD,
        "A wider learner is a better one, with less and less gain: learning is worth scaling up",
        "score at 16,384 units above that at 64; from 64 to 1,024 more gain than from there on",
        "Byrnes, Learning from scratch in the brain, section 2.3.3",
        width,
        16,
        slow=True,
    ),
    Experiment(
        "Z2",
        WORLD,
        "Sixty-four tallies are worth no more than one: a mutable variable scaled up has no meaning and no gain",
        "the first is worth something; the other 63 surely less than 0.02 of score",
        "Byrnes, Learning from scratch in the brain, section 2.3.3",
        tallies,
        128,
        slow=True,
    ),
)
