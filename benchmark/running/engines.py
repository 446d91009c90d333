"""Engines: where units of work are done. Results never depend on which one, nor on how many workers it has."""

from __future__ import annotations

import abc
import contextlib
import importlib.util
import multiprocessing
import os
import signal
import socket
import threading
import time
import traceback
from collections.abc import Generator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing import connection
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from benchmark.results.jobs import Job, JobResult
from benchmark.running.work import do_job
from core.code_digest import code_digest
from core.errors import InvalidArgument, NestlingError, told, unknown_name
from core.rooms import FOLDER, PREFIX

ENGINES = ("local", "ray")
_LEFT_AT_HOME = [
    ".git",
    ".venv",
    "runs",
    "**/__pycache__",
    "*.egg-info",
    ".mypy_cache",
    ".ruff_cache",
    ".hypothesis",
    "docs",
]
_PATIENCE = 5.0


class WorkersFail(NestlingError, RuntimeError):
    """No worker lives long enough to do any job."""

    while_working = True


@dataclass(frozen=True)
class Answer:
    """What became of a job: a result, the text of an error, or how its worker died (``death``)."""

    job: Job
    result: JobResult | None = None
    error: str | None = None
    death: str = "it was lost"

    @property
    def lost(self) -> bool:
        """Whether the worker died before it answered."""
        return self.result is None and self.error is None


class Engine(abc.ABC):
    """Does jobs somewhere, and answers each as soon as it is done, in any order."""

    @abc.abstractmethod
    def answers(self, todo: Sequence[Job], workers: int | None = None) -> Generator[Answer]:
        """One answer for every job; closing the generator stops the work."""

    def close(self) -> None:
        """Give back what the engine holds."""


class LocalEngine(Engine):
    """Processes of this machine.

    Args:
        workers: how many; None for one a core.
    """

    def __init__(self, workers: int | None = None) -> None:
        self.workers = workers or os.cpu_count() or 1

    def answers(self, todo: Sequence[Job], workers: int | None = None) -> Generator[Answer]:
        """As :meth:`Engine.answers`; a killed process loses every job of its pool that was not done."""
        others = set(multiprocessing.active_children())
        running: dict[Future, Job] = {}
        answered = False
        with _pool(min(workers or self.workers, len(todo))) as pool:
            try:
                running = {pool.submit(do_job, job, code_digest()): job for job in todo}
                processes = set(multiprocessing.active_children()) - others
                while running:
                    done, _ = wait(running, return_when=FIRST_COMPLETED)
                    for future in done:
                        answer = _answer(running.pop(future), future, processes)
                        if answer.lost and not answered:
                            _check_that_workers_live(answer.death)
                        answered = True
                        yield answer
            finally:
                if running:  # interrupted: what is under way will be done again, so nobody waits for it
                    for process in set(multiprocessing.active_children()) - others:
                        process.kill()


def _pool(workers: int) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(workers, multiprocessing.get_context("spawn"), _end_with_parent)


def _end_with_parent() -> None:
    """Let a worker end when its parent is gone, however that died; by itself it would wait for work for ever."""
    parent = multiprocessing.parent_process()
    if parent is not None:

        def watch() -> None:
            connection.wait([parent.sentinel])
            os._exit(1)

        threading.Thread(target=watch, daemon=True).start()


def _answer(job: Job, future: Future, processes: set[BaseProcess]) -> Answer:
    try:
        return Answer(job, future.result())
    except BrokenProcessPool:
        return Answer(job, death=_death_of(processes))
    except Exception:  # whatever one job does wrong is kept with it, and the others go on
        return Answer(job, error=traceback.format_exc())


def _death_of(processes: set[BaseProcess]) -> str:
    """What the exit status of the first worker that died by itself says; its pool ends the others by SIGTERM."""
    deadline = time.monotonic() + _PATIENCE
    for process in processes:
        process.join(_PATIENCE)
        while process.exitcode is None and time.monotonic() < deadline:
            time.sleep(0.01)  # the pool has reaped it in another thread, and has not yet written its status down
    ended = [process.exitcode for process in processes if process.exitcode not in (None, 0, -signal.SIGTERM)]
    if not ended or ended[0] is None:
        return "it was ended by SIGTERM"
    if ended[0] > 0:
        return f"it ended by itself with exit status {ended[0]}; what it said stands above"
    name = next((known.name for known in signal.Signals if known == -ended[0]), f"signal {-ended[0]}")
    return f"it was killed by {name}{' (out of memory?)' if name == 'SIGKILL' else ''}"


def _check_that_workers_live(death: str) -> None:
    """Tell a job that kills its worker from workers that cannot even start, such as those of a script without a main guard."""
    with _pool(1) as pool:
        try:
            pool.submit(os.getpid).result()
        except BrokenProcessPool:
            raise WorkersFail(
                f"No worker can be started: {death}. If this is a script of your own, start the benchmark below "
                '`if __name__ == "__main__":`, since every worker imports the script.'
            ) from None


class RayEngine(Engine):
    """Workers of a Ray cluster, or of a Ray that is started here for the purpose.

    Args:
        address: ``"auto"``, ``host:port`` or ``ray://host:port`` of a running cluster; None starts one on this machine.
        workers: of a Ray that is started here; None for one a core.

    Raises:
        InvalidArgument: Ray is not installed, or none answers at the address.
    """

    def __init__(self, address: str | None = None, workers: int | None = None) -> None:
        if importlib.util.find_spec("ray") is None:
            raise InvalidArgument(
                "--engine ray needs Ray, which is not installed; install it with: pip install nestling[ray]"
            )
        import ray

        self._ray: Any = ray
        self._mine = not ray.is_initialized()
        if not self._mine:
            return
        options: dict[str, Any] = {"runtime_env": _runtime(address), "log_to_driver": False, "logging_level": "ERROR"}
        if address is None:
            options |= {"num_cpus": workers or os.cpu_count() or 1, "include_dashboard": False}
        else:
            _knock(address)
            options["address"] = address
        try:
            with open(os.devnull, "w", encoding="utf-8") as nowhere, contextlib.redirect_stderr(nowhere):
                ray.init(**options)
        except Exception as error:  # Ray raises whatever its own connection does
            where = "on this machine" if address is None else f"at {address}"
            raise InvalidArgument(
                f"No Ray answers {where} ({type(error).__name__}: {told(error)}). Start one with "
                "`ray start --head`, give its address, or leave out --address to start one just for this run."
            ) from None

    def answers(self, todo: Sequence[Job], workers: int | None = None) -> Generator[Answer]:
        """As :meth:`Engine.answers`; only the job of a worker that died is lost."""
        ray = self._ray
        remote = ray.remote(num_cpus=1, max_retries=0)(do_job)
        running = {remote.remote(job, code_digest()): job for job in todo}
        try:
            while running:
                done, _ = ray.wait(list(running), num_returns=1)
                for reference in done:
                    yield self._answer(running.pop(reference), reference)
        finally:
            for reference in running:
                ray.cancel(reference, force=True)

    def _answer(self, job: Job, reference: Any) -> Answer:
        errors = self._ray.exceptions
        try:
            return Answer(job, self._ray.get(reference))
        except errors.OutOfMemoryError:
            return Answer(job, death="Ray ended it, since memory ran out")
        except (errors.WorkerCrashedError, errors.NodeDiedError, errors.ObjectLostError) as error:
            return Answer(job, death=f"Ray says: {told(error)}")
        except Exception:  # as in the local engine
            return Answer(job, error=traceback.format_exc())

    def close(self) -> None:
        """Leave the cluster; one that was started here ends."""
        if self._mine:
            self._ray.shutdown()


def _runtime(address: str | None) -> dict[str, Any]:
    """Where workers find the code: here, or, on a cluster, in a copy of the checkout that is sent along.

    An installed package must be installed on the cluster's machines too. A Ray of this machine works in place, where the
    kernels are compiled already.
    """
    root = FOLDER.parent if PREFIX else FOLDER
    paths = [str(Path.cwd()), *filter(None, os.environ.get("PYTHONPATH", "").split(os.pathsep))]
    if address is None:
        return {"env_vars": {"PYTHONPATH": os.pathsep.join([str(root), *paths])}}
    runtime: dict[str, Any] = {"env_vars": {"PYTHONPATH": os.pathsep.join(paths)}}
    if not PREFIX and (root / "pyproject.toml").exists():
        runtime |= {"working_dir": str(root), "excludes": _LEFT_AT_HOME}
    return runtime


def _knock(address: str) -> None:
    """Fail within seconds where nobody listens; Ray itself would try for a minute."""
    host, colon, port = address.removeprefix("ray://").rpartition(":")
    if not colon and address != "auto":
        raise InvalidArgument(f"A Ray address is 'auto', host:port or ray://host:port, not {address!r}.")
    if not colon:
        return
    try:
        socket.create_connection((host, int(port)), timeout=_PATIENCE).close()
    except (OSError, ValueError, OverflowError) as error:
        raise InvalidArgument(
            f"No Ray answers at {address} ({error}). Start one with `ray start --head`, or leave out --address to start "
            "one just for this run."
        ) from None


def make_engine(name: str, workers: int | None = None, address: str | None = None) -> Engine:
    """The engine of that name.

    Raises:
        UnknownName: there is no such engine.
        InvalidArgument: it cannot be started, or an address was given to the local one.
    """
    if name not in ENGINES:
        raise unknown_name("engine", name, ENGINES)
    if name == "ray":
        return RayEngine(address, workers)
    if address is not None:
        raise InvalidArgument("--address is for --engine ray; the local engine has no address.")
    return LocalEngine(workers)
