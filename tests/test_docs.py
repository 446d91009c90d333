"""The documentation's own example runs, and an outsider can run the conformance suite on it."""

import importlib.util
import os
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

from agents.population import Population

ROOT = Path(__file__).parents[1]
BRIEFER = {"n_steps=64).learn(512)": "n_steps=64, n_epochs=1).learn(256)", ".learn(200)": ".learn(60)"}
"""Training as short as it can be and still train."""


def code_blocks(page: str) -> list[str]:
    return re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), flags=re.DOTALL)


def package_of_the_page(folder: Path) -> str:
    """Write what the page on extending shows as a package; returns the test that it shows."""
    world, steering, rule, suite = code_blocks("docs/extending.md")
    (folder / "my_package").mkdir()
    (folder / "my_package" / "__init__.py").write_text("")
    (folder / "my_package" / "my_world.py").write_text(world + steering)
    (folder / "my_package" / "my_rule.py").write_text(rule)
    return suite


def test_steering_and_a_rule_of_ones_own_live(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package_of_the_page(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    population = Population(
        "cortex+my_package.my_rule:Basking",
        "my_package.my_world:Meadow",
        8,
        seed=3000,
        steering="my_package.my_world:Grazer",
    )
    shares = [float(population.tick().in_charge.mean()) for _ in range(1000)]
    assert 0.0 < sum(shares[:100]) < 50.0, "the rule lets a newborn try now and then"
    assert sum(shares[-100:]) > 80.0, "and goes on where that went well"
    for name in [name for name in sys.modules if name.startswith("my_package")]:
        monkeypatch.delitem(sys.modules, name)


@pytest.mark.thorough
def test_a_world_of_ones_own_passes_conformance(tmp_path: Path) -> None:
    (tmp_path / "test_meadow.py").write_text(package_of_the_page(tmp_path))
    environment = os.environ | {"PYTHONPATH": str(tmp_path)}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_meadow.py"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout
    assert " passed" in done.stdout


@pytest.mark.parametrize(
    "page", ["docs/learners.md", "docs/tour.md", "docs/foreign.md", "docs/data.md", "docs/clients.md", "README.md"]
)
def test_code_of_the_pages_runs(page: str) -> None:
    if importlib.util.find_spec("stable_baselines3") is None:
        pytest.skip("Stable-Baselines3 is not installed")
    for block in code_blocks(page):
        for whole, brief in BRIEFER.items():
            block = block.replace(whole, brief)
        done = subprocess.run([sys.executable, "-c", block], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, f"{page}:\n{block}\n{done.stderr}"


def test_the_site_is_built_without_a_warning(tmp_path: Path) -> None:
    pytest.importorskip("mkdocs", reason="the site's generator is not installed")
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path)]
    environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for page in sorted((ROOT / "docs" / "worlds").glob("*.md")):
        built = (tmp_path / "worlds" / page.with_suffix(".html").name).read_text(encoding="utf-8")
        assert "<table" in built
        assert not re.search(r"<!-- generated: [\w ]+ -->\s*<!-- end", page.read_text(encoding="utf-8")), (
            "filled in the checkout too"
        )
    assert "depletion_tally" in (tmp_path / "worlds" / "salt_appetite.html").read_text(encoding="utf-8")
    assert "SteeredWorld" in (tmp_path / "reference" / "agents.html").read_text(encoding="utf-8")


def test_links_of_the_pages_exist() -> None:
    for page in [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        for link in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / link).exists(), f"{page.name} links to {link}, which does not exist"


def test_imports_point_downward() -> None:
    floors = {"core": 0, "envs": 1, "steering": 2, "learning": 2, "agents": 3, "benchmark": 4, "viewer": 4, "nestling": 5}
    for room, floor in floors.items():
        for file in (ROOT / room).rglob("*.py"):
            for other in re.findall(r"^\s*(?:from|import) (\w+)", file.read_text(encoding="utf-8"), flags=re.MULTILINE):
                below = other == room or floors.get(other, -1) < floor
                assert below, f"{file.relative_to(ROOT)} imports {other}, which is not on a floor below"


def test_the_figure_of_the_architecture_is_current() -> None:
    from scripts.architecture import FIGURE, Args, main

    assert main(Args(check=True)) == 0, f"draw {FIGURE.name} anew: python scripts/architecture.py"


def test_no_two_modules_import_each_other() -> None:
    from scripts.architecture import floors, imports

    graph = imports()
    assert floors(graph).keys() == graph.keys()
    with pytest.raises(ValueError, match="imports itself"):
        floors({"one": {"other"}, "other": {"one"}})


def test_what_the_architecture_names_exists() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    named = re.findall(r"`((?:core|envs|steering|learning|agents|benchmark|viewer)(?:\.\w+)+)`", page)
    assert len(named) > 20
    for name in named:
        found = pkgutil.resolve_name(name)
        assert callable(found), name
    for path in re.findall(
        r"`((?:core|envs|steering|learning|agents|benchmark|viewer|nestling|scripts)/[\w/]+(?:\.\w+)?)`", page
    ):
        assert (ROOT / path).exists(), path
