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
import re
import shutil
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import numba
from numba.core import caching
from numba.np.ufunc import wrappers

from core.code_digest import ROOMS, python_files
from core.files import can_write, user_cache
from core.rooms import FOLDER

_KEPT_CACHES = 8
_DIGEST_SIZE = 16
_KERNEL = re.compile(rb"\b(njit|vectorize|guvectorize)\b")
_ROOM = "|".join(ROOMS).encode()
_IMPORT = re.compile(
    rb"^[ \t]*(?:from[ \t]+(?:nestling\.)?(?P<source>(?:%s)\b[\w.]*)[ \t]+import[ \t]+(?P<parts>\([^)]*\)|[^\n#]*)"
    rb"|import[ \t]+(?:nestling\.)?(?P<whole>(?:%s)\b[\w.]*))" % (_ROOM, _ROOM),
    re.MULTILINE,
)


_PUBLIC_IMPORT = re.compile(rb"^[ \t]*(?:from|import)[ \t]+nestling\b", re.MULTILINE)


def cache_kernels_by_code() -> None:
    """Keep compiled kernels in a folder named by a digest of the code they are made from.

    A ``NUMBA_CACHE_DIR`` of the user's is kept if it can be written.
    """
    caching.IndexDataCacheFile = KernelFiles  # type: ignore[misc]  # what every kernel that asks for a cache keeps its code in
    _wrap(caching.Cache, _bind_to_rooms)
    _wrap(wrappers._GufuncWrapper, _bind_to_kernel)
    chosen = os.environ.get("NUMBA_CACHE_DIR")
    if chosen and can_write(Path(chosen)):
        return
    folder = user_cache() / "kernels"
    numba.config.CACHE_DIR = str(folder / _kernel_digest())  # type: ignore[attr-defined]  # set by numba at run time
    with contextlib.suppress(OSError):
        for path in sorted(folder.iterdir(), key=_changed, reverse=True)[_KEPT_CACHES:]:
            shutil.rmtree(path, ignore_errors=True)


def kernel_files() -> dict[str, bytes]:
    """Name below the root -> content of every file of the rooms that has kernels, and of all that these files import from the rooms.

    Nothing else can change what is compiled: what a kernel calls, and the constants it uses, are in its file or imported there.
    """
    every = _room_files()
    waiting, found = [name for name, content in every.items() if _KERNEL.search(content)], {}
    while waiting:
        name = waiting.pop()
        if name in every and name not in found:
            found[name] = every[name]
            waiting += _imported(every[name])
    return dict(sorted(found.items()))


@cache
def _room_files() -> dict[str, bytes]:
    return {name: file.read_bytes() for name, file in python_files(FOLDER, ROOMS)}


def _imported(content: bytes) -> list[str]:
    """Files that a file may import from the rooms; read from its text, since parsing all files would take longer than all else."""
    names = []
    for found in _IMPORT.finditer(content):
        module = (found["source"] or found["whole"]).decode().replace(".", "/")
        parts = re.findall(r"\w+", (found["parts"] or b"").decode())
        names += [f"{module}.py", f"{module}/__init__.py", *(f"{module}/{part}.py" for part in parts)]
    return names


def _digest(files: dict[str, bytes]) -> str:
    content = hashlib.blake2b(digest_size=8)
    for name, text in files.items():
        content.update(name.encode() + b"\n" + text)
    return content.hexdigest()


@cache
def _kernel_digest() -> str:
    return _digest(kernel_files())


def _wrap(kind: Any, then: Callable[..., None]) -> None:
    """Let ``then`` follow the initialisation of every instance of a class of numba's, once."""
    original = kind.__init__
    if hasattr(original, "__wrapped__"):
        return

    @functools.wraps(original)
    def initialise(self: Any, *args: Any, **options: Any) -> None:
        original(self, *args, **options)
        then(self)

    kind.__init__ = initialise


def _bind_to_rooms(kept: Any) -> None:
    """Kernels of the rooms are shared by all copies of the same code; a third party's may use anything of the rooms.

    So the latter are good for this very code only.
    """
    file = Path(kept._py_func.__code__.co_filename)
    try:
        content = file.read_bytes()
    except OSError:
        return
    if file.is_relative_to(FOLDER) and (name := file.relative_to(FOLDER)).as_posix() in _room_files():
        locator = kept._impl.locator  # numba keeps them below a digest of the absolute path
        place = f"{'.'.join(name.parent.parts)}_{_kernel_digest()}"
        locator._cache_path = str(Path(locator._cache_path).parent / place)
        kept._cache_path = kept._cache_file._cache_path = locator._cache_path
        kept._cache_file._source_stamp = _kernel_digest()  # not the time of the file, which differs between copies
        return
    if (_IMPORT.search(content) or _PUBLIC_IMPORT.search(content)) and content not in _room_files().values():
        kept._cache_file.bound_to = _digest(_room_files())


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:  # another process has just removed it
        return 0.0


def _bind_to_kernel(wrapper: Any) -> None:
    """Let the wrapper of a generalised ufunc be found only by the kernel it was made for.

    A wrapper calls its kernel by a name that differs between processes. Of two that compile at once, one may leave the kernel and the
    other its wrapper, and whoever loaded both would crash. librosa has such kernels.
    """
    files = getattr(wrapper.cache, "_cache_file", None)
    if files is not None:
        files.bound_to += wrapper.cres.fndesc.mangled_name


class KernelFiles(caching.IndexDataCacheFile):
    """The files of one kernel, one for each signature; takes the place of numba's index and its numbered files.

    ``bound_to`` names what else these files depend on, and are no good without.
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
