"""Registered ids under Gymnasium's own wrappers and modes."""

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.wrappers import TimeAwareObservation

import agents  # noqa: F401  # registers the steered ids too
from core.errors import UnknownName
from envs.registration import worlds

IDS = sorted(name for name in gym.registry if name.startswith("nestling/") and "Foreign" not in name)


@pytest.mark.parametrize("name", IDS)
def test_frames_can_be_collected(name: str) -> None:
    env = gym.make(name, render_mode="rgb_array_list")
    env.reset(seed=1)
    for _ in range(3):
        env.step(env.action_space.sample())
    frames = env.render()
    assert isinstance(frames, list)
    assert len(frames) == 4
    assert frames[0].shape == (480, 640, 3)
    env.close()


@pytest.mark.parametrize("name", IDS)
def test_time_can_be_observed(name: str) -> None:
    env = TimeAwareObservation(gym.make(name))
    env.reset(seed=1)
    observation = env.step(env.action_space.sample())[0]
    assert env.observation_space.contains(observation)


@pytest.mark.parametrize("name", sorted(worlds.all()))
def test_the_registered_limit_never_cuts_an_episode(name: str) -> None:
    kind = worlds.get(name)
    env = gym.make(f"nestling/{kind.id}")
    env.reset(seed=1)
    steps, done = 0, False
    while not done and steps < 5000:
        *_, terminated, truncated, _ = env.step(np.zeros(env.action_space.shape, env.action_space.dtype))
        done, steps = terminated or truncated, steps + 1
    assert terminated or env.unwrapped.vector.needs_reset[0], "the world itself ended the episode"


def test_of_a_module_only_what_fits_is_suggested() -> None:
    with pytest.raises(UnknownName, match=r"named 'Rival'\. Did you mean 'Rivals'\? Known: Rivals\."):
        worlds.get("envs.rivals.world:Rival")
