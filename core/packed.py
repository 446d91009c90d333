"""Arrays and what they are in one safetensors file, with digests, so that a changed file never passes for the one that was written."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from safetensors import safe_open
from safetensors.numpy import save as to_bytes

from core.errors import NestlingError, told

_KEY, _DIGESTS, _ARRAYS, _CHECKSUM = "nestling", "digests", "arrays", "checksum"
_LONGEST_TEXT = 300


class DamagedFile(NestlingError, ValueError):
    """A file of arrays that cannot be read, or that has changed since it was written."""


def pack(arrays: dict[str, np.ndarray], about: dict[str, Any]) -> bytes:
    """The content of a file with ``arrays``, and plain values ``about`` them."""
    whole = {name: np.ascontiguousarray(array) for name, array in arrays.items()}
    plain = msgspec.to_builtins(about)
    digests = _digests_of(plain) | {_ARRAYS: _digest_of_arrays(whole)}
    return to_bytes(whole, {_KEY: _as_json(plain), _DIGESTS: _as_json(digests)})


def unpack(path: Path) -> tuple[dict[str, np.ndarray], dict[str, Any]]:
    """What was packed into a file: its arrays, and what is said about them. Runs no code of the file.

    Raises:
        DamagedFile: it is no such file, or it has changed since it was written; what changed is named.
        FileNotFoundError: there is none.
    """
    about, digests, arrays = _read(path, True)
    _compare(digests, _digests_of(about) | {_ARRAYS: _digest_of_arrays(arrays)})
    return arrays, about


def unpack_about(path: Path) -> dict[str, Any]:
    """As :func:`unpack`, but only what is said about the arrays."""
    about, digests, _ = _read(path, False)
    _compare({key: digest for key, digest in digests.items() if key != _ARRAYS}, _digests_of(about))
    return about


def _read(path: Path, with_arrays: bool) -> tuple[dict[str, Any], dict[str, str], dict[str, np.ndarray]]:
    if not path.is_file():
        raise FileNotFoundError(f"There is no file at {path}.")
    arrays: dict[str, np.ndarray] = {}
    try:
        with safe_open(path, framework="numpy") as file:
            found = file.metadata() or {}
            if with_arrays:
                arrays = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # safe_open is no mapping
    except OSError:
        raise
    except Exception as error:  # the reader raises its own error, and KeyError, TypeError ... for types that NumPy lacks
        raise DamagedFile(f"it is damaged, or not a safetensors file ({told(error)})") from None
    if _KEY not in found:
        raise DamagedFile("it is a safetensors file, but Nestling did not write it")
    if _DIGESTS not in found:
        raise DamagedFile("it has no digests: another version wrote it, or it was changed by hand")
    return read_json(found[_KEY]), read_json(found[_DIGESTS]), arrays


def checked_json(values: dict[str, Any]) -> bytes:
    """Indented JSON of plain values, for people to read, with a checksum as its last entry."""
    plain = msgspec.json.decode(msgspec.json.encode(values))
    return msgspec.json.format(msgspec.json.encode(plain | {_CHECKSUM: digest_of(plain)}), indent=2)


def read_json(content: bytes | str, checked: bool = False) -> dict[str, Any]:
    """The object that JSON from a file holds, without its checksum.

    Raises:
        DamagedFile: it is no JSON, no object, or, where it is ``checked``, not what :func:`checked_json` wrote.
    """
    try:
        found = msgspec.json.decode(content, type=dict[str, Any])
    except (ValueError, RecursionError) as error:  # ValueError: msgspec's own errors, and text in another encoding
        raise DamagedFile(f"its text is damaged ({told(error)})") from None
    if found.pop(_CHECKSUM, None) != digest_of(found) and checked:
        raise DamagedFile("it is not as it was written, by damage or by hand")
    return found


def _compare(written: dict[str, str], found: dict[str, str]) -> None:
    changed = sorted(key for key in written.keys() | found.keys() if written.get(key) != found.get(key))
    if changed:
        raise DamagedFile(
            f"it is not as it was written: {', '.join(changed)[:_LONGEST_TEXT]} changed, by damage or by hand"
        )


def digest_of(value: Any) -> str:
    """Sixteen hexadecimal digits over a plain value."""
    return hashlib.blake2b(_as_json(value).encode(), digest_size=8).hexdigest()


def _digests_of(about: dict[str, Any]) -> dict[str, str]:
    return {key: digest_of(value) for key, value in about.items()}


def _digest_of_arrays(arrays: dict[str, np.ndarray]) -> str:
    content = hashlib.blake2b(digest_size=16)
    for name, array in sorted(arrays.items()):
        content.update(f"\n{name} {array.dtype} {array.shape}\n".encode())
        content.update(np.ascontiguousarray(array).tobytes())
    return content.hexdigest()


def _as_json(value: Any) -> str:
    return msgspec.json.encode(value, order="deterministic").decode()
