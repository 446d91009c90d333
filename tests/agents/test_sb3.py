"""Stable-Baselines3 from both sides: its own training on steered worlds, and its models as an animal's cortex."""

from __future__ import annotations

import importlib.util
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

import agents  # noqa: F401  # registers the environments
from agents.life import live
from agents.population import Population
from core.errors import InvalidArgument
from nestling.testing.animal_contract import row_of, states_equal
from steering.registration import steered_worlds

sb3 = pytest.importorskip("stable_baselines3", reason="Stable-Baselines3 is not installed")
from agents.sb3_face import sb3_vec_env  # noqa: E402

WORLDS = steered_worlds()
BRIEF: dict[str, dict[str, Any]] = {
    "PPO": {"n_steps": 64, "batch_size": 32, "n_epochs": 1},
    "A2C": {},
    "DQN": {"learning_starts": 32, "buffer_size": 500},
    "SAC": {"learning_starts": 32, "buffer_size": 500, "train_freq": 16},
}


def weights(model: Any) -> np.ndarray:
    return np.concatenate([p.detach().numpy().ravel() for p in model.policy.parameters()])


EVERY = sorted(BRIEF)
PAIRS = [
    pytest.param(world, name, marks=() if name == EVERY[number % len(EVERY)] else pytest.mark.thorough)
    for number, world in enumerate(WORLDS)
    for name in EVERY
    if name == "PPO" or number < 2 or name == EVERY[number % len(EVERY)]
]
"""An algorithm in each world, and each algorithm in a world, since the face is one; more of them where there is time."""


@pytest.mark.parametrize(("world", "algorithm"), PAIRS)
def test_trains_on_every_steered_world_by_its_own_learn(world: str, algorithm: str) -> None:
    actions = "programmes" if algorithm == "DQN" else "raw"
    face = sb3_vec_env(world, 2, seed=3, actions=actions)
    model = getattr(sb3, algorithm)("MlpPolicy", face, seed=0, device="cpu", **BRIEF[algorithm])
    before = weights(model)
    model.learn(128)
    after = weights(model)
    assert np.isfinite(after).all()
    assert not np.array_equal(before, after), "training must change the weights"


@pytest.mark.parametrize("world", [*WORLDS[:2], *(pytest.param(world, marks=pytest.mark.thorough) for world in WORLDS[2:])])
def test_trains_on_every_steered_id(world: str) -> None:
    env = gym.make(f"nestling/{world}-Steered-v0", actions="programmes")
    by_programmes = sb3.DQN("MlpPolicy", env, learning_starts=16, buffer_size=200, device="cpu").learn(64)
    by_id = sb3.PPO("MlpPolicy", f"nestling/{world}-Steered-v0", n_steps=32, batch_size=32, device="cpu").learn(64)
    for model in (by_programmes, by_id):
        assert model.num_timesteps == 64
        assert np.isfinite(weights(model)).all()


def test_episodes_end_as_the_library_expects() -> None:
    face = sb3_vec_env("LoomingEscape", 3, seed=7, max_episode_steps=30)
    same = sb3_vec_env("LoomingEscape", 3, seed=7, max_episode_steps=30)
    assert np.array_equal(face.reset(), same.reset())
    ends = 0
    for step in range(1, 91):
        actions = np.zeros((3, 2), np.float32)
        observation, reward, done, infos = face.step(actions)
        assert reward.dtype == np.float32
        assert np.array_equal(observation, same.step(actions)[0])
        for row in range(3):
            assert ("terminal_observation" in infos[row]) == bool(done[row])
            assert "fitness" in infos[row]
            if done[row]:
                ends += 1
                assert infos[row]["TimeLimit.truncated"] == (step % 30 == 0)
                assert not np.array_equal(infos[row]["terminal_observation"], observation[row])
    assert ends >= 9


def test_seeds_are_honoured() -> None:
    face = sb3_vec_env("SaltAppetite", 2, seed=11)
    first = face.reset()
    face.step(np.zeros((2, 3), np.float32))
    face.seed(11)
    assert np.array_equal(face.reset(), first)
    assert np.array_equal(sb3_vec_env("SaltAppetite", 1, seed=12).reset()[0], first[1]), "animal i has seed + i"
    face.seed(12)
    assert not np.array_equal(face.reset(), first)
    assert face.get_attr("num_envs") == [2, 2]
    assert face.env_is_wrapped(gym.Wrapper, [0]) == [False]
    with pytest.raises(InvalidArgument, match="share one world"):
        face.set_attr("render_mode", None, indices=[0])
    face.env_method("manipulate", "furosemide", indices=[1])


LIVES = [
    ("ppo+always", "LoomingEscape"),
    ("ppo+always", "Rivals"),
    ("a2c+outcome", "Rivals"),
    ("dqn+earned", "LoomingEscape"),
    ("sac+residual", "LoomingEscape"),
]


@pytest.mark.parametrize(("agent", "world"), LIVES)
@pytest.mark.thorough
def test_a_cortex_of_the_library_lives_like_any_other(agent: str, world: str) -> None:
    steps = 140 if agent.startswith("sac") else 300
    many, one = Population(agent, world, 3, seed=20), Population(agent, world, 1, seed=21)
    live(many, steps)
    live(one, steps)
    saved = many.get_state()
    assert states_equal(row_of(saved, 1), one.get_state()), "animal 1 must live as it would alone"
    np.random.seed(1)  # noqa: NPY002  # whatever others do with the global generator must not matter
    live(many, 60)
    again = Population(agent, world, 3, seed=20)
    again.set_state(saved)
    live(again, 60)
    assert states_equal(many.get_state(), again.get_state()), "a restored animal must go on bit for bit"


def test_a_whole_rollout_of_ppo_trains_and_global_generators_are_left_alone() -> None:
    population = Population("ppo+always", "LoomingEscape", 1, seed=4)
    learner = population.learner
    assert learner is not None
    before = {name: array.copy() for name, array in learner.read_outs().items()}
    np.random.seed(5)  # noqa: NPY002
    drawn = np.random.get_state()[1].copy()  # type: ignore[index]  # noqa: NPY002
    live(population, 2048)
    assert np.array_equal(np.random.get_state()[1], drawn)  # type: ignore[index]  # noqa: NPY002
    assert not np.array_equal(before["actions_weight"], learner.read_outs()["actions_weight"])


def test_replay_keeps_what_was_carried_out() -> None:
    population = Population("sac+never", "LoomingEscape", 1, seed=4)
    actions = np.array([population.tick().action[0] for _ in range(30)])
    model = population.learner.models[0]  # type: ignore[union-attr]
    kept = model.policy.unscale_action(model.replay_buffer.actions[:30, 0])
    assert np.allclose(kept, actions, atol=1e-6), "the reflex acted, so its actions are what is learned from"


def test_dqn_reads_a_reflex_as_letting_it_act() -> None:
    population = Population("dqn+never", "LoomingEscape", 1, seed=4)
    live(population, 30)
    assert not population.learner.models[0].replay_buffer.actions[:30].any()  # type: ignore[union-attr]


def test_without_the_library_the_learner_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(InvalidArgument, match=r"pip install nestling\[sb3\]"):
        Population("ppo+always", "LoomingEscape", 1)
