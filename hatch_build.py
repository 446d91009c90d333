"""Builds the wheel: the rooms of a checkout become sub-packages of ``nestling``, and nothing else is installed at the top level.

Imports between rooms are rewritten (``from envs.world`` to ``from nestling.envs.world``); nothing else in a file changes. Strings never
name a room's place, since rooms ask :mod:`core.rooms`.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

ROOMS = ("core", "envs", "steering", "learning", "agents", "benchmark", "viewer", "scripts", "examples")
LEFT_OUT = {
    "scripts/matrix.sh",
    "scripts/quick.py",
    "scripts/fuzz.py",
    "scripts/architecture.py",
    "scripts/clips.py",
}  # for work on the checkout
_ROOM = "|".join(ROOMS)
_FROM = re.compile(rf"^(\s*)from ({_ROOM})(?=[.\s])", re.MULTILINE)
_PATH = re.compile(r"^sys\.path\[:1\] = .*\n", re.MULTILINE)


class WheelBuilder(BuildHookInterface):
    """See the module's text."""

    PLUGIN_NAME = "custom"

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Write the package into a folder of its own, since two may build at once, and let the wheel hold that."""
        if version == "editable":
            return
        self._folder = tempfile.mkdtemp()
        package = Path(self._folder) / "nestling"
        write_package(Path(self.root), package)
        build_data["force_include"][str(package)] = "nestling"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        """Remove that folder."""
        if version != "editable":
            shutil.rmtree(self._folder, ignore_errors=True)


def write_package(root: Path, package: Path) -> None:
    """Copy the rooms of the checkout ``root`` into ``package``, imports rewritten."""
    sources = [(room, Path(room)) for room in ROOMS] + [("nestling", Path()), ("suites", Path("suites"))]
    for folder, target in sources:
        for file in sorted((root / folder).rglob("*")):
            name = file.relative_to(root).as_posix()
            if not file.is_file() or "__pycache__" in file.parts or file.suffix == ".pyc" or name in LEFT_OUT:
                continue
            copy = package / target / file.relative_to(root / folder)
            copy.parent.mkdir(parents=True, exist_ok=True)
            if file.suffix == ".py":
                copy.write_text(installed(file.read_text(encoding="utf-8")), encoding="utf-8")
            else:
                shutil.copyfile(file, copy)


def installed(source: str) -> str:
    """Python source of a room as it is in the wheel."""
    return _FROM.sub(r"\1from nestling.\2", _PATH.sub("", source))
