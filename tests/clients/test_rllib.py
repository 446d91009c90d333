"""RLlib: PPO on a steered world."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import pytest

pytestmark = pytest.mark.filterwarnings("ignore")  # of the library about itself


def _made(config: dict[str, Any]) -> gym.Env:
    import agents  # noqa: F401  # in the worker's process too

    return gym.make("nestling/LoomingEscape-Steered-v0", **config)


def test_ppo() -> None:
    ppo = pytest.importorskip("ray.rllib.algorithms.ppo", reason="RLlib is not installed", exc_type=ImportError)
    from ray.tune.registry import register_env

    register_env("steered_mouse", _made)
    config = (
        ppo.PPOConfig()
        .environment("steered_mouse", env_config={"max_episode_steps": 20})
        .env_runners(num_env_runners=0)
        .training(train_batch_size=64, minibatch_size=32, num_epochs=1)
    )
    algorithm = config.build_algo()
    result = algorithm.train()
    assert result["env_runners"]["num_episodes_lifetime"] >= 2
    algorithm.stop()
