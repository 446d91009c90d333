"""Stable-Baselines3 around our environments with its own vector environments, recorder and callbacks; RecurrentPPO of sb3-contrib."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import agents  # noqa: F401  # registers the environments

pytest.importorskip("stable_baselines3", reason="Stable-Baselines3 is not installed")
from stable_baselines3 import PPO
from stable_baselines3.common.callbacks import EvalCallback
from stable_baselines3.common.env_util import make_vec_env
from stable_baselines3.common.vec_env import SubprocVecEnv, VecNormalize, VecVideoRecorder

STEERED = "nestling.agents:nestling/LoomingEscape-Steered-v0"  # a process of its own imports what stands before the colon


def test_processes_of_its_own_and_evaluation(tmp_path: Path) -> None:
    envs = VecNormalize(make_vec_env(STEERED, 2, seed=1, vec_env_cls=SubprocVecEnv, env_kwargs={"max_episode_steps": 20}))
    judged = VecNormalize(make_vec_env(STEERED, 1, seed=9, env_kwargs={"max_episode_steps": 20}), training=False)
    callback = EvalCallback(judged, n_eval_episodes=2, eval_freq=32, log_path=str(tmp_path), verbose=0)
    PPO("MlpPolicy", envs, n_steps=32, batch_size=32, n_epochs=1, device="cpu").learn(64, callback=callback)
    envs.close()
    kept = np.load(tmp_path / "evaluations.npz")
    assert kept["results"].shape == (1, 2)
    assert np.isfinite(kept["results"]).all()


@pytest.mark.filterwarnings("ignore")  # MoviePy and the recorder leave files to the garbage collector
def test_videos_of_its_vector_environments(tmp_path: Path) -> None:
    pytest.importorskip("moviepy", reason="VecVideoRecorder needs MoviePy")
    envs = make_vec_env(STEERED, 2, seed=1, env_kwargs={"render_mode": "rgb_array"})
    recorder = VecVideoRecorder(envs, str(tmp_path), record_video_trigger=lambda step: step == 0, video_length=8)
    recorder.reset()
    for _ in range(10):
        recorder.step(np.zeros((2, 2), np.float32))
    recorder.close()
    assert list(tmp_path.glob("*.mp4"))


def test_recurrent_ppo() -> None:
    contrib = pytest.importorskip("sb3_contrib", reason="sb3-contrib is not installed")
    model = contrib.RecurrentPPO("MlpLstmPolicy", STEERED, n_steps=32, batch_size=32, n_epochs=1, device="cpu", seed=0)
    before = [weight.detach().clone() for weight in model.policy.parameters()]
    model.learn(64)
    assert any((old != new).any() for old, new in zip(before, model.policy.parameters(), strict=True))
