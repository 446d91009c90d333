"""skrl: PPO with its sequential trainer on a native vector environment."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gymnasium as gym
import pytest

import agents  # noqa: F401  # registers the environments

pytestmark = pytest.mark.filterwarnings("ignore")  # of the library about itself


def test_ppo(tmp_path: Path) -> None:
    pytest.importorskip("skrl", reason="skrl is not installed")
    import torch
    from skrl.agents.torch.ppo import PPO
    from skrl.envs.wrappers.torch import wrap_env
    from skrl.memories.torch import RandomMemory
    from skrl.trainers.torch import SequentialTrainer
    from skrl.utils.model_instantiators.torch import deterministic_model, gaussian_model

    env = wrap_env(gym.make_vec("nestling/LoomingEscape-Steered-v0", 3, "vector_entry_point"))
    network: list[dict[str, Any]] = [{"name": "net", "input": "OBSERVATIONS", "layers": [16], "activations": "tanh"}]
    spaces = {"observation_space": env.observation_space, "action_space": env.action_space, "device": "cpu"}
    models = {
        "policy": gaussian_model(**spaces, network=network, output="ACTIONS"),
        "value": deterministic_model(**spaces, network=network, output="ONE"),
    }
    for role, model in models.items():
        model.init_state_dict(role=role)
    before = torch.nn.utils.parameters_to_vector(models["policy"].parameters()).clone()
    settings = {"rollouts": 16, "experiment": {"directory": str(tmp_path), "write_interval": 0, "checkpoint_interval": 0}}
    agent = PPO(models=models, memory=RandomMemory(memory_size=16, num_envs=3, device="cpu"), cfg=settings, **spaces)
    SequentialTrainer(
        env=env, agents=agent, cfg={"timesteps": 32, "headless": True, "close_environment_at_exit": False}
    ).train()
    after = torch.nn.utils.parameters_to_vector(models["policy"].parameters())
    assert after.isfinite().all()
    assert not torch.equal(before, after)
