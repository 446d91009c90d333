"""The life loop: the only loop in which animals live. Observers watch, and never touch."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from agents.population import Population
from agents.steered_world import Tick
from core.errors import whole_number


class Observer(Protocol):
    """Called after every tick with what happened in it; it must not change anything."""

    def __call__(self, population: Population, tick: Tick) -> None: ...


def live(population: Population, steps: int, observers: Sequence[Observer] = (), facts: bool = False) -> None:
    """Let ``population`` live for ``steps`` ticks, showing each tick to the observers.

    Args:
        population: the animals; their state goes on from where it is.
        steps: number of ticks, at least 0.
        observers: called in order after each tick.
        facts: whether ticks carry the world's hidden facts at the end of episodes.
    """
    for _ in range(whole_number("steps", steps, least=0)):
        tick = population.tick(facts)
        for observer in observers:
            observer(population, tick)
