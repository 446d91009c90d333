"""Logs in the real libraries: TensorBoard by Stable-Baselines3's own logger, Weights & Biases without a network."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from agents.development_log import DevelopmentLog, weights_and_biases
from agents.life import live
from agents.population import Population

ROOT = Path(__file__).parents[2]


def test_a_model_in_training_logs_to_tensorboard(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard", reason="TensorBoard is not installed")
    command = [sys.executable, "scripts/train_sb3.py", "Rivals", "--steps", "4096", "--bodies", "2", "--episodes", "1"]
    command += ["--log", str(tmp_path / "log"), "--out", str(tmp_path)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    events = EventAccumulator(str(tmp_path / "log" / "PPO_1")).Reload()
    assert "time/fps" in events.Tags()["scalars"]


@pytest.mark.filterwarnings("ignore")  # of the library about itself
def test_a_life_logs_to_weights_and_biases(tmp_path: Path) -> None:
    wandb = pytest.importorskip("wandb", reason="Weights & Biases is not installed")
    write = weights_and_biases(project="nestling", mode="offline", dir=str(tmp_path))
    live(Population("steered", "Rivals", 2, seed=4), 200, [DevelopmentLog(write, 100)])
    assert wandb.run.summary["development/learner_share"] >= 0.0
    wandb.finish()
    assert list(tmp_path.rglob("*.wandb"))
