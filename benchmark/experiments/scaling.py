"""What tells the two kinds of plasticity apart (Z1, Z2): learning is worth scaling up, an idiosyncratic mutable variable is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
import scipy

from agents.catalogue import agent_spec
from agents.genome import Genome
from agents.population import Population
from benchmark.experiments.criterion import (
    below,
    surely_above,
    surely_below,
)
from benchmark.experiments.experiment import Experiment, Score
from benchmark.laboratory.lives import live_days, scale_of, told
from benchmark.results.statistics import mean_interval
from learning.cortical_genome import CorticalGenome
from steering.rivals import GAINS, Fighter
from steering.subsystem import MutableVariable

WORLD, _BIRD = "Rivals", "Birdsong"
_WIDTHS = (64, 256, 1024, 4096, 16384)
_COPIES = (1, 4, 16, 64)
_DAYS, _RENDITIONS = 20, 600
_SLOWEST, _FASTEST = 0.05, 0.8  # rates of the copies of the tally, about the innate 0.2; chosen


def width(animals: int, seed: int) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """(animals,) scores of birds' learners alone for each width of their code: in renditions 450 to 600 of life, and 100 to 200."""
    scale = scale_of(_BIRD, animals, seed, 20)
    scores, young = [], []
    for units in _WIDTHS:
        spec = replace(agent_spec("learner"), genome=Genome(CorticalGenome(map_units=units)))
        population = Population(spec, _BIRD, animals, seed=seed)
        live_days(population, _RENDITIONS // 6)
        young.append(scale.score(live_days(population, _RENDITIONS // 6)))
        live_days(population, 5 * _RENDITIONS // 12)
        scores.append(scale.score(live_days(population, _RENDITIONS // 4)))
    return scores, young


def score_of_width(measured: tuple[list[np.ndarray], list[np.ndarray]]) -> Score:
    """What width is worth; the law that is fitted is score = best - a width^-b."""
    scores, young = measured
    curve = np.array([values.mean() for values in scores])
    details: dict[str, Any] = {"widths": [float(w) for w in _WIDTHS], "score by width": curve.tolist()}
    details["score by width, renditions 100 to 200"] = [float(values.mean()) for values in young]
    details |= _law(curve)
    details |= {f"{name}, renditions 100 to 200": value for name, value in _law(np.mean(young, axis=1)).items()}
    early, late = scores[2] - scores[0], scores[-1] - scores[2]
    details |= told("gain from 64 to 1,024 units", early) | told("gain from 1,024 to 16,384 units", late)
    return Score(
        headline="gain from 64 to 16,384 units",
        measures={
            "gain from 64 to 16,384 units": mean_interval(scores[-1] - scores[0]),
            "gain from 1,024 to 16,384 units, minus gain from 64 to 1,024": float(late.mean() - early.mean()),
        },
        n=len(early),
        details=details,
    )


def _law(curve: np.ndarray) -> dict[str, float | str]:
    try:
        (best, a, b), _ = scipy.optimize.curve_fit(
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


def tallies(animals: int, seed: int) -> dict[int, np.ndarray]:
    """(animals,) scores of animals of steering alone with 1, 4, 16 and 64 tallies, and with one that is frozen (0)."""
    scale = scale_of(WORLD, animals, seed, 5)
    scores: dict[int, np.ndarray] = {}
    for count in (0, *_COPIES):
        population = Population("reflex", WORLD, animals, seed=seed, steering=many_tallies(max(1, count)))
        if count == 0:
            population.steered.steering.freeze_variable("tally_0")
        scores[count] = scale.score(live_days(population, _DAYS))
    return scores


def score_of_tallies(scores: dict[int, np.ndarray]) -> Score:
    """What the first tally is worth, and the other 63."""
    first, others = scores[1] - scores[0], mean_interval(scores[_COPIES[-1]] - scores[1])
    details: dict[str, Any] = {"tallies": [float(c) for c in _COPIES]}
    details["score by number of tallies"] = [float(scores[c].mean()) for c in _COPIES]
    details |= told("worth of the first", first)
    details["worth of the other 63 as a share of that of the first"] = others["mean"] / float(first.mean())
    return Score(
        headline="worth of the other 63 tallies",
        measures={"worth of the other 63 tallies": others, "worth of the first tally": mean_interval(first)},
        n=len(first),
        details=details,
    )


EXPERIMENTS = (
    Experiment(
        id="Z1",
        world=_BIRD,
        claim="A wider learner is a better one, with less and less gain: learning is worth scaling up",
        source="Byrnes, Learning from scratch in the brain, section 2.3.3",
        protocol=width,
        score=score_of_width,
        criterion=(
            surely_above("gain from 64 to 16,384 units"),
            below("gain from 1,024 to 16,384 units, minus gain from 64 to 1,024"),
        ),
        animals=16,
        slow=True,
    ),
    Experiment(
        id="Z2",
        world=WORLD,
        claim="Sixty-four tallies are worth no more than one: a mutable variable scaled up has no meaning and no gain",
        source="Byrnes, Learning from scratch in the brain, section 2.3.3",
        protocol=tallies,
        score=score_of_tallies,
        criterion=(
            surely_above("worth of the first tally"),
            surely_below("worth of the other 63 tallies", 0.02),
        ),
        animals=128,
        slow=True,
    ),
)
