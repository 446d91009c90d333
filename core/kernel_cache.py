"""The cache of compiled kernels: kept by code, checked before it is used, and never needed.

numba renews a cached kernel when its own file changes, but not when a kernel that it calls from another file does. Two processes that
fill its cache at once can leave one kernel under the name of another, it takes a damaged file for whole, and it fails where it cannot
write. So files are named by what they hold and end with a digest here; what does not fit counts as missing and is compiled again.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import os
import pickle
import shutil
import warnings
from pathlib import Path
from typing import Any

import numba
from numba.core import caching
from numba.np.ufunc import wrappers

from core.code_digest import ROOMS, python_files
from core.files import can_write, user_cache

_ROOT = Path(__file__).resolve().parents[1]
_KEPT_CACHES = 8
_DIGEST_SIZE = 16


def cache_kernels_by_code() -> None:
    """Keep compiled kernels in a folder named by a digest of the rooms' files. A ``NUMBA_CACHE_DIR`` that can be written is kept."""
    caching.IndexDataCacheFile = KernelFiles  # type: ignore[misc]  # what every kernel that asks for a cache keeps its code in
    _bind_wrappers()
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    if chosen and can_write(Path(chosen)):
        return
    content = hashlib.blake2b(digest_size=8)  # of bytes: parsing every file would take longer than all other imports
    for name, file in python_files(_ROOT, ROOMS):
        content.update(name.encode() + file.read_bytes())
    folder = user_cache() / "kernels"
    numba.config.CACHE_DIR = str(folder / content.hexdigest())  # type: ignore[attr-defined]  # set by numba at run time
    with contextlib.suppress(OSError):
        for path in sorted(folder.iterdir(), key=_changed, reverse=True)[_KEPT_CACHES:]:
            shutil.rmtree(path, ignore_errors=True)


def _bind_wrappers() -> None:
    """Let the wrapper of a generalised ufunc be found only by the kernel it was made for.

    A wrapper calls its kernel by a name that differs between processes. Of two that compile at once, one may leave the kernel and the
    other its wrapper, and whoever loaded both would crash. librosa has such kernels.
    """
    original = wrappers._GufuncWrapper.__init__

    @functools.wraps(original)
    def initialise(self: Any, *args: Any, **options: Any) -> None:
        original(self, *args, **options)
        files = getattr(self.cache, "_cache_file", None)
        if files is not None:
            files.bound_to = self.cres.fndesc.mangled_name

    if not hasattr(original, "__wrapped__"):
        wrappers._GufuncWrapper.__init__ = initialise  # type: ignore[method-assign]


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # another process has just removed it
        return 0.0


class KernelFiles(caching.IndexDataCacheFile):
    """The files of one kernel, one for each signature; takes the place of numba's index and its numbered files.

    ``bound_to`` names the compiled kernel that these files call, where they are no good for another.
    """

    bound_to = ""

    def load(self, key: Any) -> Any:
        """What was compiled for ``key`` (signature, processor, code), or None where it is missing, damaged or of another source."""
        try:
            *made_from, data = self._read(self._path(key))
        except (OSError, pickle.UnpicklingError, ValueError):
            return None
        return data if made_from == [self._version, self._source_stamp, self.bound_to, key] else None

    def save(self, key: Any, data: Any) -> None:
        """Keep what was compiled for ``key``; where that is impossible, a warning says so and life goes on."""
        body = self._dump((self._version, self._source_stamp, self.bound_to, key, data))
        try:
            with self._open_for_write(str(self._path(key))) as file:
                file.write(body + hashlib.blake2b(body, digest_size=_DIGEST_SIZE).digest())
        except OSError as error:
            warnings.warn(
                f"Compiled kernels cannot be kept in {self._cache_path} ({error.strerror}); each start compiles them anew.",
                stacklevel=2,
            )

    def flush(self) -> None:
        """Forget all signatures."""
        for path in Path(self._cache_path).glob(f"{self._index_name.removesuffix('.nbi')}.*.nbc"):
            path.unlink(missing_ok=True)

    def _path(self, key: Any) -> Path:
        name = hashlib.blake2b(repr((self.bound_to, key)).encode(), digest_size=8).hexdigest()
        return Path(self._cache_path) / f"{self._index_name.removesuffix('.nbi')}.{name}.nbc"

    @staticmethod
    def _read(path: Path) -> Any:
        content = path.read_bytes()
        body, digest = content[:-_DIGEST_SIZE], content[-_DIGEST_SIZE:]
        if hashlib.blake2b(body, digest_size=_DIGEST_SIZE).digest() != digest:
            raise OSError(f"{path} is damaged")
        return pickle.loads(body)
