"""The wheel, in a folder whose own packages are called what the rooms are called. Kernels run uncompiled, which is quicker here."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from core.code_digest import code_digest
from core.rooms import ROOMS

ROOT = Path(__file__).parents[2]
LIFE = """
import sys
import nestling
mice = nestling.Population("steered", "LoomingEscape", animals=2, seed=1)
nestling.live(mice, 5)
rooms = {rooms}
assert not [name for name in sys.modules if name.split(".")[0] in rooms], "a room was imported from the top level"
import agents, envs, tests.helpers
assert agents.MINE and envs.MINE and tests.helpers.MINE
from nestling.core.code_digest import code_digest
from nestling.core.rooms import public_name
print(code_digest(), public_name(type(mice.world).__module__), nestling.make("Rivals").spec.entry_point)
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the wheel, and nothing else, is installed in."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = folder.glob("nestling-*.whl")
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target", str(folder / "site"), str(wheel)]
    subprocess.run(install, check=True, capture_output=True)
    return folder / "site"


@pytest.fixture
def elsewhere(tmp_path: Path) -> Path:
    """A user's folder."""
    for package in ("envs", "agents", "tests"):
        (tmp_path / package).mkdir()
        for file in ("__init__.py", "helpers.py"):
            (tmp_path / package / file).write_text("MINE = True\n", encoding="utf-8")
    return tmp_path


def run(site: Path, cwd: Path, *command: str, status: int = 0) -> str:
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(site), str(cwd)]), "NUMBA_DISABLE_JIT": "1"}
    done = subprocess.run([sys.executable, *command], cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stdout + done.stderr
    return done.stdout + done.stderr


def test_nothing_else_is_installed_and_nothing_is_shadowed(site: Path, elsewhere: Path) -> None:
    installed = {path.name for path in site.iterdir()}
    assert {name for name in installed if not name.startswith("nestling")} == {"bin"}
    for data in ("py.typed", "benchmark/report/page", "scripts/templates/world/world.py.j2", "suites/uniformity.toml"):
        assert (site / "nestling" / data).exists(), data
    said = run(site, elsewhere, "-c", LIFE.format(rooms=ROOMS)).split()
    assert said == [code_digest(), "nestling.envs.looming_escape.world", "nestling.envs.registration:make_single"]


def test_the_command(site: Path, elsewhere: Path) -> None:
    assert run(site, elsewhere, "-m", "nestling", "--version").startswith("nestling ")
    assert "benchmark" in run(site, elsewhere, "-m", "nestling", "--help")
    assert "Did you mean 'watch'" in run(site, elsewhere, "-m", "nestling", "wach", status=2)
    assert "--record" in run(site, elsewhere, "-m", "nestling", "watch", "--help")
    assert "--into FOLDER" in run(site, elsewhere, "-m", "nestling", "new-world", "Thermotaxis", status=2)
    film = ("watch", "Rivals", "--record", "life.png", "--steps", "5", "--headless", "--animals", "1")
    run(site, elsewhere, "-m", "nestling", *film)
    assert (elsewhere / "life.png").exists()


@pytest.mark.thorough
def test_a_world_of_a_users_own(site: Path, elsewhere: Path) -> None:
    said = run(site, elsewhere, "-m", "nestling", "new-world", "Thermotaxis", "--into", "mine")
    assert "nestling watch thermotaxis_world.world:Thermotaxis" in said
    mine = elsewhere / "mine"
    assert "from nestling.envs.world import World" in (mine / "thermotaxis_world" / "world.py").read_text(encoding="utf-8")
    brief = "checker or single or switched"
    assert " passed" in run(site, mine, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-k", brief)
    bench = (
        "--agents",
        "reflex",
        "steered",
        "--animals",
        "2",
        "--lifetime",
        "400",
        "--experiments",
        "--workers",
        "1",
        "--out",
        "out",
    )
    run(site, mine, "-m", "nestling", "benchmark", "--worlds", "thermotaxis_world.world:Thermotaxis", *bench)
    assert "nestling benchmark --worlds" in (mine / "out" / "report.html").read_text(encoding="utf-8")
