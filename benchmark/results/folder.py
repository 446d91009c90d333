"""A results folder: one file a finished job, written whole; settings that explain the folder; nothing overwritten."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import msgspec
import numpy as np
from filelock import FileLock, Timeout
from safetensors import SafetensorError, safe_open

from benchmark.results.curves import BY_WANT, CURVES, completed
from benchmark.results.jobs import Job, JobResult, LifeJob, NicheJob
from benchmark.results.provenance import commit
from core.code_digest import code_digest
from core.errors import NestlingError, told
from core.files import as_text, write_whole
from core.packed import DamagedFile, checked_json, pack, read_json, unpack

SCHEMA = 3  # 2: without digests of results; 1: one lifetime for all worlds
JOBS = "cells"  # what the folder of finished jobs is called on disk; part of the format


class OtherSettings(NestlingError, ValueError):
    """The folder holds results of other settings, or is no results folder."""


class FolderInUse(NestlingError, RuntimeError):
    """Another process is running a benchmark in this folder."""


class CannotKeep(NestlingError, OSError):
    """A result could not be written: the disk is full, or the folder is read-only."""

    while_working = True


class AnySettings(Protocol):
    """What decides the results of a run; a msgspec structure."""

    @property
    def shard(self) -> int:
        """Animals that live in one process at a time; results do not depend on it."""
        ...

    def digest(self) -> str:
        """Names what decides the results."""
        ...


S = TypeVar("S", bound=AnySettings)


class ResultsFolder(Generic[S]):
    """Results of one kind of settings in one folder. A subclass says which jobs they mean, and how they are read again.

    Args:
        folder: made if it does not exist.
        settings: what the results are of.

    Raises:
        OtherSettings: the folder belongs to other settings; the difference is spelled out.
        CannotKeep: the folder cannot be made or written.
    """

    def __init__(self, folder: Path, settings: S) -> None:
        self.folder, self.settings = Path(folder), settings
        self._jobs, self._schema = self.folder / JOBS, SCHEMA
        if self._file.exists():
            self._compare()
        else:
            self._begin()

    @property
    def _file(self) -> Path:
        return self.folder / "settings.json"

    def _begin(self) -> None:
        leftovers = (".partial", ".lock")
        if self.folder.exists() and not self.folder.is_dir():
            raise OtherSettings(f"{self.folder} is a file; choose another --out.")
        if self.folder.exists() and any(not path.name.endswith(leftovers) for path in self.folder.iterdir()):
            raise OtherSettings(f"{self.folder} is not empty and is no results folder; choose another --out.")
        about = {
            "schema": SCHEMA,
            "settings": msgspec.to_builtins(self.settings),
            "digest": self.settings.digest(),
            "versions": versions(),
            "sources": code_digest(),
            "machine": {
                "platform": platform.platform(),
                "python": platform.python_version(),
                "processor": platform.machine(),
                "cores": os.cpu_count(),
            },
            "date": datetime.now(UTC).strftime("%Y-%m-%d"),
            "commit": commit(),
            "command": [as_text(word) for word in sys.argv],
            "files": {
                f"{JOBS}/*.safetensors": "curves, (animals, windows) for each quantity, and pictures; a file a finished job",
                f"{JOBS}/*.json": "an experiment's claim and outcome",
                f"{JOBS}/*.error.txt": "why a job failed",
                f"{JOBS}/*.damaged*": "files that could not be read and were run again",
                "summary.json": "intervals for every world and agent",
                "report.html": "everything to look at, in one file",
            },
        }
        self._write(self._file, checked_json(about))

    def jobs(self) -> Sequence[Job]:
        """All units of work, in a fixed order."""
        raise NotImplementedError

    def _settings_of(self, about: dict[str, Any]) -> S:
        """The settings of a folder, from the content of its ``settings.json``."""
        raise NotImplementedError

    def about(self) -> dict[str, Any]:
        """The content of ``settings.json``."""
        try:
            content = self._file.read_bytes()
            found = read_json(content)
            found["settings"], found["schema"]
            if found["schema"] == SCHEMA:
                read_json(content, checked=True)
        except (DamagedFile, KeyError) as error:
            raise OtherSettings(
                f"{self._file} cannot be read ({told(error)}); choose another --out, or restore the file."
            ) from None
        return found

    def _compare(self) -> None:
        about = self.about()
        theirs = self._settings_of(about)
        ours, there = (msgspec.to_builtins(one) for one in (self.settings, theirs))
        changed = [
            f"{key}: {there[key]!r} there, {ours[key]!r} now" for key in ours if key != "shard" and ours[key] != there[key]
        ]
        self.settings = msgspec.structs.replace(self.settings, shard=theirs.shard)  # type: ignore[type-var]  # it is one
        for key, now in (("sources", code_digest()), ("versions", versions())):
            if about.get(key) != now:
                changed.append(f"{key}: {about.get(key)!r} there, {now!r} now")
        if changed:
            raise OtherSettings(f"{self.folder} belongs to other settings ({'; '.join(changed)}). Choose another --out.")

    @contextmanager
    def lock(self) -> Iterator[None]:
        """Keep other processes from running in this folder; a killed process keeps nothing locked."""
        lock = FileLock(self.folder / ".lock", timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise FolderInUse(
                f"Another process is running a benchmark in {self.folder}. Wait for it, or choose another --out."
            ) from None
        except OSError as error:
            raise CannotKeep(f"{self.folder} cannot be written: {error.strerror}. Choose another --out.") from None
        try:
            yield
        finally:
            lock.release()

    def sweep(self) -> None:
        """Delete what killed writers left half-written; call it before any writer starts."""
        for path in self.folder.rglob(".*.partial"):
            path.unlink(missing_ok=True)

    def path(self, job: Job) -> Path:
        """Where the result of a job is, or will be."""
        return self._jobs / f"{job.name}.{'safetensors' if job.gives_arrays else 'json'}"

    def has(self, job: Job) -> bool:
        """Whether the job is finished and readable."""
        return self.read(job) is not None

    def write(self, job: Job, result: JobResult) -> None:
        """Keep what a job found."""
        self._write(self.path(job), _packed(job, result))
        self._error_path(job).unlink(missing_ok=True)

    def read(self, job: Job) -> Any:
        """What a job found, or None where it is missing; a damaged file counts as missing and is set aside."""
        path = self.path(job)
        if not path.exists():
            return None
        try:
            if not isinstance(job, LifeJob | NicheJob):
                return _outcome(job, path.read_bytes(), self._schema)
            return _undigested(path) if self._schema < SCHEMA else _curves(job, path)
        except (SafetensorError, DamagedFile):
            with suppress(OSError):
                path.replace(_free(path.with_suffix(".damaged")))
            return None

    def curves(self, job: LifeJob | NicheJob) -> dict[str, np.ndarray] | None:
        """The curves of a finished job, (animals, windows) each."""
        found = self.read(job)
        return None if found is None else {name: array for name, array in found.items() if not name.startswith("film.")}

    def write_error(self, job: Job, text: str) -> None:
        """Keep why a job failed."""
        self._write(self._error_path(job), text.encode())

    def error(self, job: Job) -> str | None:
        """Why a job failed, if it did."""
        path = self._error_path(job)
        return path.read_text(encoding="utf-8", errors="replace") if path.exists() else None

    def write_bytes(self, name: str, content: bytes) -> Path:
        """Write a file of the folder whole."""
        return self._write(self.folder / name, content)

    def _error_path(self, job: Job) -> Path:
        return self._jobs / f"{job.name}.error.txt"

    def _write(self, path: Path, content: bytes) -> Path:
        try:
            return write_whole(path, content)
        except OSError as error:
            raise CannotKeep(
                f"{path} cannot be written: {error.strerror}. Nothing that was kept before is lost; mend it, and the "
                "same command goes on from there."
            ) from None


def _free(path: Path) -> Path:
    """A name that no file has yet."""
    number, candidate = 1, path
    while candidate.exists():
        number += 1
        candidate = path.with_name(f"{path.name}{number}")
    return candidate


def versions() -> dict[str, str]:
    """Versions of what decides results."""
    names = ("nestling", "numpy", "numba", "gymnasium")
    return {"python": sys.version.split()[0]} | {name: importlib.metadata.version(name) for name in names}


def _packed(job: Job, result: Any) -> bytes:
    """The content of the file of a job; it says which job it is of."""
    plain = msgspec.to_builtins(job)
    return pack(result, {"job": plain}) if job.gives_arrays else checked_json(result | {"job": plain})


def _curves(job: LifeJob | NicheJob, path: Path) -> dict[str, np.ndarray]:
    arrays, about = unpack(path)
    shape = (job.animals, job.windows)
    own = {name: array for name, array in completed(arrays).items() if not name.startswith("film.")}
    if (
        about != {"job": msgspec.to_builtins(job)}
        or own.keys() - set(BY_WANT) != {*CURVES, *job.counted}
        or {a.shape[:2] for a in own.values()} != {shape}
    ):
        raise DamagedFile("it holds the results of another job")
    return completed(arrays)


def _outcome(job: Job, content: bytes, schema: int) -> dict[str, Any]:
    found = read_json(content, checked=schema == SCHEMA)
    if schema == SCHEMA and found.pop("job", None) != msgspec.to_builtins(job):
        raise DamagedFile("it holds the outcome of another job")
    return found


def _undigested(path: Path) -> dict[str, np.ndarray]:
    """Curves as the last release wrote them."""
    with safe_open(path, framework="numpy") as file:
        return completed({name: file.get_tensor(name) for name in file.keys()})  # noqa: SIM118  # safe_open is no mapping
