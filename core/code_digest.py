"""Digests of the code that decides results, so that old results never pass for new ones."""

from __future__ import annotations

import ast
import contextlib
import hashlib
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from core.files import user_cache, write_whole
from core.renamed import old_names
from core.rooms import FOLDER, PACKAGE

ROOMS = ("core", "envs", "steering", "learning", "agents")
"""Packages that decide how animals live."""
_DIGEST = re.compile("[0-9a-f]{16}")


@cache
def code_digest() -> str:
    """Sixteen hexadecimal digits over the syntax of every Python file of :data:`ROOMS`, at any depth.

    Comments, docstrings and layout do not count, since they decide nothing. Parsing takes seconds, so the answer for these very
    files is kept in the user's cache.
    """
    files = [(name, file, file.read_bytes()) for name, file in python_files(FOLDER, ROOMS)]
    key = hashlib.blake2b(repr(sys.version_info[:3]).encode(), digest_size=16)
    for name, _, text in files:
        key.update(f"\n{name} {len(text)}\n".encode() + text)
    kept = user_cache() / "digests" / key.hexdigest()
    with contextlib.suppress(OSError, ValueError):
        known = kept.read_bytes().decode("ascii")
        if _DIGEST.fullmatch(known):
            return known
    found = digest_of([(name, file) for name, file, _ in files])
    with contextlib.suppress(OSError):
        write_whole(kept, found.encode())
    return found


def python_files(root: Path, rooms: tuple[str, ...]) -> Iterator[tuple[str, Path]]:
    """Every Python file of the rooms, as (name below ``root``, path), sorted by name."""
    found = [file for room in rooms for file in (root / room).rglob("*.py")]
    return ((file.relative_to(root).as_posix(), file) for file in sorted(found))


def digest_of(files: Iterator[tuple[str, Path]] | list[tuple[str, Path]]) -> str:
    """Sixteen hexadecimal digits over the names and the syntax of files."""
    content = hashlib.blake2b(digest_size=8)
    for name, file in files:
        content.update(f"{name}\n{syntax_of(file.read_text(encoding='utf-8'))}\n".encode())
    return content.hexdigest()


def syntax_of(source: str) -> str:
    """The syntax tree of Python source as text, without docstrings, comments, layout and places in the file."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            node.module = node.module.removeprefix(PACKAGE)  # an installed copy is the same code
        body = getattr(node, "body", None)
        if isinstance(body, list):
            kept = [part for part in body if not _is_text(part)]
            node.body = kept or [ast.Pass()]  # type: ignore[attr-defined]  # whatever has a body can have another
    return ast.dump(tree)


def _is_text(node: ast.AST) -> bool:
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


__getattr__ = old_names(__name__)
