"""Foreign Gymnasium environments as worlds, and the two examples with hand-written reflexes."""

import importlib.util
import inspect

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode

from benchmark.experiments.lives import first_days
from envs.errors import InvalidArgument
from envs.foreign import foreign_world
from envs.registration import world_class
from steering.registration import steering_class
from tests.conformance.agent_contract import AnimalContract, SteeredContract
from tests.conformance.world_contract import WorldContract

CARTPOLE, MINIGRID = "examples.cartpole:CartPole", "examples.minigrid_goal:GreenSquare"
EXAMPLES = [
    CARTPOLE,
    pytest.param(
        MINIGRID, marks=pytest.mark.skipif(importlib.util.find_spec("minigrid") is None, reason="MiniGrid is not installed")
    ),
]


@pytest.mark.parametrize("world", EXAMPLES)
class TestExamplesAsWorlds(WorldContract):
    pass


@pytest.mark.parametrize("world", [CARTPOLE])
class TestExamplesSteered(SteeredContract):
    pass


@pytest.mark.parametrize("agent", ["bouts+earned"])
@pytest.mark.parametrize("world", [CARTPOLE])
class TestExamplesAlive(AnimalContract):
    pass


@pytest.mark.parametrize("world", EXAMPLES)
def test_reflex_is_brief_and_better_than_chance(world: str) -> None:
    lines = len(inspect.getsource(steering_class(world_class(world))).splitlines())
    assert lines < 40
    random, reflex, oracle = (first_days(agent, world, 8, 0, 10).mean() for agent in ("random", "reflex", "oracle"))
    assert random < reflex < oracle


def test_a_row_lives_as_the_foreign_environment_does() -> None:
    world = world_class(CARTPOLE)(2, autoreset_mode=AutoresetMode.DISABLED)
    observation, _ = world.reset(seed=4)
    plain = gym.make("CartPole-v1").unwrapped
    expected, _ = plain.reset(seed=int(world.body.seed[1]))
    for step in range(15):
        assert np.allclose(observation[1], expected)
        observation, fitness, terminated, *_ = world.step(np.full(2, step % 2))
        expected, reward, ended, *_ = plain.step(step % 2)
        assert fitness[1] == reward
        assert terminated[1] == ended
        if terminated.any():
            break


def test_foreign_world_by_id() -> None:
    world = foreign_world("MountainCar-v0", dt=0.5)(2)
    assert world.senses.names == ("entry_0", "entry_1")
    world.reset(seed=0)
    assert world.step(world.random_commands())[1].tolist() == [-1.0, -1.0]
    with pytest.raises(InvalidArgument, match="give senses="):
        foreign_world("CartPole-v1")
