"""Foreign Gymnasium environments as worlds, and the two examples with hand-written reflexes."""

import importlib.util
import inspect
import itertools
import pickle
from typing import Any

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode

from agents.life import live
from agents.population import Population
from agents.steered_world import Tick
from benchmark.laboratory.lives import first_days
from core.errors import BrokenWorld, InvalidArgument
from envs.foreign import foreign_world
from envs.registration import world_class
from nestling.testing.animal_contract import AnimalContract, SteeredContract
from nestling.testing.world_contract import WorldContract
from steering.registration import steering_class

CARTPOLE, MINIGRID = "examples.cartpole:CartPole", "examples.minigrid_goal:GreenSquare"
MOUNTAIN_CAR, ACROBOT = "examples.mountain_car:MountainCar", "examples.acrobot:Acrobot"
EXAMPLES = [
    CARTPOLE,
    MOUNTAIN_CAR,
    pytest.param(
        MINIGRID, marks=pytest.mark.skipif(importlib.util.find_spec("minigrid") is None, reason="MiniGrid is not installed")
    ),
]


@pytest.mark.parametrize("world", [CARTPOLE])
class TestExamplesAsWorlds(WorldContract):
    pass


@pytest.mark.parametrize("world", [CARTPOLE])
class TestExamplesSteered(SteeredContract):
    pass


@pytest.mark.parametrize("agent", ["cortex+earned"])
@pytest.mark.parametrize("world", [CARTPOLE])
class TestExamplesAlive(AnimalContract):
    pass


@pytest.mark.parametrize("world", EXAMPLES)
@pytest.mark.thorough
def test_reflex_is_brief_and_better_than_chance(world: str) -> None:
    lines = len(inspect.getsource(steering_class(world_class(world))).splitlines())
    assert lines < 40
    random, reflex, oracle = (first_days(agent, world, 8, 0, 10).mean() for agent in ("random", "reflex", "oracle"))
    assert random < reflex < oracle


def test_a_reflex_may_be_no_better_than_chance() -> None:
    """Acrobot's leaves all to learning."""
    random, reflex, oracle = (first_days(agent, ACROBOT, 4, 0, 1).mean() for agent in ("random", "reflex", "oracle"))
    assert random == reflex == -500.0
    assert oracle > -200.0


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
    assert world.step(world.random_actions())[1].tolist() == [-1.0, -1.0]
    with pytest.raises(InvalidArgument, match="give senses="):
        foreign_world("CartPole-v1")


def test_a_foreign_world_lives_in_another_process() -> None:
    world = foreign_world("MountainCar-v0")(2)
    world.reset(seed=3)
    world.step(np.array([0, 2]))
    twin = pickle.loads(pickle.dumps(world))
    assert np.array_equal(world.step(np.array([2, 2]))[0], twin.step(np.array([2, 2]))[0])


def test_mistakes_about_foreign_environments_are_told() -> None:
    members = {"make_env": lambda self: Impatient(), "__module__": __name__}
    impatient = type("Impatience", (world_class(CARTPOLE),), members)(1)
    impatient.reset(seed=0)
    for _ in range(4):
        impatient.step(np.array([0]))
    with pytest.raises(BrokenWorld, match="ended an episode by itself after 5 steps"):
        impatient.step(np.array([0]))
    wrong = type("Wrong", (world_class(CARTPOLE),), {"single_action_space": gym.spaces.Discrete(9), "__module__": __name__})
    with pytest.raises(InvalidArgument, match="but its environment takes"):
        wrong(1)


class Impatient(gym.Env):
    """Ends after five steps, whoever asks."""

    observation_space = gym.spaces.Box(-1.0, 1.0, (4,))
    action_space = gym.spaces.Discrete(2)

    def reset(self, *, seed: int | None = None, options: dict | None = None) -> tuple[np.ndarray, dict]:
        self.steps = 0
        return np.zeros(4, np.float32), {}

    def step(self, action: int) -> tuple[np.ndarray, float, bool, bool, dict]:
        self.steps += 1
        return np.zeros(4, np.float32), 0.0, False, self.steps >= 5, {}


@pytest.mark.skipif(importlib.util.find_spec("minigrid") is None, reason="MiniGrid is not installed")
class Odd(gym.Env):
    """An environment with one habit that Gymnasium's do not have."""

    observation_space, action_space = gym.spaces.Box(-1, 1, (2,)), gym.spaces.Discrete(2)

    def __init__(self, reward: Any = 1.0, info: bool = True, values: int = 5) -> None:
        self.reward, self.info, self.values = reward, info, values

    def reset(self, *, seed: int | None = None, options: Any = None) -> Any:
        super().reset(seed=seed)
        return (np.zeros(2, np.float32), {}) if self.info else np.zeros(2, np.float32)

    def step(self, action: Any) -> Any:
        return (np.zeros(2, np.float32), self.reward, False, False, {})[: self.values]


_NUMBERS = itertools.count()


def odd_world(**habits: Any) -> Any:
    """A world around :class:`Odd`, registered under a name of its own."""
    name = f"Odd{next(_NUMBERS)}-v0"
    gym.register(name, Odd, kwargs=habits, max_episode_steps=9)
    return foreign_world(name)


@pytest.mark.parametrize(
    ("habits", "says"),
    [
        ({"info": False}, r"reset\(\) gave ndarray.*\(observation, info\)"),
        ({"values": 4}, r"step\(\) gave 4 values"),
        ({"reward": "much"}, "reward 'much'"),
        ({"reward": np.ones(2)}, "one number is needed"),
    ],
)
def test_habits_of_foreign_environments_are_told(habits: dict, says: str) -> None:
    with pytest.raises(BrokenWorld, match=says):
        _one_step(odd_world(**habits)(2))


def _one_step(world: Any) -> None:
    world.reset(seed=1)
    world.step(np.zeros(2, int))


@pytest.mark.parametrize("reward", [np.ones(1), np.array([[1.0]]), np.float32(1.0), True, 1])
def test_a_reward_may_be_an_array_of_one(reward: Any) -> None:
    world = odd_world(reward=reward)(2)
    world.reset(seed=1)
    assert world.step(np.zeros(2, int))[1].tolist() == [1.0, 1.0]


def test_a_library_that_must_be_imported_is_named() -> None:
    with pytest.raises(InvalidArgument, match="import that library first, for example import nosuchlib"):
        foreign_world("nosuchlib/World-v0")


def test_names_with_hyphens_and_green_only_where_fitness_is() -> None:
    assert foreign_world("MountainCarContinuous-v0").id == "MountainCarContinuous-v0"
    population = Population("random-options", MINIGRID, 8, seed=0)
    reached = []

    def look(population: Population, tick: Tick) -> None:
        reached.append((tick.verdict.channels[:, 0] > 0.0, tick.fitness > 0.0))

    live(population, 1500, [look])
    green, earned = (np.stack(column) for column in zip(*reached, strict=True))
    assert np.array_equal(green, earned)
    assert green.any()
