"""Where the rooms of Nestling are imported from: the top level in a checkout, the package ``nestling`` where it is installed.

A module has one public name, ``nestling.envs.world``, which works in both; files and messages use it. In a checkout it leads to the
very module ``envs.world``; see :mod:`nestling`.
"""

from __future__ import annotations

from pathlib import Path

ROOMS = ("core", "envs", "steering", "learning", "agents", "benchmark", "viewer", "scripts", "examples")
PACKAGE = "nestling."
PREFIX = __name__.removesuffix("core.rooms")
"""What comes before a room's name when it is imported here: nothing in a checkout, ``nestling.`` where it is installed."""
FOLDER = Path(__file__).resolve().parents[1]
"""The folder that the rooms are in."""


def _is_of_room(module: str) -> bool:
    return module.partition(".")[0] in ROOMS


def imported_name(module: str) -> str:
    """The name under which a module is imported here: ``nestling.envs.world`` to ``envs.world`` in a checkout."""
    below = module.removeprefix(PACKAGE)
    return PREFIX + below if module.startswith(PACKAGE) and _is_of_room(below) else module


def room(name: str) -> str:
    """The package of a room, or a module below it, as it is imported here: ``envs`` or ``nestling.envs``."""
    below = name.removeprefix(PACKAGE)
    return PREFIX + below if _is_of_room(below) else name


def public_name(module: str) -> str:
    """The name that a module has everywhere: ``envs.world`` of a checkout to ``nestling.envs.world``; others stay as they are."""
    return PACKAGE + module if not PREFIX and _is_of_room(module) else module


def public_path(kind: type) -> str:
    """``module:Class`` as files keep it, by the module's public name."""
    return f"{public_name(kind.__module__)}:{kind.__qualname__}"
