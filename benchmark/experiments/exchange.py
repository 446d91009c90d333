"""Experiments on the exchange of learned read-outs between animals of one genome (P4), and on what survives it (P4w)."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial

import numpy as np

from agents.population import Population
from benchmark.experiments.criterion import MARGIN, surely_above, surely_below
from benchmark.experiments.experiment import Experiment, Score
from benchmark.laboratory.lives import ESSAY, WORLDS, episodes_of, first_days, live_days, scale_of, told
from benchmark.results.scale import Scale
from benchmark.results.statistics import mean_interval
from learning.cortex import Cortex

Lived = tuple[Scale, dict[str, np.ndarray]]
"""The scale of a world, and (animals,) fitness under each condition."""


@lru_cache(maxsize=16)  # P4 and P4w ask different things of the same lives
def exchange(animals: int, seed: int, world: str) -> Lived:
    """Learners alone, grown for half a life and then without plasticity, for a tenth of a life under each condition.

    First as they are. Then every animal has its neighbour's learned read-out. Then it has its own forecasts again, but each unit
    of a map has those of another unit of that map, at random; places stay the neighbour's. What is left then is what acts are
    worth anywhere. It needs no wiring; to know *when* does.
    """
    population = Population("learner", world, animals, seed=seed)
    test = max(2, episodes_of(world, 0.1))
    live_days(population, episodes_of(world, 0.5))
    population.lesion("plasticity")
    learner = population.learner
    assert isinstance(learner, Cortex)
    own = learner.synapses.table.copy()
    fitness = {"grown": live_days(population, test)}
    for array in learner.read_outs().values():
        array[:] = np.roll(array, 1, axis=0)
    fitness["after the exchange"] = live_days(population, test)
    learner.synapses.table[:] = _units_shuffled(own, [part.code.units for part in learner.code.parts], seed)
    fitness["own forecasts, units shuffled"] = live_days(population, test)
    fitness["newborns"] = first_days("learner", world, animals, seed, test)
    fitness["programmes at random"] = first_days("random-options", world, animals, seed, test)
    return scale_of(world, animals, seed, test), fitness


def _units_shuffled(table: np.ndarray, maps: Sequence[int], seed: int) -> np.ndarray:
    """``table`` (animals, units, width) with the units of each map in an order drawn for each animal; ``maps`` are their sizes."""
    shuffled = table.copy()
    for animal, own in enumerate(table):
        draw, first = np.random.default_rng((seed + animal, 4)), 0
        for units in maps:
            shuffled[animal, first : first + units] = own[first + draw.permutation(units)]
            first += units
    return shuffled


def score_of_exchange(lived: Lived) -> Score:
    """What is lost by the exchange, and what is left: above newborns, and above what acts are worth anywhere."""
    scale, fitness = lived
    score = {name: scale.score(values) for name, values in fitness.items()}
    after = score["after the exchange"]
    drop, left, when = (
        score["grown"] - after,
        after - score["newborns"],
        after - score["own forecasts, units shuffled"],
    )
    details = {key: value for name, values in score.items() for key, value in told(f"score, {name}", values).items()}
    return Score(
        headline=_LEFT,
        measures={_LEFT: mean_interval(left), _DROP: mean_interval(drop), _WHEN: mean_interval(when)},
        n=len(drop),
        details=details | told("drop", drop) | told(_WHEN, when),
    )


def score_of_when(lived: Lived) -> Score:
    """The same, with what is left of knowing *when* as the headline."""
    score = score_of_exchange(lived)
    return Score(_WHEN, score.measures, score.n, score.details)


_DROP = "drop of score by the exchange"
_LEFT = "score after the exchange, above newborns"
_WHEN = "score after the exchange, minus own forecasts with units shuffled"

_ASKED = (
    ("P4", "rfoe", "Exchanging learned read-outs between animals of one genome ruins both", score_of_exchange, _LEFT),
    (
        "P4w",
        "rfo",
        "Of another's read-out nothing is left but what acts are worth anywhere: when to do them depends on the wiring",
        score_of_when,
        _WHEN,
    ),
)

EXPERIMENTS = tuple(
    Experiment(
        id=f"{name}{letter}",
        world=WORLDS[letter],
        claim=claim,
        source=ESSAY,
        protocol=partial(exchange, world=WORLDS[letter]),
        score=score,
        criterion=(surely_above(_DROP), surely_below(left, MARGIN)),
        animals=64,
        slow=True,
    )
    for name, letters, claim, score, left in _ASKED
    for letter in ("", *letters)
)
