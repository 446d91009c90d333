"""A third party's package for the last release (`tests/last_release`, unchanged) runs as it did, and is told the new names."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core import renamed

ROOT = Path(__file__).parents[1]
LIVES = """
import hashlib, pickle, sys
from agents.life import live
from agents.population import Population
for agent in ("reflex", "habit:Habit+growth:Growth"):
    population = Population(agent, "thermotaxis_world.world:Thermotaxis", 3, seed=4)
    live(population, 700)
    print(agent, hashlib.sha256(population.world.observation.tobytes()).hexdigest()[:12])
live(Population("bouts+growth:Growth", "thermotaxis_world.world:Thermotaxis", 3, seed=4), 700)
def hashed(agent):
    population = Population(agent, "LoomingEscape", 3, seed=4)
    live(population, 700)
    return hashlib.sha256(population.world.observation.tobytes()).hexdigest(), population.learner
plain, extended, learns = (hashed(agent) for agent in ("bouts+earned", "careful:Careful+earned", "careful:OnlyLearns+earned"))
print(plain[0] == extended[0] == learns[0], sorted(extended[1].calls.values()))
from benchmark.experiments.signature import find_signature
print(find_signature("thermotaxis_world.signatures:Thermotaxis1").run(10, 5).holds)
"""
AS_BEFORE = {
    "reflex": "8028b2a1a140",
    "habit:Habit+growth:Growth": "57c87e066b84",
}
TOLD = (
    "envs.rows.Records is called core.batch_state.RecordState",
    "envs.messages.Proposal is called core.interfaces.Proposal",
    "learning.subsystem.Anatomy is called learning.subsystem.LearnerSpec",
    "Thermotaxis.command_space is called Thermotaxis.single_action_space",
    "Habit.learn(context, ...) is called Habit._learn",
    "Learner.rows is called Learner.num_animals",
    "Proposal.confidence is called Proposal.lower_bound",
    "bouts is called cortex",
    "Signature is now Experiment",
    "thermotaxis_world.signatures.SIGNATURES is called EXPERIMENTS",
)


def run(folder: Path, *command: str) -> subprocess.CompletedProcess:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(folder), str(ROOT)])}
    return subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("third_party")
    shutil.copytree(
        ROOT / "tests" / "last_release", folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__")
    )
    return folder


def test_its_animals_live_as_before_and_it_is_told_the_new_names(package: Path) -> None:
    done = run(package, "-W", "always::DeprecationWarning", "-c", LIVES)
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.split("\n")
    assert dict(line.rsplit(" ", 1) for line in lines[: len(AS_BEFORE)]) == AS_BEFORE
    assert lines[len(AS_BEFORE)] == "True [700, 700, 701]", "learners that call their parents live as the parent does"
    assert lines[len(AS_BEFORE) + 1] == "True"
    missing = [warning for warning in TOLD if warning not in done.stderr]
    assert not missing, done.stderr[-3000:]


@pytest.mark.thorough
def test_its_own_tests_pass(package: Path) -> None:
    brief = "checkers or bounds or switched or pickles"
    done = run(package, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "ignore::DeprecationWarning", "-k", brief)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("old", sorted(renamed.MODULES))
def test_old_modules_lead_to_new_ones(old: str) -> None:
    module, new = __import__(old, fromlist=["*"]), __import__(renamed.MODULES[old], fromlist=["*"])
    name = next(name for name in vars(new) if not name.startswith("_"))
    with pytest.warns(DeprecationWarning, match=rf"{old}\.\w+ is called"):
        assert getattr(module, name) is getattr(new, name)


@pytest.mark.parametrize(("module", "old"), [(module, old) for module, names in renamed.NAMES.items() for old in names])
def test_old_names_lead_to_new_ones(module: str, old: str) -> None:
    was = next((before for before, now in renamed.MODULES.items() if now == module), module)
    with pytest.warns(DeprecationWarning, match="is called"):
        assert getattr(__import__(was, fromlist=["*"]), old) is not None


def test_unknown_names_are_no_aliases() -> None:
    import envs.rows

    import learning.subsystem

    for module in (envs.rows, learning.subsystem):
        with pytest.raises(AttributeError):
            _ = module.no_such_name  # type: ignore[attr-defined]
