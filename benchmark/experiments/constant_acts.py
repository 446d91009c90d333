"""Experiments on constant acts (N1): whether a world can be lived in by one act held for life. It should not be."""

from __future__ import annotations

from functools import partial

import numpy as np

from agents.constant_acts import fitness_of_constant_acts
from benchmark.experiments.criterion import surely_below
from benchmark.experiments.experiment import Experiment, Score
from benchmark.laboratory.lives import ESSAY, WORLDS, episodes_of, first_days, scale_of, told_all
from benchmark.results.statistics import mean_interval
from envs.registration import world_class

_SHARE = 0.1  # of a life
_GAP = "best constant act minus reflex"


def constant_acts(animals: int, seed: int, world: str) -> dict[str, np.ndarray]:
    """(animals,) score of the first tenth of life, by the reflex, and by each act that steering offers, held throughout."""
    days = episodes_of(world, _SHARE)
    scale = scale_of(world, animals, seed, days)
    acts = fitness_of_constant_acts(world, animals, seed, days * world_class(world).episode_steps)
    found = {"reflex": scale.score(first_days("reflex", world, animals, seed, days))}
    return found | {name: scale.score(fitness / days) for name, fitness in acts.items()}


def score_of_constant_acts(found: dict[str, np.ndarray]) -> Score:
    """The act that is best on average, beside the reflex in the same lives."""
    acts = {name: scores for name, scores in found.items() if name != "reflex"}
    best = max(acts, key=lambda name: acts[name].mean())
    details = told_all({"score of the reflex": found["reflex"], "score of the best constant act": acts[best]})
    return Score(
        headline=_GAP,
        measures={_GAP: mean_interval(acts[best] - found["reflex"])},
        n=len(found["reflex"]),
        details=details | {"best constant act": best},
    )


EXPERIMENTS = tuple(
    Experiment(
        id=f"N1{letter}",
        world=world,
        claim="No act that is held for life does as well as the reflexes",
        source=ESSAY,
        protocol=partial(constant_acts, world=world),
        score=score_of_constant_acts,
        criterion=(surely_below(_GAP),),
        animals=32,
        slow=True,
    )
    for letter, world in WORLDS.items()
)
