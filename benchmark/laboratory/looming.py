"""Newborn mice under a quiet sky, shown one stimulus at a time: what the experiments on LoomingEscape share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from agents.life import live
from agents.population import Population
from envs.looming_escape.world import ARENA
from steering.looming_escape import FLEE, FREEZE

WORLD = "LoomingEscape"
FINE = 0.02  # s, a step


@dataclass
class Responses:
    """What each animal did after a stimulus, (animals,) each.

    Attributes:
        fled, froze: whether it did, at any time of the trial.
        latency: seconds to the first step of flight; NaN without one.
        vigour: speed of the flight action as a share of full speed; NaN without one.
        moved: (animals, 2) metres moved in the first half second of flight.
        shelter: (animals, 2) metres from the start of the flight to the shelter.
    """

    fled: np.ndarray
    froze: np.ndarray
    latency: np.ndarray
    vigour: np.ndarray
    moved: np.ndarray
    shelter: np.ndarray

    @property
    def only_froze(self) -> np.ndarray:
        """(animals,) bool: whether it froze and never fled."""
        return self.froze & ~self.fled


def laboratory(animals: int, seed: int, agent: str = "steered") -> Population:
    """Newborn animals under a quiet sky, which cannot be killed and are not hungry."""
    population = Population(agent, WORLD, animals, seed=seed, dt=FINE, max_episode_steps=10**9)
    world = population.world
    world.manipulate("quiet_sky")
    world.manipulate("spare")
    world.manipulate("feed", energy=1.0)
    return population


def in_the_open(population: Population) -> None:
    """Put every animal 0.35 to 0.5 m from its shelter, towards the middle of the arena."""
    for row in range(population.animals):
        shelter = population.world.body.shelter[row]
        towards = np.array([0.5 * ARENA, 0.5 * ARENA]) - shelter
        x, y = shelter + 0.45 * towards / np.hypot(*towards)
        population.world.manipulate("place_at", [row], x=float(x), y=float(y))


def present(population: Population, seconds: float = 3.2, **stimulus: Any) -> Responses:
    """Show a stimulus (none if empty, a sound with ``loudness``) and watch."""
    world, n = population.world, population.animals
    if "loudness" in stimulus:
        world.manipulate("alarm", **stimulus)
    elif stimulus:
        world.manipulate("present", **stimulus)
    blank = np.full(n, np.nan)
    seen = Responses(
        np.zeros(n, bool), np.zeros(n, bool), blank, blank.copy(), np.full((n, 2), np.nan), np.full((n, 2), np.nan)
    )
    start, since = np.zeros((n, 2)), np.full(n, -1)
    for step in range(round(seconds / FINE)):
        reflex = population.steered.reflex
        assert reflex is not None
        fleeing = reflex.want == FLEE
        begins = fleeing & ~seen.fled
        position = world.body.position
        start[begins] = position[begins]
        since[begins] = step
        seen.latency[begins] = step * FINE
        seen.shelter[begins] = (world.body.shelter - position)[begins]
        seen.fled |= fleeing
        seen.froze |= reflex.want == FREEZE
        speed = np.hypot(reflex.action[:, 0], reflex.action[:, 1])
        seen.vigour[fleeing] = np.fmax(seen.vigour, speed)[fleeing]
        population.tick()
        arrived = seen.fled & (since == step - round(0.5 / FINE))
        seen.moved[arrived] = (position - start)[arrived]
    return seen


def wait(population: Population, seconds: float) -> None:
    """Let time pass."""
    live(population, round(seconds / FINE))
