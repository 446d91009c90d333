"""Lives as data: what is recorded is what happened, and other libraries can read it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from agents.life import live
from agents.population import Population
from agents.trajectories import TrajectoryRecorder, demonstrations, trajectories
from benchmark.results.minari_export import write_dataset
from core.errors import InvalidArgument
from envs.registration import world_class


class Brief(world_class("Rivals")):  # type: ignore[misc]
    """Rivals with short days."""

    episode_steps = 40


def test_episodes_hold_what_happened() -> None:
    owls, again = (Population("steered", "Orienting", 3, seed=4) for _ in range(2))
    steps = 2 * owls.world.max_episode_steps + 30
    episodes = trajectories(owls, steps)
    rewards = np.zeros(3)

    def add(population: Population, tick: object) -> None:
        nonlocal rewards
        rewards += tick.verdict.reward * tick.stepped  # type: ignore[attr-defined]

    live(again, steps, [add])
    assert (again.world.observation == owls.world.observation).all(), "recording must not touch a life"
    for animal in range(3):
        own = [episode for episode in episodes if episode.animal == animal]
        assert len(own) == 3
        assert [episode.age for episode in own] == sorted(episode.age for episode in own)
        assert sum(episode.rewards.sum() for episode in own) == pytest.approx(rewards[animal])
        assert own[-1].truncated
        for episode in own:
            assert len(episode.observations) == len(episode.actions) + 1
            parts = [values for name, values in episode.details.items() if name.startswith("part_")]
            assert np.allclose(np.sum(parts, axis=0), episode.rewards)
            who = episode.details["learner_in_charge"]
            done = np.where(who[:, None], episode.details["proposal"], episode.details["reflex"])
            assert np.allclose(done.astype(np.float32), episode.actions.astype(np.float32))


def test_an_episode_that_had_begun_is_left_out() -> None:
    males = Population("reflex", "Rivals", 2, seed=1)
    live(males, 10)
    recorder = TrajectoryRecorder()
    live(males, males.world.max_episode_steps - 10, [recorder])
    assert recorder.finished == []
    live(males, males.world.max_episode_steps, [recorder])
    assert [len(episode.rewards) for episode in recorder.stop(males)] == [400, 400]


def test_an_episode_that_begins_with_the_recording_is_kept() -> None:
    males = Population("reflex", "Rivals", 2, seed=1)
    live(males, males.world.max_episode_steps)
    assert [episode.age for episode in trajectories(males, 800)] == [400.0, 800.0] * 2


def test_a_population_is_a_teacher() -> None:
    males = Population("reflex", "Rivals", 2, seed=1)
    observations, actions = demonstrations(males, 50)
    assert len(observations) == len(actions) == 100
    assert observations.shape[1:] == males.steered.single_observation_space.shape
    with pytest.raises(InvalidArgument, match="No episode began"):
        demonstrations(males, 50)


def test_a_minari_dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    minari = pytest.importorskip("minari")
    monkeypatch.setenv("MINARI_DATASETS_PATH", str(tmp_path))
    males = Population("steered", "Rivals", 2, seed=1)
    episodes = trajectories(males, 500)
    write_dataset("nestling/rivals/test-v0", males, episodes, "Two males.")
    dataset = minari.load_dataset("nestling/rivals/test-v0")
    assert dataset.total_episodes == len(episodes) == 4
    for kept, episode in zip(dataset.iterate_episodes(), episodes, strict=True):
        assert np.array_equal(kept.observations, episode.observations)
        assert np.array_equal(kept.actions, episode.actions)
        assert np.allclose(kept.rewards, episode.rewards)
        assert np.allclose(kept.infos["fitness"][1:], episode.details["fitness"])
    env = dataset.recover_environment()
    assert env.observation_space == dataset.observation_space
    env.reset(seed=1)
    env.step(env.action_space.sample())
    short = Population("steered", Brief, 2, seed=1)
    write_dataset("nestling/rivals/brief-v0", short, trajectories(short, 50), "Of a world that no id makes.")
    assert minari.load_dataset("nestling/rivals/brief-v0").spec.env_spec is None
    with pytest.raises(InvalidArgument, match="There are no episodes"):
        write_dataset("nestling/rivals/none-v0", males, [], "")
    with pytest.raises(InvalidArgument, match="already"):
        write_dataset("nestling/rivals/test-v0", males, episodes, "")
    with pytest.raises(InvalidArgument, match="is named like"):
        write_dataset("not a name", males, episodes, "")
