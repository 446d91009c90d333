"""With ``NUMBA_DISABLE_JIT=1`` one can step through any kernel with a debugger, and lives are the same."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from agents.life import live
from agents.population import Population
from envs.registration import worlds

ROOT = Path(__file__).parents[2]
STEPS = 10
LIVES = """
import sys, warnings
warnings.simplefilter("error")
import numpy as np
from tests.core.test_uncompiled import lives
np.savez(sys.argv[1], **lives())
"""


def lives() -> dict[str, np.ndarray]:
    """World -> what two animals sense after some steps."""
    found = {}
    for name in worlds.names():
        animals = Population("steered", name, 2, seed=5)
        live(animals, STEPS)
        found[name] = animals.world.observation.copy()
    return found


@pytest.mark.thorough
def test_every_animal_lives_the_same_uncompiled(tmp_path: Path) -> None:
    environment = os.environ | {"NUMBA_DISABLE_JIT": "1", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-c", LIVES, str(tmp_path / "lives.npz")]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    uncompiled = np.load(tmp_path / "lives.npz")
    for name, observation in lives().items():
        assert np.allclose(uncompiled[name], observation, rtol=1e-4, atol=1e-4), name
