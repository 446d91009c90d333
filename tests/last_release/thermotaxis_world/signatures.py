"""Signatures of Thermotaxis: what a simulation of this animal must reproduce, each with its number."""

from __future__ import annotations

from benchmark.experiments.lives import first_days
from benchmark.experiments.signature import Result, Signature
from benchmark.statistics import mean_interval

WORLD = "thermotaxis_world.world:Thermotaxis"


def thermotaxis(animals: int, seed: int) -> Result:
    """Thermotaxis1: fitness of newborn reflexes, less that of random commands, in the same places."""
    reflex, random = (first_days(agent, WORLD, animals, seed, 4) for agent in ("reflex", "random"))
    found = mean_interval(reflex - random)
    return Result(found["mean"], found["low"], found["high"], bool(found["low"] > 0.0), animals)


# CHANGE: one line for each claim of the literature, with its threshold and its source. A claim that fails is reported as failing.
SIGNATURES = (
    Signature(
        "Thermotaxis1", "Thermotaxis", "Newborns find warmth without learning", "lower bound > 0", "chosen", thermotaxis, 32
    ),
)
