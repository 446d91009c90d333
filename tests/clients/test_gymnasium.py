"""Gymnasium's own wrappers, vector environments and ``play``."""

from __future__ import annotations

import os
from pathlib import Path

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.wrappers import vector as vector_wrappers

import agents  # noqa: F401  # registers the environments

STEERED = "nestling/Rivals-Steered-v0"


def test_wrappers_stack_on_a_single_world() -> None:
    env: gym.Env = gym.make("nestling/SaltAppetite-v0", max_episode_steps=50)
    for wrapper in (gym.wrappers.NormalizeObservation, gym.wrappers.NormalizeReward, gym.wrappers.RecordEpisodeStatistics):
        env = wrapper(env)
    env = gym.wrappers.FrameStackObservation(gym.wrappers.RescaleAction(env, np.float32(-2.0), np.float32(2.0)), 3)
    observation, _ = env.reset(seed=1)
    assert observation.shape == env.observation_space.shape == (3, 19)
    ended, info = False, {}
    while not ended:
        observation, _, terminated, truncated, info = env.step(env.action_space.sample())
        ended = terminated or truncated
    assert np.isfinite(observation).all()
    assert info["episode"]["l"] <= 50


@pytest.mark.parametrize("mode", ["sync", "async", "vector_entry_point"])
def test_vector_modes_live_the_same_lives(mode: str) -> None:
    envs = gym.make_vec(STEERED, num_envs=3, vectorization_mode=mode)
    native = gym.make_vec(STEERED, num_envs=3, vectorization_mode="vector_entry_point")
    assert np.array_equal(envs.reset(seed=5)[0], native.reset(seed=5)[0])
    for _ in range(60):
        one, other = envs.step(np.ones(3, int)), native.step(np.ones(3, int))
        for left, right in zip(one[:4], other[:4], strict=True):
            assert np.allclose(left, right, atol=1e-6)
    envs.close()
    native.close()


def test_vector_wrappers_stack_on_the_native_vector_world() -> None:
    envs: gym.vector.VectorEnv = gym.make_vec(STEERED, num_envs=4, vectorization_mode="vector_entry_point")
    envs = vector_wrappers.RecordEpisodeStatistics(envs)
    envs = vector_wrappers.NormalizeReward(vector_wrappers.NormalizeObservation(envs))
    envs = vector_wrappers.DictInfoToList(envs)
    envs.reset(seed=2)
    lengths = []
    for _ in range(405):
        observation, reward, _, _, infos = envs.step(envs.action_space.sample())
        lengths += [info["episode"]["l"] for info in infos if "episode" in info]
    assert np.isfinite(observation).all()
    assert np.isfinite(reward).all()
    assert lengths == [400] * 4


def test_videos_are_recorded(tmp_path: Path) -> None:
    pytest.importorskip("moviepy", reason="Gymnasium's RecordVideo needs MoviePy")
    env = gym.make("nestling/LoomingEscape-Steered-v0", render_mode="rgb_array", max_episode_steps=12)
    env = gym.wrappers.RecordVideo(env, str(tmp_path / "films"), episode_trigger=lambda number: number == 0)
    env.reset(seed=3)
    for _ in range(12):
        env.step(env.action_space.sample())
    env.close()
    assert [file.suffix for file in tmp_path.glob("films/*.mp4")] == [".mp4"]


def test_people_can_play(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", os.environ.get("SDL_VIDEODRIVER", "dummy"))
    import pygame
    from gymnasium.utils.play import play

    acts = []

    def played(before, after, action, reward, terminated, truncated, info) -> None:
        acts.append(action)
        if len(acts) == 2:
            pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.K_w))
        elif len(acts) == 5:
            pygame.event.post(pygame.event.Event(pygame.QUIT))

    env = gym.make("nestling/Rivals-v0", render_mode="rgb_array")
    play(env, keys_to_action={"w": 1}, noop=0, callback=played, fps=200, seed=1)
    assert acts[0] == 0
    assert 1 in acts


def test_the_checker_of_gymnasium_has_nothing_to_say() -> None:
    from gymnasium.utils.env_checker import check_env

    check_env(gym.make(STEERED).unwrapped, skip_render_check=True)
