"""One name for every module, in a checkout and where Nestling is installed."""

from __future__ import annotations

import ast
import importlib
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import nestling
from agents.population import Population
from core.errors import NotTrusted, UnknownName
from core.registry import names_from
from core.rooms import ROOMS, imported_name, public_name, room
from envs.registration import world_class
from nestling import _rooms

ROOT = Path(__file__).parents[2]
MODULES = (
    "core.rooms",
    "envs",
    "envs.looming_escape.world",
    "learning.cortex",
    "agents.hand_over.base",
    "benchmark.experiments",
)


@pytest.mark.parametrize("name", MODULES)
def test_a_room_below_nestling_is_the_room_itself(name: str) -> None:
    own = importlib.import_module(name)
    spec = own.__spec__
    assert importlib.import_module(f"nestling.{name}") is own
    assert own.__name__ == name
    assert own.__spec__ is spec
    assert own.__spec__.name == name


def test_what_is_no_room_is_not_found_below_nestling() -> None:
    for name in ("nestling.numpy", "nestling.envs.nothing", "nestling.tests"):
        with pytest.raises(ModuleNotFoundError):
            importlib.import_module(name)


def test_the_finder_and_the_wheel_know_the_same_rooms() -> None:
    listed = re.search(
        r"^ROOMS = (\(.*?\))$", (ROOT / "hatch_build.py").read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
    )
    assert listed is not None
    assert ast.literal_eval(listed[1]) == _rooms._ROOMS == ROOMS


def test_names_go_both_ways() -> None:
    for module in (*MODULES, "somebody.envs", "tests"):
        assert imported_name(public_name(module)) == module
        assert room(module) == module
    assert public_name("envs.world") == "nestling.envs.world"
    assert public_name("somebody.envs") == "somebody.envs"


def test_a_world_by_its_public_name_is_the_same_class_and_files_use_that_name() -> None:
    kind = world_class("nestling.examples.cartpole:CartPole")
    assert kind is world_class("examples.cartpole:CartPole")
    assert Population("reflex", kind, 1, seed=1).world_name == "nestling.examples.cartpole:CartPole"


def test_the_public_surface() -> None:
    for name in nestling.__all__:
        assert getattr(nestling, name) is not None
        assert name in dir(nestling)
    assert nestling.Population is Population
    with pytest.raises(AttributeError, match="no attribute 'Populatoin'"):
        _ = nestling.Populatoin


def test_make_takes_any_form_of_a_name() -> None:
    for name in ("Rivals", "Rivals-v0", "nestling/Rivals-v0"):
        assert nestling.make(name).spec.id == "nestling/Rivals-v0"
    assert nestling.make("Rivals-Steered", num_envs=3).num_envs == 3
    with pytest.raises(UnknownName, match="Did you mean 'Rivals-v0'"):
        nestling.make("Rivls-v0")


def _strings(file: Path) -> list[str]:
    """Every text in a file that is no docstring and no part of a call of ``moved_to``."""
    tree = ast.parse(file.read_text(encoding="utf-8"))
    left_out = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "moved_to":
            left_out |= {id(argument) for argument in node.args}
    return [
        n.value
        for n in ast.walk(tree)
        if isinstance(n, ast.Constant) and isinstance(n.value, str) and id(n) not in left_out
    ]


def test_no_text_says_where_a_room_is_imported_from() -> None:
    place = re.compile(rf"({'|'.join(ROOMS)})(\.[a-z]\w*)+(:\w+)?")
    found = {}
    for name in ROOMS:
        for file in (ROOT / name).rglob("*.py"):
            if file.name not in ("renamed.py", "rooms.py") and (
                texts := [text for text in _strings(file) if place.fullmatch(text)]
            ):
                found[file.relative_to(ROOT).as_posix()] = texts
    assert not found, "in an installed copy the rooms are below nestling; see core.rooms"


def _run(folder: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [sys.executable, *command], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_a_package_that_hides_a_room_of_a_checkout_is_named(tmp_path: Path) -> None:
    (tmp_path / "agents").mkdir()
    (tmp_path / "agents" / "__init__.py").touch()
    done = _run(tmp_path, "-c", f"import sys; sys.path.insert(0, {str(tmp_path)!r}); import nestling; nestling.Population")
    assert "a package of the same name in" in done.stderr
    assert "install the wheel" in done.stderr


def test_the_command_is_not_led_astray_by_a_users_scripts(tmp_path: Path) -> None:
    (tmp_path / "scripts").mkdir()
    for file in ("__init__.py", "export.py"):
        (tmp_path / "scripts" / file).write_text("raise SystemExit('a script of the user ran')\n", encoding="utf-8")
    done = _run(tmp_path, "-c", "from nestling.commands import main; main(['export', '--help'])")
    assert "--minari" in done.stdout, done.stderr


def test_a_module_of_a_room_runs_by_its_public_name(tmp_path: Path) -> None:
    done = _run(tmp_path, "-m", "nestling.scripts.experiment", "--help")
    assert "experiments" in done.stdout, done.stderr


def test_a_file_that_names_a_module_is_told_by_the_name_it_holds() -> None:
    with names_from("suite.toml"), pytest.raises(NotTrusted, match=r"--trust nestling\.examples\.minigrid_goal"):
        world_class("nestling.examples.minigrid_goal:Nothing")


def test_help_imports_no_room() -> None:
    """Compiled kernels and worlds take a second to import."""
    code = (
        "import runpy, sys; sys.argv = ['watch.py', '--help']\n"
        "try: runpy.run_path('scripts/watch.py', run_name='__main__')\n"
        "except SystemExit: print([name for name in ('core', 'envs', 'numba', 'gymnasium') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "[]"


def test_commands_start_without_what_is_needed_later() -> None:
    """Statistics, figures and optimisers take a second or two to import, and every command and worker would pay for it."""
    code = (
        "import sys; from benchmark.experiments.experiment import chosen_experiments; chosen_experiments(());"
        "import benchmark.running.run, benchmark.results.compare, benchmark.fooled.tables, viewer.session;"
        "print([name for name in ('scipy.stats', 'scipy.signal', 'scipy.optimize', 'matplotlib', 'cmaes', 'torch') "
        "if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
