"""Running: does every cell that the store does not have yet, in processes, and keeps each as soon as it is done."""

from __future__ import annotations

import multiprocessing
import os
import traceback
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool

import numpy as np

from agents.life import live
from agents.population import Population
from benchmark.curves import CurveRecorder
from benchmark.store import Store
from benchmark.suites import Cell, cells

Report = Callable[[Cell, str], None]
_TRIES = 3


def live_cell(cell: Cell) -> dict[str, np.ndarray]:
    """Let the animals of a cell live their whole lives; returns their curves."""
    population = Population(cell.agent, cell.world, cell.animals, seed=cell.first_seed)
    recorder = CurveRecorder(cell.animals, cell.lifetime, cell.windows)
    live(population, cell.lifetime, [recorder])
    return recorder.curves


def run(store: Store, workers: int | None = None, report: Report = lambda cell, status: None) -> bool:
    """Run what is missing; True if every cell is now finished.

    A cell that raises is kept as failed and the others go on; a worker that is killed is replaced and its
    cell tried again, three times at most. ``report`` hears ("kept", "done" or "failed") for each cell.
    """
    missing = []
    for cell in cells(store.settings):
        if store.has(cell):
            report(cell, "kept")
        else:
            missing.append(cell)
    store.sweep()
    if not missing:
        return True
    lost, failed = _run_pool(store, missing, workers or os.cpu_count() or 1, report)
    for cell in lost:  # a dead worker takes its whole pool along; alone, a cell answers only for itself
        for _ in range(_TRIES):
            again, any_failed = _run_pool(store, [cell], 1, report)
            failed |= any_failed
            if not again:
                break
        else:
            store.write_error(cell, f"The worker was killed {_TRIES} times while this cell ran (out of memory?).")
            report(cell, "failed")
            failed = True
    return not failed


def _run_pool(store: Store, todo: list[Cell], workers: int, report: Report) -> tuple[list[Cell], bool]:
    """Run cells in one pool; returns the cells lost to a killed worker, and whether any cell failed."""
    failed = False
    lost: list[Cell] = []
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(min(workers, len(todo)), mp_context=context) as pool:
        running: dict[Future, Cell] = {pool.submit(live_cell, cell): cell for cell in todo}
        try:
            while running:
                done, _ = wait(running, return_when=FIRST_COMPLETED)
                for future in done:
                    cell = running.pop(future)
                    try:
                        store.write(cell, future.result())
                        report(cell, "done")
                    except BrokenProcessPool:
                        lost.append(cell)
                    except Exception:  # whatever one cell does wrong is kept with it, and the others go on
                        store.write_error(cell, traceback.format_exc())
                        report(cell, "failed")
                        failed = True
        except KeyboardInterrupt:
            pool.shutdown(cancel_futures=True)
            raise
    return lost, failed
