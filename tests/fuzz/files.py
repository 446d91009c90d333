"""Mutated files: checkpoints, results folders, suites, the table of notes and labels, damaged at random or edited as text.

What must hold: only the project's own errors are raised, nothing is imported, memory stays within a gigabyte, and a file that is still
accepted gives what was written (or, where people write it themselves, what it says now).
"""

from __future__ import annotations

import contextlib
import json
import re
import resource
import shutil
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from agents import checkpoint
from agents.life import live
from agents.population import Population
from benchmark.results.curves import CURVES
from benchmark.results.jobs import Settings, jobs
from benchmark.results.store import Store
from benchmark.running.suite_file import read_suite
from benchmark.running.suites import Suite, resolve
from benchmark.studies.evolution import Evolution
from core.errors import NestlingError
from core.packed import pack, unpack
from envs.birdsong.labels import read_labels
from tests.benchmark.test_evolution import BRIEF
from tests.fuzz.lives import Counts

MOST_MEMORY = 2**30  # bytes beyond what is in use
ODD = ["null", "-1", "1e400", "NaN", "[]", "{}", '"payload:World"', "true", "18446744073709551616", '"x"', "0.5", "[[[]]]"]
SUITE = (
    'meaning = "mine"\nworlds = ["LoomingEscape", "Rivals"]\nagents = ["reflex", "steered"]\nanimals = 4\nseed = 1000000\n'
)
LABELS = "file,onset_s,offset_s,label\n" + "".join(
    f"song.wav,{0.2 * i:.2f},{0.2 * i + 0.1:.2f},{'abc'[i % 3]}\n" for i in range(9)
)


class Kind:
    """A kind of file: how it is made, and how it is read; ``read`` gives something that can be compared, or None if anything goes."""

    def __init__(self, name: str, content: bytes, read: Callable[[Path], Any], path: Path) -> None:
        self.name, self.content, self.read, self.path = name, content, read, path
        path.write_bytes(content)
        self.expected = read(path)


def kinds(folder: Path) -> list[Kind]:
    """Every kind, each with a file below ``folder``."""
    population = Population("steered", "LoomingEscape", 2, seed=1, max_episode_steps=40)
    live(population, 60)
    saved = checkpoint.save(population, folder / "mice.safetensors")
    settings = resolve(Suite(worlds=("LoomingEscape",), agents=("reflex",), animals=2, lifetime=2000))
    store = Store(folder / "run", settings)
    job = jobs(settings)[0]
    store.write(job, {name: np.arange(2.0 * settings.windows[0]).reshape(2, -1) for name in CURVES})
    notes = folder / "notes.safetensors"
    notes.write_bytes(pack({"notes": np.arange(30, dtype=np.float32)}, {"content": "table of notes"}))
    experiment = Store(folder / "experiment", msgspec.structs.replace(settings, experiments=(("L1", 10),)))
    trial = jobs(experiment.settings)[-1]
    experiment.write(trial, {"id": "L1", "statistic": 0.123456789, "interval": [0.1, 0.2], "holds": True})

    search = Evolution(BRIEF, folder / "evolution.json")
    search.fitness = [[0.1, 0.2, 0.3, 0.4], [0.2, 0.3, 0.1, 0.5]]
    search._write()

    def one(kind: str, path: Path, read: Callable[[Path], Any]) -> Kind:
        return Kind(kind, path.read_bytes(), read, path)

    (folder / "suite.toml").write_text(SUITE, encoding="utf-8")
    (folder / "labels.csv").write_text(LABELS, encoding="utf-8")
    return [
        one("checkpoint", saved, lambda path: _plain(checkpoint.load(path).get_state())),
        one("checkpoint's header", saved, lambda path: msgspec.to_builtins(checkpoint.read_header(path))),
        one("settings of results", store.folder / "settings.json", lambda path: _settings(Store.open(path.parent))),
        one("curves", store.path(job), lambda path: _plain(store.read(job))),
        one("outcome of an experiment", experiment.path(trial), lambda path: experiment.read(trial)),
        one("record of an evolution", folder / "evolution.json", lambda path: Evolution(BRIEF, path).fitness),
        one("table of notes", notes, lambda path: _plain(unpack(path)[0])),
        one("suite", folder / "suite.toml", _suite),
        one("labels", folder / "labels.csv", _labels),
    ]


def _plain(arrays: dict[str, np.ndarray] | None) -> Any:
    return (
        None
        if arrays is None
        else {name: (array.dtype.str, array.shape, array.tobytes()) for name, array in arrays.items()}
    )


def _settings(store: Store) -> Settings:
    jobs(store.settings)
    return store.settings


def _suite(path: Path) -> None:
    resolve(read_suite(path))


def _labels(path: Path) -> None:
    read_labels(path, "song.wav")


def mutated(content: bytes, rng: np.random.Generator) -> bytes:
    """One to four changes: bits, bytes, cuts, repeats, or values of text replaced by odd ones."""
    for _ in range(int(rng.integers(1, 5))):
        place = int(rng.integers(max(1, len(content))))
        way = int(rng.integers(8))
        if way == 0:
            content = content[:place]
        elif way == 1:
            content = content[:place] + bytes([content[place] ^ (1 << int(rng.integers(8)))]) + content[place + 1 :]
        elif way == 2:
            content = content[:place] + rng.bytes(int(rng.integers(1, 9))) + content[place:]
        elif way == 3:
            content = content[:place] + content[place // 2 : place] + content[place:]
        elif way == 4:
            content = content[:place] + content[place + int(rng.integers(1, 40)) :]
        else:
            content = _edited(content, rng)
        if not content:
            return b""
    return content


def _edited(content: bytes, rng: np.random.Generator) -> bytes:
    """Another value in the text that a file begins with, and the length of a safetensors header corrected for it."""
    text_end = 8 + int.from_bytes(content[:8], "little") if content[8:9] == b"{" else len(content)
    start = 8 if content[8:9] == b"{" else 0
    text = content[start:text_end]
    values = list(re.finditer(rb'(?<=[:,=\[ ])\s*(-?\d[\d.e+-]*|\\?"[^"\\]{0,40}\\?"|true|false|null)', text))
    if not values:
        return content
    chosen = values[int(rng.integers(len(values)))]
    odd = ODD[int(rng.integers(len(ODD)))]
    if b'\\"' in chosen.group():  # within text that holds JSON itself
        odd = json.dumps(odd)[1:-1]
    text = text[: chosen.start()] + odd.encode() + text[chosen.end() :]
    return (len(text).to_bytes(8, "little") if start else b"") + text + content[text_end:]


def fuzz(
    mutations: int, folder: Path, seed: int = 0, counts: Counts | None = None, progress: Any = lambda done: None
) -> Counts:
    """Read ``mutations`` damaged files, spread over all kinds."""
    counts = counts or Counts()
    every = kinds(folder)
    modules = set(sys.modules)
    with _little_memory(), warnings.catch_warnings(action="ignore"):
        for number in range(mutations):
            _try(every[number % len(every)], seed + number, counts)
            progress(number + 1)
            if len(counts.faults) >= 20:
                break
    imported = {
        name
        for name in set(sys.modules) - modules
        if name.partition(".")[0] not in ("numpy", "encodings", "scipy", "numba")
    }
    if imported:
        counts.faults.append(f"reading imported {sorted(imported)[:9]}")
    shutil.rmtree(folder, ignore_errors=True)
    return counts


def _try(kind: Kind, seed: int, counts: Counts) -> None:
    content = mutated(kind.content, np.random.default_rng(seed))
    kind.path.write_bytes(content)
    counts.done["mutations"] += 1
    try:
        found = kind.read(kind.path)
    except NestlingError:
        counts.done[f"{kind.name}: refused"] += 1
    except BaseException:
        counts.faults.append(f"mutation {seed} of {kind.name}: {traceback.format_exc(limit=-3)}")
    else:
        if found is None and kind.name in ("curves", "outcome of an experiment"):
            counts.done[f"{kind.name}: refused"] += 1
        elif found == kind.expected:
            counts.done[f"{kind.name}: as it was"] += 1
        else:
            counts.faults.append(f"mutation {seed} of {kind.name}: accepted, though it says something else")
    finally:
        for path in kind.path.parent.glob("*.damaged*"):
            path.unlink()
        kind.path.write_bytes(kind.content)


@contextlib.contextmanager
def _little_memory() -> Iterator[None]:
    """Within the block no more than :data:`MOST_MEMORY` can be taken on top of what is in use."""
    before = resource.getrlimit(resource.RLIMIT_AS)
    pages = int(Path("/proc/self/statm").read_text(encoding="utf-8").split()[0]) if Path("/proc/self/statm").exists() else 0
    if pages:
        resource.setrlimit(resource.RLIMIT_AS, (pages * resource.getpagesize() + MOST_MEMORY, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)
