"""Tianshou: a collector and PPO over its own vector environment."""

from __future__ import annotations

import gymnasium as gym
import numpy as np
import pytest

import agents  # noqa: F401  # registers the environments

pytestmark = pytest.mark.filterwarnings("ignore")  # of the library about itself


def test_ppo_over_its_own_vector_environment() -> None:
    pytest.importorskip("tianshou.algorithm", reason="Tianshou 2 is not installed")
    import torch
    from tianshou.algorithm import PPO
    from tianshou.algorithm.modelfree.reinforce import ProbabilisticActorPolicy
    from tianshou.algorithm.optim import AdamOptimizerFactory
    from tianshou.data import Collector, VectorReplayBuffer
    from tianshou.env import DummyVectorEnv
    from tianshou.trainer import OnPolicyTrainerParams
    from tianshou.utils.net.common import Net
    from tianshou.utils.net.discrete import DiscreteActor, DiscreteCritic

    envs = DummyVectorEnv([lambda: gym.make("nestling/Rivals-Steered-v0", max_episode_steps=30) for _ in range(2)])
    net = Net(state_shape=envs.observation_space[0].shape, hidden_sizes=[16])
    actor = DiscreteActor(preprocess_net=net, action_shape=envs.action_space[0].n)
    policy = ProbabilisticActorPolicy(
        actor=actor,
        dist_fn=lambda logits: torch.distributions.Categorical(probs=logits),
        action_space=envs.action_space[0],
        action_scaling=False,
    )
    algorithm = PPO(policy=policy, critic=DiscreteCritic(preprocess_net=net), optim=AdamOptimizerFactory(lr=1e-3))
    before = torch.nn.utils.parameters_to_vector(actor.parameters()).detach().clone()
    collector = Collector(algorithm, envs, VectorReplayBuffer(200, 2))
    brief = OnPolicyTrainerParams(
        training_collector=collector,
        max_epochs=1,
        epoch_num_steps=64,
        collection_step_num_env_steps=32,
        update_step_num_repetitions=1,
        batch_size=32,
        test_step_num_episodes=0,
    )
    algorithm.run_training(brief)
    after = torch.nn.utils.parameters_to_vector(actor.parameters()).detach()
    assert np.isfinite(after.numpy()).all()
    assert not torch.equal(before, after)
