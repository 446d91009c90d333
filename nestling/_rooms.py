"""In a checkout the rooms lie beside the package ``nestling``; this lets ``nestling.envs`` be the module ``envs``, and no copy of it.

Where Nestling is installed the rooms are in the package, and nothing of this is needed.
"""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.util
import sys
import types
from collections.abc import Sequence
from importlib.machinery import ModuleSpec
from pathlib import Path
from typing import Any

_FOLDER = Path(__file__).resolve().parent
_ROOMS = ("core", "envs", "steering", "learning", "agents", "benchmark", "viewer", "scripts", "examples")


class _RoomsBeside(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds ``nestling.<room>.<module>`` as ``<room>.<module>``."""

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: Any = None) -> ModuleSpec | None:
        package, _, name = fullname.partition(".")
        if package != "nestling" or name.partition(".")[0] not in _ROOMS:
            return None
        found = importlib.util.find_spec(name)
        if found is None:
            return None
        return importlib.util.spec_from_loader(fullname, self, is_package=found.submodule_search_locations is not None)

    def create_module(self, spec: ModuleSpec) -> types.ModuleType:
        module = importlib.import_module(spec.name.partition(".")[2])
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        """It ran under its own name; what the import of the alias wrote into it is put back."""
        alias = module.__spec__
        assert alias is not None
        module.__spec__ = alias.loader_state


def find_rooms_beside() -> None:
    """Let the rooms of a checkout be imported below ``nestling`` too."""
    if (_FOLDER / "envs").is_dir() or any(isinstance(finder, _RoomsBeside) for finder in sys.meta_path):
        return
    checkout = str(_FOLDER.parent)
    if (_FOLDER.parent / "envs").is_dir() and checkout not in sys.path:
        sys.path.append(checkout)
    sys.meta_path.insert(0, _RoomsBeside())
