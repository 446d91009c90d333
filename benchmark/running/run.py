"""Running: gives an engine every job that the store does not have yet, and keeps each answer as soon as it comes."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from typing import Any

from agents.catalogue import agent_spec
from benchmark.results.folder import ResultsFolder
from benchmark.results.jobs import ExperimentJob, Job
from benchmark.running.engines import Answer, Engine, LocalEngine

Report = Callable[[Job, str], None]
_TRIES = 3


def run(store: ResultsFolder[Any], engine: Engine | None = None, report: Report = lambda job, status: None) -> bool:
    """Run what is missing; True if every job is now finished.

    A job that raises is kept as failed and the others go on; a job whose worker was killed is tried again alone,
    three times at most. ``report`` hears ("kept", "done", "failed" or
    "not installed", which is no failure) for each job.

    Raises:
        FolderInUse: another process is running in this folder.
        CannotKeep: the folder cannot be written (full, read-only); what was kept before stays.
        WorkersFail: no worker can be started.
    """
    engine = engine or LocalEngine()
    with store.lock():
        store.sweep()
        missing = []
        for job in store.jobs():
            if store.has(job):
                report(job, "kept")
            elif not isinstance(job, ExperimentJob) and agent_spec(job.agent).missing:
                report(job, "not installed")
            else:
                missing.append(job)
        missing.sort(key=lambda job: -job.cost)  # the longest first, or one worker ends alone
        lost, failed = _do(store, engine, missing, None, report)
        for answer in lost:  # a dead worker takes its whole pool along; alone, a job answers only for itself
            failed |= not _do_alone(store, engine, answer.job, report)
    return not failed


def _do(
    store: ResultsFolder[Any], engine: Engine, todo: list[Job], workers: int | None, report: Report
) -> tuple[list[Answer], bool]:
    """Keep the answers for ``todo``; returns the answers of jobs that were lost, and whether any failed."""
    lost: list[Answer] = []
    failed = False
    if not todo:
        return lost, failed
    with closing(engine.answers(todo, workers)) as answers:
        for answer in answers:
            if answer.lost:
                lost.append(answer)
            else:
                failed |= not _keep(store, answer, report)
    return lost, failed


def _keep(store: ResultsFolder[Any], answer: Answer, report: Report) -> bool:
    if answer.result is not None:
        store.write(answer.job, answer.result)
    else:
        store.write_error(answer.job, answer.error or "")
    report(answer.job, "done" if answer.error is None else "failed")
    return answer.error is None


def _do_alone(store: ResultsFolder[Any], engine: Engine, job: Job, report: Report) -> bool:
    for _ in range(_TRIES):
        lost, failed = _do(store, engine, [job], 1, report)
        if not lost:
            return not failed
    text = f"The worker died in each of {_TRIES} tries of this job alone; the last time {lost[0].death}."
    return _keep(store, Answer(job, error=text), report)
