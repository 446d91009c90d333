"""What a life is worth in which one act is held throughout, for each act that steering offers."""

from __future__ import annotations

from typing import Any

import numpy as np

from agents.steered_world import SteeredWorld
from envs.registration import make_world


def fitness_of_constant_acts(world: Any, animals: int, seed: int, steps: int) -> dict[str, np.ndarray]:
    """Live with each motor programme of steering's repertoire, held for so many steps.

    Args:
        world: as for :func:`envs.registration.make_world`; it needs steering, which says what an act is.
        animals: how many for each act; animal i has seed + i, whatever it does.
        seed: of the first animal.
        steps: of each life.

    Returns:
        Name of an act -> (animals,) summed fitness.

    Raises:
        UnknownName: the world has no steering.
    """
    repertoire = SteeredWorld(world, 1).steering.repertoire
    acts = len(repertoire.names)
    body = make_world(world, animals * acts)
    body.reset(seed=list(range(seed, seed + animals)) * acts)
    held = np.repeat(np.asarray(repertoire.actions, body.single_action_space.dtype), animals, axis=0)
    fitness = np.zeros(animals * acts)
    for _ in range(steps):
        fitness += body.tick(held).fitness
    return dict(zip(repertoire.names, fitness.reshape(acts, animals), strict=True))
