"""Writing files from templates: names are checked, nothing is overwritten, and either all files appear or none."""

from __future__ import annotations

import importlib.util
import keyword
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Any

_RESERVED = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(10))}
TEMPLATES = Path(__file__).parent / "templates"


def snake_case(name: str) -> str:
    """``"MyWorld"`` to ``"my_world"``."""
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def check_name(name: str, kind: str) -> None:
    """Raise :class:`core.errors.InvalidArgument` unless ``name`` can name a new class of that kind."""
    from agents.hand_over.base import hand_over_rules
    from core.errors import InvalidArgument
    from envs.registration import worlds
    from learning.registration import learners

    if not name.isidentifier() or not name.isascii() or keyword.iskeyword(name) or not re.fullmatch(r"[A-Z]\w*", name):
        raise InvalidArgument(
            f"A {kind} is named like a Python class, with a capital and then letters and digits (Thermotaxis), not {name!r}."
        )
    if name.casefold() in _RESERVED or snake_case(name) in _RESERVED:
        raise InvalidArgument(f"No file can be named {snake_case(name)} on Windows; choose another name.")
    used = "".join(file.read_text(encoding="utf-8") for file in TEMPLATES.glob(f"{kind.replace('-', '_')}/*.py.j2"))
    if name in re.findall(r"\b[A-Z]\w+\b", used):
        raise InvalidArgument(f"{name} is a word that the files themselves use already; choose another name.")
    registry = {"world": worlds, "learner": learners, "hand-over": hand_over_rules}[kind]
    known = {existing.casefold() for existing in registry.names()}
    if name.casefold() in known or snake_case(name) in known:
        raise InvalidArgument(f"There is a {kind} named {name} already; choose another name.")


def check_free(root: Path, files: dict[str, str], own_folder: bool, package: str | None) -> None:
    """Raise unless every file can be written without overwriting or shadowing anything.

    Args:
        root: folder of the files.
        files: paths below it.
        own_folder: whether the folder must be empty or new.
        package: name of the module that the files would be imported as, if it is a new top-level one.
    """
    from core.errors import InvalidArgument

    if "\0" in str(root):
        raise InvalidArgument(f"A folder cannot have a name with a NUL in it: {str(root)!r}.")
    if own_folder and root.exists() and (not root.is_dir() or any(root.iterdir())):
        raise InvalidArgument(f"{root} is not an empty folder; name a new one, so that nothing of yours is overwritten.")
    for file in files:
        if (root / file).exists():
            raise InvalidArgument(f"{root / file} exists already; choose another name, or remove it first.")
    for stem in {Path(file).stem for file in files if file.endswith(".py")} & set(sys.stdlib_module_names):
        raise InvalidArgument(f"A file named {stem}.py would shadow Python's own module {stem}; choose another name.")
    if package is not None and importlib.util.find_spec(package) is not None:
        raise InvalidArgument(
            f"A module named {package} can be imported already, and would be shadowed; choose another name."
        )


def write_all(root: Path, files: dict[str, str], values: dict[str, Any]) -> None:
    """Render and write ``files`` (path below ``root`` -> template, or "" for an empty file)."""
    import jinja2

    templates = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), keep_trailing_newline=True, undefined=jinja2.StrictUndefined
    )
    rendered = {
        file: templates.get_template(template).render(values) if template else "" for file, template in files.items()
    }
    made = [folder for folder in _folders(root, files) if not folder.exists()]
    moved: list[Path] = []
    root.mkdir(parents=True, exist_ok=True)
    waiting = Path(tempfile.mkdtemp(dir=root, prefix=".new-"))
    try:
        for file, text in rendered.items():
            (waiting / file).parent.mkdir(parents=True, exist_ok=True)
            (waiting / file).write_text(text, encoding="utf-8")
        for file in files:
            (root / file).parent.mkdir(parents=True, exist_ok=True)
            os.replace(waiting / file, root / file)
            moved.append(root / file)
    except BaseException:
        shutil.rmtree(waiting, ignore_errors=True)
        for path in moved:
            path.unlink()
        for folder in reversed(made):
            if folder.exists():
                folder.rmdir()
        raise
    shutil.rmtree(waiting, ignore_errors=True)


def _folders(root: Path, files: dict[str, str]) -> list[Path]:
    """All folders that the files need, outermost first."""
    below = {parent for file in files for parent in (root / file).parents if parent == root or root in parent.parents}
    return sorted(below, key=lambda folder: len(folder.parts))
