"""Modules in folders are found, by registries, experiments, digests and the docs, and comments decide nothing."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from benchmark.experiments import experiment
from core import code_digest
from core.registry import Registry, modules_below
from envs.world import World

WORLD = """
import numpy as np
from gymnasium.spaces import Box
from core.batch_state import Field
from core.senses import Sense, Senses
from envs.world import World

class Deep{name}(World):
    "A place."
    id = "Deep{name}-v0"
    dt = 0.1
    episode_steps = 10
    fitness_unit = "nothing"
    state = (Field("place", "1", "where it is"),)
    single_action_space = Box(-1.0, 1.0, (1,), np.float32)
    senses = Senses(Sense("place", "1", -1.0, 1.0, "where it is"))
    def _be_born(self, mask): pass
    def _begin_episode(self, mask): pass
    def _advance(self, action): return np.zeros(self.num_envs), np.zeros(self.num_envs, bool)
    def _sense(self, reading): pass
    def _oracle(self): return np.zeros((self.num_envs, 1))
"""
EXPERIMENT = """
from benchmark.experiments.criterion import above
from benchmark.experiments.experiment import Experiment, Score
EXPERIMENTS = (
    Experiment(
        id="Deep1", world="Deep", claim="c", source="chosen", protocol=lambda animals, seed: animals, animals=10,
        score=lambda n: Score("n", {"n": float(n)}, n, {}), criterion=(above("n", 0.0),),
    ),
)
"""


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A package with a module at its top, one in a folder, and one in a folder that lacks ``__init__.py``."""
    root = tmp_path / "deep_package"
    for place, name in (("top.py", "Top"), ("folder/world.py", "Folder"), ("bare/deeper/world.py", "Bare")):
        (root / place).parent.mkdir(parents=True, exist_ok=True)
        (root / place).write_text(WORLD.format(name=name))
    (root / "__init__.py").touch()
    (root / "folder" / "__init__.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    yield root
    for module in [name for name in sys.modules if name.startswith("deep_package")]:
        del sys.modules[module]


def test_registries_find_modules_in_folders(package: Path) -> None:
    registry = Registry("world", World, "deep_package", "nestling.no_such_group", key=lambda kind: kind.__name__)
    assert set(registry.all()) == {"DeepTop", "DeepFolder", "DeepBare"}
    assert "deep_package.bare.deeper.world" in modules_below("deep_package")


def test_experiments_are_found_in_folders(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (package / "folder" / "mine.py").write_text(EXPERIMENT)
    monkeypatch.setattr(experiment, "__package__", "deep_package")
    assert list(experiment.experiments()) == ["Deep1"]
    result = experiment.experiments()["Deep1"].run(12, 0)
    assert result.holds
    assert result.conditions == [{"text": "n above 0", "value": 12.0, "holds": True}]


def test_every_module_of_the_house_is_found() -> None:
    for room in code_digest.ROOMS:
        files = {
            file.relative_to(Path(code_digest.__file__).parents[1])
            for file in Path(code_digest.__file__).parents[1].glob(f"{room}/**/*.py")
            if file.stem == "__init__" or not file.stem.startswith("_")
        }
        found = {Path(*module.split(".")) for module in modules_below(room)} | {Path(room)}
        assert {file.with_suffix("") if file.stem != "__init__" else file.parent for file in files} == found


def digest(folder: Path) -> str:
    return code_digest.digest_of(code_digest.python_files(folder.parent, (folder.name,)))


def test_a_comment_leaves_the_digest_and_code_changes_it_at_any_depth(package: Path) -> None:
    before, file = digest(package), package / "bare" / "deeper" / "world.py"
    source = file.read_text(encoding="utf-8")
    file.write_text(f"# why\n\n\n{source.replace('A place.', 'Another text.')}")
    assert digest(package) == before, "comments, docstrings and layout decide nothing"
    file.write_text(source.replace("dt = 0.1", "dt = 0.2"))
    assert digest(package) != before
    file.write_text(source)
    assert digest(package) == before
    file.rename(file.with_name("place.py"))
    assert digest(package) != before, "a module under another name is another program"


HEAVY = {"torch", "stable_baselines3", "ray", "pygame", "matplotlib", "minari", "minigrid"}


def test_a_birth_imports_no_optional_library() -> None:
    born = (
        "import sys, nestling\n"
        "for world in ('LoomingEscape', 'SaltAppetite', 'Birdsong', 'Rivals', 'Orienting', 'Eyeblink', 'OdourChoice'):\n"
        "    nestling.Population('steered', world, animals=1)\n"
        "print(*sys.modules)\n"
    )
    path = str(Path(code_digest.__file__).parents[1])
    done = subprocess.run(
        [sys.executable, "-c", born], env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, check=True
    )
    assert not HEAVY & set(done.stdout.split()), (
        "registries import every file of a room: put what is heavy in a private file"
    )
