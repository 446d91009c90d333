"""Running: gives an engine every cell that the store does not have yet, and keeps each answer as soon as it comes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing

from agents.catalogue import agent_spec
from benchmark.results.store import Store
from benchmark.running.engines import Answer, Engine, LocalEngine
from benchmark.running.suites import Cell, LifeCell, cells

Report = Callable[[Cell, str], None]
_TRIES = 3


def run(store: Store, engine: Engine | None = None, report: Report = lambda cell, status: None) -> bool:
    """Run what is missing; True if every cell is now finished.

    A cell that raises is kept as failed and the others go on; a cell whose worker was killed is tried again alone,
    three times at most. ``report`` hears ("kept", "done", "failed" or
    "not installed", which is no failure) for each cell.

    Raises:
        FolderInUse: another process is running in this folder.
        CannotKeep: the folder cannot be written (full, read-only); what was kept before stays.
    """
    engine = engine or LocalEngine()
    with store.lock():
        store.sweep()
        missing = []
        for cell in cells(store.settings):
            if store.has(cell):
                report(cell, "kept")
            elif isinstance(cell, LifeCell) and agent_spec(cell.agent).missing:
                report(cell, "not installed")
            else:
                missing.append(cell)
        missing.sort(key=lambda cell: -cell.cost)  # the longest first, or one worker ends alone
        lost, failed = _do(store, engine, missing, None, report)
        for cell in lost:  # a dead worker takes its whole pool along; alone, a cell answers only for itself
            failed |= not _do_alone(store, engine, cell, report)
    return not failed


def _do(store: Store, engine: Engine, todo: list[Cell], workers: int | None, report: Report) -> tuple[list[Cell], bool]:
    """Keep the answers for ``todo``; returns the cells that were lost, and whether any failed."""
    lost: list[Cell] = []
    failed = False
    if not todo:
        return lost, failed
    with closing(engine.answers(todo, workers)) as answers:
        for answer in answers:
            if answer.lost:
                lost.append(answer.cell)
            else:
                failed |= not _keep(store, answer, report)
    return lost, failed


def _keep(store: Store, answer: Answer, report: Report) -> bool:
    if answer.finding is not None:
        store.write(answer.cell, answer.finding)
    else:
        store.write_error(answer.cell, answer.error or "")
    report(answer.cell, "done" if answer.error is None else "failed")
    return answer.error is None


def _do_alone(store: Store, engine: Engine, cell: Cell, report: Report) -> bool:
    for _ in range(_TRIES):
        lost, failed = _do(store, engine, [cell], 1, report)
        if not lost:
            return not failed
    return _keep(
        store,
        Answer(cell, error=f"The worker was killed in each of {_TRIES} tries of this cell alone (out of memory?)."),
        report,
    )
