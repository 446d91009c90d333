"""RL Zoo: its training command, with a file of hyperparameters that names the environment."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SETTINGS = """
nestling/LoomingEscape-Steered-v0:
  n_timesteps: 64
  policy: MlpPolicy
  n_steps: 32
  batch_size: 32
  n_epochs: 1
"""


@pytest.mark.skipif(importlib.util.find_spec("rl_zoo3") is None, reason="RL Zoo is not installed")
def test_its_command_trains(tmp_path: Path) -> None:
    (tmp_path / "ppo.yml").write_text(SETTINGS)
    command = [
        "-m",
        "rl_zoo3.train",
        "--algo",
        "ppo",
        "--env",
        "nestling/LoomingEscape-Steered-v0",
        "--conf-file",
        "ppo.yml",
    ]
    command += ["--gym-packages", "nestling.agents", "--log-folder", "logs", "--device", "cpu", "--eval-freq", "-1"]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, *command], cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert list(tmp_path.glob("logs/**/nestling-LoomingEscape-Steered-v0.zip"))
