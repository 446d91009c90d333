"""Draw which room of the code imports which, from the imports themselves: docs/images/architecture.svg.

An arrow points from a room to one that it imports; an arrow that others imply is left out. `--check` says whether the kept figure is
current, and is what the tests call.
"""

from __future__ import annotations

import ast
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:1] = [str(ROOT), str(Path.cwd())]  # not this folder: it would hide packages
from scripts.common import fail_plainly

FIGURE = ROOT / "docs" / "images" / "architecture.svg"
PACKAGES = ("core", "envs", "steering", "learning", "agents", "benchmark", "viewer", "nestling", "scripts")
SPECIES = "envs/<species>"
MERGED = {"viewer/panels": "viewer", "nestling/testing": "nestling"}
COMMANDS = "commands: one file each"


@dataclass
class Args:
    """Draw the figure of the architecture, or check that it is current."""

    check: bool = False
    """Draw nothing; exit with 1 if the kept figure shows other imports than the code has."""


def files(packages: tuple[str, ...] = PACKAGES) -> dict[str, Path]:
    """Module name -> file."""
    found = {}
    for package in packages:
        for file in sorted((ROOT / package).rglob("*.py")):
            found[".".join(file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")] = file
    return found


def imports(packages: tuple[str, ...] = PACKAGES) -> dict[str, set[str]]:
    """Module -> the modules of these packages that it imports anywhere in its file."""
    modules = files(packages)
    return {name: set(_targets(file, modules)) - {name} for name, file in modules.items()}


def _targets(file: Path, modules: dict[str, Path]) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module in modules:
            for alias in node.names:
                inner = f"{node.module}.{alias.name}"
                yield inner if inner in modules else node.module
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)


@cache
def room_of(module: str) -> str:
    """The room of a module: its package, or the folder within it; the species share one."""
    package, _, rest = module.partition(".")
    folder = rest.partition(".")[0]
    if not folder or not (ROOT / package / folder).is_dir():
        return package
    room = SPECIES if package == "envs" else f"{package}/{folder}"
    return MERGED.get(room, room)


def rooms() -> dict[str, set[str]]:
    """Room -> the rooms that it imports; a package that only holds folders is none."""
    found: dict[str, set[str]] = {}
    for module, targets in imports().items():
        if "/" not in room_of(module) and files()[module].name == "__init__.py" and room_of(module) == "benchmark":
            continue
        found.setdefault(room_of(module), set()).update(room_of(target) for target in targets)
    return {room: (targets & found.keys()) - {room} for room, targets in found.items()}


def floors(graph: dict[str, set[str]]) -> dict[str, int]:
    """Room -> floor: one above the highest room that it imports.

    Raises:
        ValueError: two rooms import each other.
    """
    found: dict[str, int] = {}
    try:
        for room in TopologicalSorter(graph).static_order():
            found[room] = 1 + max((found[below] for below in graph[room]), default=-1)
    except CycleError as error:
        room, *others = error.args[1]
        raise ValueError(f"{room} imports itself through {', '.join(others[:-1])}") from None
    return {room: found[room] for room in graph}


def drawn(graph: dict[str, set[str]]) -> list[tuple[str, str]]:
    """The arrows that no others imply, sorted."""

    @cache
    def reached(room: str) -> frozenset[str]:
        return frozenset(graph[room]).union(*(reached(below) for below in graph[room]))

    return sorted(
        (room, below)
        for room in graph
        for below in graph[room]
        if not any(below in reached(other) for other in graph[room])
    )


def summary(room: str) -> str:
    """The first line of the room's docstring."""
    if room == SPECIES:
        return "body, physics and drawing of each species"
    text = (
        ast.get_docstring(ast.parse((ROOT / room / "__init__.py").read_text(encoding="utf-8")))
        if room != "scripts"
        else COMMANDS
    )
    return (text or "").split("\n")[0].split(". ")[0].removesuffix(".").replace("`", "")


def fingerprint(graph: dict[str, set[str]]) -> str:
    """What the figure shows, in one line that is kept in it."""
    return "; ".join(f"{room} > {', '.join(sorted(graph[room]))}" for room in sorted(graph))


def draw(graph: dict[str, set[str]]) -> None:
    """Write the figure."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt
    from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

    level = floors(graph)
    places, width, height = _places(level)
    with mpl.rc_context({"svg.hashsalt": "architecture", "svg.fonttype": "none", "font.family": "DejaVu Sans"}):
        figure, axes = plt.subplots(figsize=(11, 1.18 * (1 + max(level.values()))))
        axes.set(xlim=(0, 1), ylim=(-0.45, max(level.values()) + 0.55))
        axes.axis("off")
        for room, below in drawn(graph):
            (x, y), (u, v) = places[room], places[below]
            axes.add_patch(
                FancyArrowPatch(
                    (x, y - height / 2),
                    (u, v + height / 2),
                    arrowstyle="-|>",
                    mutation_scale=11,
                    color="#8a8a82",
                    lw=1.1,
                    connectionstyle="arc3,rad=0.04",
                    shrinkA=0,
                    shrinkB=1,
                )
            )
        for room, (x, y) in places.items():
            colour = {"steering": "#fae8da", "learning": "#dbeaf5"}.get(room, "#ffffff")
            box = FancyBboxPatch(
                (x - width / 2, y - height / 2),
                width,
                height,
                boxstyle="round,pad=0,rounding_size=0.012",
                fc=colour,
                ec="#b8b5aa",
            )
            box.set_mutation_aspect(10)
            axes.add_patch(box)
            axes.text(x, y + 0.17, room, ha="center", va="center", weight="bold", size=10.5, color="#1c2026")
            lines = textwrap.wrap(summary(room), 36)[:3]
            axes.text(x, y - 0.09, "\n".join(lines), ha="center", va="center", size=7.8, color="#5b616a", linespacing=1.25)
        figure.subplots_adjust(0.005, 0.005, 0.995, 0.995)
        FIGURE.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(FIGURE, metadata={"Date": None, "Description": fingerprint(graph)}, facecolor="white")
        plt.close(figure)


LANES = {
    "benchmark": 0.3,
    "viewer": 0.74,
    "nestling": 0.86,
    "agents/hand_over": 0.5,
    "steering": 0.17,
    "envs": 0.17,
    "learning": 0.83,
}
"""Where the rooms of a package stand across the figure; the middle for others."""


def _places(level: dict[str, int]) -> tuple[dict[str, tuple[float, float]], float, float]:
    """Where each room stands, as high as its importers allow, and the size of a box."""
    graph, width = rooms(), 0.235
    height = dict(level)
    for room in sorted(level, key=lambda name: -level[name]):
        above = [height[other] for other in graph if room in graph[other]]
        height[room] = min(above) - 1 if above else level[room]
    places: dict[str, tuple[float, float]] = {}
    for room in sorted(level):
        lane = LANES.get(room, LANES.get(room.partition("/")[0], 0.5))
        crowd = [other for other in sorted(level) if _same_place(other, room, height)]
        places[room] = lane + (crowd.index(room) - (len(crowd) - 1) / 2) * (width + 0.03), float(height[room])
    return places, width, 0.68


def _same_place(one: str, other: str, height: dict[str, int]) -> bool:
    return (
        height[one] == height[other]
        and one.partition("/")[0] == other.partition("/")[0]
        and LANES.get(one) == LANES.get(other)
    )


def main(args: Args) -> int:
    """Draw or check."""
    graph = rooms()
    if args.check:
        current = FIGURE.exists() and fingerprint(graph).replace("<", "&lt;").replace(">", "&gt;") in FIGURE.read_text(
            encoding="utf-8"
        )
        print(
            "the figure is current"
            if current
            else f"{FIGURE.relative_to(ROOT)} is out of date: python scripts/architecture.py"
        )
        return 0 if current else 1
    draw(graph)
    print(f"wrote {FIGURE.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(fail_plainly(main, Args, __doc__))
