"""The cache of compiled kernels: kept by code, checked before it is used, and never needed.

numba renews a cached kernel when its own file changes, but not when a kernel that it calls from another file does; it takes what it
reads for whole; and it fails where it cannot write. Here a damaged file counts as missing, so that the kernel is compiled again.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import shutil
import warnings
from pathlib import Path
from typing import Any

import numba
from numba.core import caching, dispatcher

from core.code_digest import ROOMS, python_files
from core.files import user_cache

_ROOT = Path(__file__).resolve().parents[1]
_KEPT_CACHES = 8
_DIGEST_SIZE = 16


def cache_kernels_by_code() -> None:
    """Keep compiled kernels in a folder named by a digest of the rooms' files. A ``NUMBA_CACHE_DIR`` of the user's is left alone."""
    dispatcher.FunctionCache = _cache_of  # type: ignore[attr-defined]  # what every njit(cache=True) asks for its cache
    if os.environ.get("NUMBA_CACHE_DIR"):
        return
    content = hashlib.blake2b(digest_size=8)  # of bytes: parsing every file would take longer than all other imports
    for name, file in python_files(_ROOT, ROOMS):
        content.update(name.encode() + file.read_bytes())
    folder = user_cache() / "kernels"
    numba.config.CACHE_DIR = str(folder / content.hexdigest())  # type: ignore[attr-defined]  # set by numba at run time
    if folder.is_dir():
        old = sorted(folder.iterdir(), key=_changed, reverse=True)[_KEPT_CACHES:]
        for path in old:
            shutil.rmtree(path, ignore_errors=True)


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # another process has just removed it
        return 0.0


def _cache_of(kernel: Any) -> Any:
    try:
        return _KernelCache(kernel)
    except (RuntimeError, OSError):  # there is no folder that can be written
        return caching.NullCache()


class _KernelCache(caching.FunctionCache):
    """The cache of one kernel."""

    def __init__(self, kernel: Any) -> None:
        super().__init__(kernel)
        theirs = self._cache_file
        self._cache_file = _CheckedFiles(self._cache_path, theirs._index_name.removesuffix(".nbi"), theirs._source_stamp)

    def save_overload(self, sig: Any, data: Any) -> None:
        """As numba's; a kernel that cannot be kept is compiled anew next time."""
        try:
            super().save_overload(sig, data)
        except OSError as error:
            warnings.warn(
                f"Compiled kernels cannot be kept in {self._cache_path} ({error.strerror}); each start compiles them anew.",
                stacklevel=2,
            )


class _CheckedFiles(caching.IndexDataCacheFile):
    """The files of one kernel. Each ends with a digest of its content, and each kernel says which signature it was compiled for."""

    def save(self, key: Any, data: Any) -> None:
        super().save(key, (key, data))

    def load(self, key: Any) -> Any:
        found = super().load(key)
        return found[1] if found is not None and found[0] == key else None

    def _load_index(self) -> dict[Any, str]:
        try:
            version, stamp, names = self._read(self._index_path)
        except OSError:
            return {}
        return names if (version, stamp) == (self._version, self._source_stamp) else {}

    def _save_index(self, overloads: dict[Any, str]) -> None:
        self._write(self._index_path, (self._version, self._source_stamp, overloads))

    def _load_data(self, name: str) -> Any:
        return self._read(self._data_path(name))

    def _save_data(self, name: str, data: Any) -> None:
        self._write(self._data_path(name), data)

    def _read(self, path: str) -> Any:
        content = Path(path).read_bytes()
        body, digest = content[:-_DIGEST_SIZE], content[-_DIGEST_SIZE:]
        if hashlib.blake2b(body, digest_size=_DIGEST_SIZE).digest() != digest:
            raise OSError(f"{path} is damaged")
        return pickle.loads(body)

    def _write(self, path: str, content: Any) -> None:
        body = self._dump(content)
        with self._open_for_write(path) as file:
            file.write(body + hashlib.blake2b(body, digest_size=_DIGEST_SIZE).digest())
