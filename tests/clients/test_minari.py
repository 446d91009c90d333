"""Minari: its own data collector around a steered world, and an offline learner of d3rlpy on what ``nestling export`` writes."""

from __future__ import annotations

from pathlib import Path

import gymnasium as gym
import numpy as np
import pytest

import agents  # noqa: F401  # registers the environments
from agents.population import Population
from agents.trajectories import trajectories
from benchmark.results.minari_export import write_dataset

minari = pytest.importorskip("minari", reason="Minari is not installed")
pytestmark = pytest.mark.filterwarnings("ignore")  # of the libraries about themselves


@pytest.fixture(autouse=True)
def _own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MINARI_DATASETS_PATH", str(tmp_path))


def test_its_collector_records_a_steered_world() -> None:
    pytest.importorskip("jax", reason="Minari's collector needs JAX: pip install minari[create]")
    env = minari.DataCollector(gym.make("nestling/Rivals-Steered-v0", max_episode_steps=12))
    for seed in (1, 2):
        env.reset(seed=seed)
        for _ in range(12):
            env.step(env.action_space.sample())
    dataset = env.create_dataset("rivals/collected-v0", algorithm_name="random")
    assert (dataset.total_episodes, dataset.total_steps) == (2, 24)


def test_an_offline_learner_trains_on_an_export() -> None:
    d3rlpy = pytest.importorskip("d3rlpy", reason="d3rlpy is not installed")
    mice = Population("expert", "LoomingEscape", 2, seed=4)
    write_dataset("mice/expert-v0", mice, trajectories(mice, 2100), "of experts")
    data = minari.load_dataset("mice/expert-v0")
    episodes = [
        d3rlpy.dataset.Episode(each.observations[:-1], each.actions, each.rewards[:, None], bool(each.terminations[-1]))
        for each in data.iterate_episodes()
    ]
    dataset = d3rlpy.dataset.create_infinite_replay_buffer(episodes)
    learner = d3rlpy.algos.BCConfig(batch_size=64).create(device="cpu:0")
    learner.build_with_dataset(dataset)
    observations = np.concatenate([episode.observations for episode in episodes])
    actions = np.concatenate([episode.actions for episode in episodes])
    before = np.square(learner.predict(observations) - actions).mean()
    learner.fit(
        dataset, n_steps=400, n_steps_per_epoch=400, show_progress=False, logger_adapter=d3rlpy.logging.NoopAdapterFactory()
    )
    assert np.square(learner.predict(observations) - actions).mean() < 0.8 * before
