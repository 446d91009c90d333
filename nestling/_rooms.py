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
        top = importlib.util.find_spec(name.partition(".")[0])
        if top is not None and str(_FOLDER.parent) not in map(_folder_of, top.submodule_search_locations or ()):
            raise ImportError(
                f"{fullname} is a room of the checkout {_FOLDER.parent}, but a package of the same name in {top.origin} hides it. "
                "Rename that package, or install the wheel of Nestling, in which nothing is hidden: pip wheel --no-deps ."
            )
        if found is None:
            return None
        alias = importlib.util.spec_from_loader(fullname, self, is_package=found.submodule_search_locations is not None)
        if alias is not None:
            alias.origin = found.origin
        return alias

    def get_code(self, fullname: str) -> types.CodeType | None:
        """For ``python -m nestling.<room>.<module>``."""
        found = importlib.util.find_spec(fullname.partition(".")[2])
        loader: Any = None if found is None else found.loader
        return None if loader is None else loader.get_code(found.name)  # type: ignore[union-attr]

    def create_module(self, spec: ModuleSpec) -> types.ModuleType:
        module = importlib.import_module(spec.name.partition(".")[2])
        spec.loader_state = module.__spec__
        return module

    def exec_module(self, module: types.ModuleType) -> None:
        """It ran under its own name; what the import of the alias wrote into it is put back."""
        alias = module.__spec__
        assert alias is not None
        module.__spec__ = alias.loader_state


def _folder_of(package: str) -> str:
    return str(Path(package).resolve().parent)


def find_rooms_beside() -> None:
    """Let the rooms of a checkout be imported below ``nestling`` too."""
    if (_FOLDER / "envs").is_dir() or any(isinstance(finder, _RoomsBeside) for finder in sys.meta_path):
        return
    checkout = str(_FOLDER.parent)
    if (_FOLDER.parent / "envs").is_dir() and checkout not in sys.path:
        sys.path.append(checkout)
    sys.meta_path.insert(0, _RoomsBeside())
