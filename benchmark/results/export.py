"""Raw curves as one long table, for other tools."""

from __future__ import annotations

import csv
import importlib.util
import io
from pathlib import Path

import numpy as np

from benchmark.results.curves import CURVES
from benchmark.results.jobs import LifeJob, jobs
from benchmark.results.store import Store
from core.errors import InvalidArgument, unknown_name

FORMATS = ("csv", "parquet")
COLUMNS = ("world", "agent", "seed", "window", "age", *CURVES)


def check_formats(formats: tuple[str, ...]) -> None:
    """Fail before any work is done where a format does not exist or its library is missing."""
    for name in formats:
        if name not in FORMATS:
            raise unknown_name("export format", name, FORMATS)
    if "parquet" in formats and importlib.util.find_spec("pyarrow") is None:
        raise InvalidArgument(
            "Parquet needs pyarrow, which is not installed; install it with: pip install nestling[export]"
        )


def export(store: Store, formats: tuple[str, ...]) -> list[Path]:
    """Write ``curves.csv`` or ``curves.parquet``: a row for each animal and window of age that is finished.

    Columns: world, agent, seed, window, age (steps at the window's end), and every quantity of
    :class:`benchmark.results.curves.CurveRecorder`.
    """
    check_formats(formats)
    table = _table(store)
    return [store.write_bytes(f"curves.{name}", _csv(table) if name == "csv" else _parquet(table)) for name in formats]


def _table(store: Store) -> dict[str, np.ndarray]:
    parts: dict[str, list[np.ndarray]] = {name: [] for name in COLUMNS}
    for job in jobs(store.settings):
        curves = store.curves(job) if isinstance(job, LifeJob) else None
        if curves is None or not isinstance(job, LifeJob):
            continue
        lines = job.animals * job.windows
        window = np.tile(np.arange(job.windows), job.animals)
        parts["world"].append(np.full(lines, job.world))
        parts["agent"].append(np.full(lines, job.agent))
        parts["seed"].append(np.repeat(job.first_seed + np.arange(job.animals), job.windows))
        parts["window"].append(window)
        parts["age"].append((window + 1) * job.lifetime // job.windows)
        for name in CURVES:
            parts[name].append(curves[name].ravel())
    return {name: np.concatenate(arrays) if arrays else np.zeros(0) for name, arrays in parts.items()}


def _csv(table: dict[str, np.ndarray]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    writer.writerows(zip(*(table[name].tolist() for name in COLUMNS), strict=True))
    return text.getvalue().encode()


def _parquet(table: dict[str, np.ndarray]) -> bytes:
    import pyarrow
    from pyarrow import parquet

    content = io.BytesIO()
    parquet.write_table(pyarrow.table(table), content)
    return content.getvalue()
