"""The results folder: one file a finished cell, written whole; settings that explain the folder; nothing overwritten."""

from __future__ import annotations

import importlib.metadata
import platform
import sys
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save as to_bytes

from benchmark.suites import Cell, Settings, describe
from envs.atomic import write_whole
from envs.errors import NestlingError
from envs.sources import source_digest

SCHEMA = 1


class OtherSettings(NestlingError, ValueError):
    """The folder holds results of other settings."""


class Store:
    """Results of one :class:`Settings` in one folder.

    Args:
        folder: made if it does not exist.
        settings: what the results are of.
        any_sources: accept results of other sources and versions, to redraw them.

    Raises:
        OtherSettings: the folder belongs to other settings; the difference is spelled out.
    """

    def __init__(self, folder: Path, settings: Settings, any_sources: bool = False) -> None:
        self.folder, self.settings = Path(folder), settings
        self._cells, self._any_sources = self.folder / "cells", any_sources
        file = self.folder / "settings.json"
        if file.exists():
            self._compare(file)
        else:
            if self.folder.exists() and any(not path.name.endswith(".partial") for path in self.folder.iterdir()):
                raise OtherSettings(f"{self.folder} is not empty and is no results folder; choose another --out.")
            about = {
                "schema": SCHEMA,
                "settings": describe(settings),
                "digest": settings.digest(),
                "versions": versions(),
                "sources": source_digest(),
                "machine": {"platform": platform.platform(), "python": platform.python_version()},
                "files": {
                    "cells/*.safetensors": "raw curves, (animals, windows) for each quantity; one file a finished cell",
                    "cells/*.error.txt": "why a cell failed",
                    "summary.json": "intervals for every world and agent",
                },
            }
            write_whole(file, msgspec.json.format(msgspec.json.encode(about), indent=2))

    def _compare(self, file: Path) -> None:
        try:
            found = msgspec.json.decode(file.read_bytes())
            theirs, schema = dict(found["settings"]), found["schema"]
        except (msgspec.DecodeError, KeyError, TypeError) as error:
            raise OtherSettings(f"{file} cannot be read ({error}); choose another --out, or restore the file.") from None
        if schema != SCHEMA:
            raise OtherSettings(
                f"{self.folder} has schema {schema}, but this version writes schema {SCHEMA}; choose another --out."
            )
        ours = describe(self.settings)
        changed = [
            f"{key}: {theirs.get(key)!r} there, {value!r} now"
            for key, value in ours.items()
            if key != "shard" and _plain(theirs.get(key)) != _plain(value)
        ]
        if theirs.get("shard") != ours["shard"]:
            self.settings = msgspec.structs.replace(self.settings, shard=theirs["shard"])
        for key, now in (("sources", source_digest()), ("versions", versions())):
            if found.get(key) != now and not self._any_sources:
                changed.append(f"{key}: {found.get(key)!r} there, {now!r} now")
        if changed:
            raise OtherSettings(f"{self.folder} belongs to other settings ({'; '.join(changed)}). Choose another --out.")

    def sweep(self) -> None:
        """Delete what killed writers left half-written; call it before any writer starts."""
        for path in self.folder.rglob(".*.partial"):
            path.unlink(missing_ok=True)

    def path(self, cell: Cell) -> Path:
        """Where the curves of a cell are, or will be."""
        return self._cells / f"{cell.name}.safetensors"

    def has(self, cell: Cell) -> bool:
        """Whether the cell is finished and readable."""
        return self.read(cell) is not None

    def write(self, cell: Cell, curves: dict[str, np.ndarray]) -> None:
        """Keep the curves of a finished cell."""
        write_whole(self.path(cell), to_bytes(curves, {"nestling": f"curves {SCHEMA}"}))
        self._error_path(cell).unlink(missing_ok=True)

    def read(self, cell: Cell) -> dict[str, np.ndarray] | None:
        """The curves of a cell, or None where it is missing; a damaged file counts as missing and is set aside."""
        path = self.path(cell)
        if not path.exists():
            return None
        try:
            with safe_open(path, framework="numpy") as file:
                return {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118  # safe_open is no mapping
        except SafetensorError:
            path.replace(path.with_suffix(".damaged"))
            return None

    def write_error(self, cell: Cell, text: str) -> None:
        """Keep why a cell failed."""
        write_whole(self._error_path(cell), text.encode())

    def error(self, cell: Cell) -> str | None:
        """Why a cell failed, if it did."""
        path = self._error_path(cell)
        return path.read_text() if path.exists() else None

    def write_summary(self, summary: dict[str, Any]) -> Path:
        """Write ``summary.json``."""
        return write_whole(self.folder / "summary.json", msgspec.json.format(msgspec.json.encode(summary), indent=2))

    def _error_path(self, cell: Cell) -> Path:
        return self._cells / f"{cell.name}.error.txt"


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple | list) else value


def versions() -> dict[str, str]:
    """Versions of what decides results."""
    names = ("nestling", "numpy", "numba", "gymnasium")
    return {"python": sys.version.split()[0]} | {name: importlib.metadata.version(name) for name in names}
