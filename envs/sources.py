"""A digest of the code that decides results, so that neither old results nor old compiled kernels pass for new ones."""

from __future__ import annotations

import hashlib
import os
import shutil
from functools import cache
from pathlib import Path

import numba

_ROOMS = ("envs", "steering", "learning", "agents")
_KEPT_CACHES = 8


@cache
def source_digest() -> str:
    """Sixteen hexadecimal digits over every Python file of the rooms that decide how animals live."""
    root = Path(__file__).resolve().parents[1]
    content = hashlib.blake2b(digest_size=8)
    for room in _ROOMS:
        for file in sorted((root / room).glob("*.py")):
            content.update(f"{room}/{file.name}".encode())
            content.update(file.read_bytes())
    return content.hexdigest()


def user_cache() -> Path:
    """The folder for what can be made again: compiled kernels and grown animals."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "nestling"


def cache_kernels_by_sources() -> None:
    """Keep compiled kernels in a folder named by :func:`source_digest`.

    numba renews a cached kernel when its own file changes, but not when a kernel that it calls from
    another file does. A ``NUMBA_CACHE_DIR`` that the user has set is left alone.
    """
    if os.environ.get("NUMBA_CACHE_DIR"):
        return
    folder = user_cache() / "kernels"
    numba.config.CACHE_DIR = str(folder / source_digest())  # type: ignore[attr-defined]  # set by numba at run time
    if folder.is_dir():
        old = sorted(folder.iterdir(), key=lambda path: path.stat().st_mtime, reverse=True)[_KEPT_CACHES:]
        for path in old:
            shutil.rmtree(path, ignore_errors=True)
