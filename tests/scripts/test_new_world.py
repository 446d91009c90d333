"""From a name to a world of one's own: written, installed, and run by every command; and what is refused."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import InvalidArgument
from scripts.new_world import Args, main

ROOT = Path(__file__).parents[2]
ROOMS = (
    "core",
    "envs",
    "steering",
    "learning",
    "agents",
    "benchmark",
    "viewer",
    "nestling",
    "scripts",
    "tests",
    "examples",
)
EVERY_COMMAND = """
import gymnasium, sys
from pathlib import Path
import agents, scripts.benchmark, scripts.experiment, scripts.watch
steered = gymnasium.make("nestling/{name}-Steered-v0")
steered.reset(seed=0)
assert steered.step(steered.action_space.sample())[1] is not None
agents = ("reflex", "steered")
bench = scripts.benchmark.Args(worlds=("{name}",), agents=agents, animals=2, lifetime=400, experiments=(), out=Path("bench"), workers=1)
assert scripts.benchmark.main(bench) == 0
experiment = scripts.experiment.Args(ids=("{name}1",), animals=10, out=Path("exp"))
assert scripts.experiment.main(experiment) == 0
watch = scripts.watch.Args(world="{name}", record=Path("life.png"), steps=20, headless=True, animals=1)
assert scripts.watch.main(watch) == 0
"""


def files_of_rooms() -> list[Path]:
    return sorted(file for room in ROOMS for file in (ROOT / room).rglob("*.py"))


def run(*command: str, cwd: Path, path: Path) -> str:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(path), str(ROOT)])}
    done = subprocess.run([sys.executable, *command], cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.thorough
def test_a_package_runs_in_every_command(tmp_path: Path) -> None:
    source, site = tmp_path / "source", tmp_path / "site"
    assert main(Args("Thermotaxis", into=source)) == 0
    brief = "checker or single or bounds or switched"  # all of it is walked inside the repository, below
    assert " passed" in run("-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", brief, cwd=source, path=source)
    run(
        "-m",
        "pip",
        "install",
        "--quiet",
        "--no-deps",
        "--no-build-isolation",
        "--target",
        str(site),
        str(source),
        cwd=tmp_path,
        path=source,
    )
    run("-c", EVERY_COMMAND.format(name="Thermotaxis"), cwd=tmp_path, path=site)
    assert (tmp_path / "bench" / "report.html").exists()
    assert (tmp_path / "life.png").exists()
    found = run(
        "-m",
        "pytest",
        "--pyargs",
        "nestling.testing",
        "--collect-only",
        "-q",
        "-k",
        "Thermotaxis and checkers",
        cwd=tmp_path,
        path=site,
    )
    assert "Thermotaxis" in found, "conformance must find an installed world by its entry point"


def test_a_world_inside_the_repository_needs_no_other_edit(tmp_path: Path) -> None:
    copy = tmp_path / "nestling"
    for room in ROOMS:
        shutil.copytree(ROOT / room, copy / room, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "docs"):
        (shutil.copytree if (ROOT / file).is_dir() else shutil.copy)(ROOT / file, copy / file)
    environment = os.environ | {"PYTHONPATH": str(copy)}
    for name, kind in (("Thermotaxis", "world"), ("Habit", "learner"), ("Growth", "hand-over")):
        command = [sys.executable, "scripts/new_world.py", name, "--kind", kind]
        subprocess.run(command, cwd=copy, env=environment, check=True, capture_output=True)
    for tool in (["ruff", "check"], ["ruff", "format", "--check"]):
        done = subprocess.run([sys.executable, "-m", *tool, "."], cwd=copy, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout
    written = ["tests/envs/test_thermotaxis.py", "tests/learning/test_habit.py", "tests/agents/test_growth.py"]
    # "-k" keeps this brief; the whole conformance suite runs over what is registered, so over these too
    chosen = (
        "test_thermotaxis or test_habit or test_growth or (TestWorlds and Thermotaxis) or (TestSteering and Thermotaxis)"
    )
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", chosen, *written, "nestling/testing"]
    done = subprocess.run(command, cwd=copy, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("two words", "named like a Python class"),
        ("lower", "named like a Python class"),
        ("3D", "named like a Python class"),
        ("", "named like a Python class"),
        ("None", "named like a Python class"),
        ("Ö", "named like a Python class"),
        ("../Evil", "named like a Python class"),
        ("SaltAppetite", "already"),
        ("saltAppetite".capitalize(), "already"),
        ("World", "use already"),
        ("RecordState", "use already"),
    ],
)
def test_names_that_are_refused(name: str, why: str) -> None:
    before = files_of_rooms()
    with pytest.raises(InvalidArgument, match=why):
        main(Args(name))
    assert files_of_rooms() == before


@pytest.mark.parametrize("name", ["CON", "Nul", "Aux", "Com1", "LPT9", "Prn"])
def test_names_that_windows_reserves(name: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidArgument, match="on Windows"):
        main(Args(name, into=tmp_path / "new"))


def test_a_folder_with_a_nul(tmp_path: Path) -> None:
    with pytest.raises(InvalidArgument, match="NUL"):
        main(Args("Thermotaxis", into=Path(f"{tmp_path}/a\0b")))


@pytest.mark.parametrize(("name", "kind"), [("Json", "learner"), ("Numpy", "learner"), ("Envs", "hand-over")])
def test_modules_are_not_shadowed(name: str, kind: str, tmp_path: Path) -> None:
    with pytest.raises(InvalidArgument, match="shadow"):
        main(Args(name, kind, tmp_path / "new"))  # type: ignore[arg-type]  # the kinds of the command line
    assert not (tmp_path / "new").exists()


def test_a_folder_in_use_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("precious")
    for folder in (tmp_path, tmp_path / "mine.txt"):
        with pytest.raises(InvalidArgument, match="not an empty folder"):
            main(Args("Thermotaxis", into=folder))
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_failure_half_way_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    replace, calls = os.replace, []

    def fails(source: Path, target: Path) -> None:
        calls.append(target)
        if len(calls) == 7:
            raise KeyboardInterrupt
        replace(source, target)

    monkeypatch.setattr(os, "replace", fails)
    with pytest.raises(KeyboardInterrupt):
        main(Args("Thermotaxis", into=tmp_path / "new"))
    assert not list(tmp_path.iterdir())
