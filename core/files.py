"""Files that are written whole or not at all, and the folder for what can be made again."""

from __future__ import annotations

import contextlib
import os
import tempfile
import uuid
from functools import cache
from pathlib import Path


def write_whole(path: Path, content: bytes) -> Path:
    """Write ``content`` to a temporary name beside ``path``, flush it to the disk, then rename it into place."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.parent / f".{path.name}.{uuid.uuid4().hex}.partial"
    try:
        with open(temporary, "xb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
    return path


def as_text(path: str) -> str:
    """A path or an argument as text that can be written: bytes that the locale could not read are read as UTF-8."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def user_cache() -> Path:
    """The folder for what can be made again: compiled kernels, the table of notes and grown animals.

    ``$XDG_CACHE_HOME/nestling`` or ``~/.cache/nestling``. Where neither can be written, or there is no home, a folder of this user's
    own among the temporary ones.
    """
    return _user_cache(os.environ.get("XDG_CACHE_HOME", ""), os.environ.get("HOME", ""))


@cache
def _user_cache(cache_home: str, _home: str) -> Path:
    with contextlib.suppress(OSError, RuntimeError):  # RuntimeError: no HOME, and no entry in passwd
        folder = (Path(cache_home) if cache_home else Path.home() / ".cache") / "nestling"
        if can_write(folder):
            return folder
    return _own_temporary_folder()


def can_write(folder: Path) -> bool:
    """Whether a file can be written there; asked by doing it, since permissions do not tell of full or read-only disks."""
    probe = folder / f".{uuid.uuid4().hex}.partial"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(bytes(4096))
    except OSError:
        return False
    finally:
        with contextlib.suppress(OSError):
            probe.unlink()
    return True


def _own_temporary_folder() -> Path:
    """A folder that nobody else can write, since compiled kernels are loaded from it; the same one next time where that is safe."""
    user = os.getuid() if hasattr(os, "getuid") else os.environ.get("USERNAME", "user")
    folder = Path(tempfile.gettempdir()) / f"nestling-{user}"
    with contextlib.suppress(OSError):
        folder.mkdir(mode=0o700, exist_ok=True)
        found = folder.lstat()
        private = not hasattr(os, "getuid") or (found.st_uid == user and not found.st_mode & 0o022)
        if private and not folder.is_symlink() and can_write(folder):
            return folder
    return Path(tempfile.mkdtemp(prefix="nestling-"))
