"""TorchRL: its checker, rollouts of single and of native vector environments, and a collector."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import pytest

import agents  # noqa: F401  # registers the environments

pytestmark = pytest.mark.filterwarnings("ignore")  # of the library about itself
STEERED = "nestling/LoomingEscape-Steered-v0"


@pytest.fixture
def envs() -> Any:
    return pytest.importorskip("torchrl.envs", reason="TorchRL is not installed")


def test_a_single_environment(envs: Any) -> None:
    env = envs.GymWrapper(gym.make(STEERED))
    envs.check_env_specs(env)
    assert env.rollout(20)["next", "observation"].isfinite().all()


@pytest.mark.parametrize("mode", ["DISABLED", "SAME_STEP"])  # the two that the library takes
def test_a_native_vector_environment(envs: Any, mode: str) -> None:
    native = gym.make_vec(STEERED, 3, "vector_entry_point", autoreset_mode=mode, max_episode_steps=7)
    env = envs.GymWrapper(native)
    envs.check_env_specs(env)
    steps = env.rollout(20, break_when_any_done=False)
    assert steps.shape == (3, 20)
    assert (steps["next", "done"].sum(1) >= 2).all()


def test_a_collector(envs: Any) -> None:
    from torchrl.collectors import Collector

    collector = Collector(envs.GymWrapper(gym.make(STEERED)), None, frames_per_batch=20, total_frames=40)
    assert [batch.numel() for batch in collector] == [20, 20]
    collector.shutdown()
