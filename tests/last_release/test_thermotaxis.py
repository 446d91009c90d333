"""Thermotaxis keeps every rule of the house; and what is special about it."""

import numpy as np
import pytest

from envs import make_world
from tests.conformance.agent_contract import SteeredContract
from tests.conformance.world_contract import WorldContract

WORLD = "thermotaxis_world.world:Thermotaxis"


@pytest.mark.parametrize("world", [WORLD])
class TestWorld(WorldContract):
    """All rules of a world."""


@pytest.mark.parametrize("world", [WORLD])
class TestSteered(SteeredContract):
    """All rules of a world with its steering inside."""


# CHANGE: what must be true of your world alone; conformance is tested above.
def test_warmth_can_be_switched_off() -> None:
    world = make_world(WORLD, 2)
    world.reset(seed=0)
    world.manipulate("chill", [1])
    for _ in range(60):
        fitness = world.step(world.oracle_commands())[1]
    assert fitness[0] > 0.0
    assert fitness[1] == 0.0
    assert np.allclose(world.body.position[0], world.body.warm[0], atol=0.1)
