"""Folders that go wrong: full, read-only, in use, damaged, from another version; nothing is ever lost."""

import os
import resource
import subprocess
import time
from pathlib import Path

import msgspec
import pytest

from benchmark.results.folder import JOBS, CannotKeep, FolderInUse, OtherSettings
from benchmark.results.jobs import jobs
from benchmark.results.store import Store
from benchmark.running.engines import LocalEngine
from benchmark.running.run import run
from tests.benchmark.helpers import LIFETIME, ROOT, assert_same_results, command, curves_of, small


@pytest.fixture
def tiny_disk(tmp_path: Path):
    """A file system of its own, where the machine allows one."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=96k", "tmpfs", place], capture_output=True, check=False)
    if mounted.returncode != 0:
        pytest.skip("this machine does not let a test mount a file system")
    yield place
    subprocess.run(["umount", "-l", place], check=True)


def copy_jobs(source: Store, target: Store, count: int) -> None:
    for job in jobs(source.settings)[:count]:
        target.write(job, source.read(job))


def test_a_full_disk_loses_nothing(finished: Store, tiny_disk: Path) -> None:
    store = Store(tiny_disk / "out", small())
    copy_jobs(finished, store, 2)
    kept = {path: path.read_bytes() for path in (tiny_disk / "out" / "cells").iterdir()}
    (tiny_disk / "ballast").write_bytes(b"x" * (96 * 1024 - 40 * 1024))
    done = subprocess.run(command("--out", str(store.folder)), cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr
    assert all(path.read_bytes() == content for path, content in kept.items())
    assert not list(store.folder.rglob("*.partial"))
    subprocess.run(["mount", "-o", "remount,size=64m", tiny_disk], check=True)
    assert run(store, LocalEngine(2))
    assert_same_results(finished, store)


def test_a_file_that_cannot_grow_is_said_plainly(tmp_path: Path) -> None:
    def no_big_files() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (512, 512))

    done = subprocess.run(
        command("--out", str(tmp_path / "out")),
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=no_big_files,
        env=os.environ | {"NUMBA_CACHE_DIR": str(tmp_path / "kernels")},
    )
    assert done.returncode == 1
    assert "File too large" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_read_only_folder_is_said_plainly(tiny_disk: Path) -> None:
    Store(tiny_disk / "out", small())
    subprocess.run(["mount", "-o", "remount,ro", tiny_disk], check=True)
    done = subprocess.run(command("--out", str(tiny_disk / "out")), cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "Read-only file system" in done.stderr
    assert "Traceback" not in done.stderr
    with pytest.raises(CannotKeep, match="Read-only"):
        Store(tiny_disk / "new", small())


def test_two_processes_on_one_folder(finished: Store, tmp_path: Path) -> None:
    store = Store(tmp_path / "out", small())
    first = subprocess.Popen(command("--out", str(store.folder)), cwd=ROOT, stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 120
    while not any((store.folder / JOBS).glob("*")):  # its lock is there before it is held
        assert time.monotonic() < deadline, "no job was done"
        time.sleep(0.02)
    with pytest.raises(FolderInUse, match="Another process is running"):
        run(store)
    assert first.wait(120) == 0
    assert_same_results(finished, store)
    assert run(store), "the lock is gone with its process"


def test_clocks_may_run_backwards(finished: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = Store(tmp_path / "out", small())
    copy_jobs(finished, store, 5)
    for number, path in enumerate(sorted(store.folder.rglob("*"))):
        os.utime(path, (number * 1e9, number * 1e9))
    now = time.time()
    monkeypatch.setattr("time.time", lambda: now - 1e9)
    heard = []
    assert run(store, LocalEngine(1), lambda job, status: heard.append(status))
    assert heard.count("kept") == 5
    assert_same_results(finished, store)


def test_damaged_files_are_kept_and_run_again(finished: Store, tmp_path: Path) -> None:
    store = Store(tmp_path / "out", small())
    copy_jobs(finished, store, 99)
    job = jobs(store.settings)[0]
    for content in (store.path(job).read_bytes()[:200], b""):
        store.path(job).write_bytes(content)
        assert not store.has(job)
        assert run(store, LocalEngine(1))
    assert_same_results(finished, store)
    damaged = sorted(path.name for path in store.folder.rglob("*.damaged*"))
    assert len(damaged) == 2, "each damaged file is set aside, none overwritten"


def test_an_older_schema_is_read_and_a_newer_one_refused(finished: Store, tmp_path: Path) -> None:
    store = Store(tmp_path / "out", small())
    copy_jobs(finished, store, 99)
    file = store.folder / "settings.json"
    about = msgspec.json.decode(file.read_bytes())
    old = about["settings"]
    first = {key: old[key] for key in ("worlds", "agents", "animals", "seed", "shard")} | {
        "lifetime": LIFETIME,
        "windows": 1,
    }
    file.write_bytes(msgspec.json.encode(about | {"schema": 1, "settings": first}))
    assert curves_of(Store.open(store.folder)).keys() == curves_of(finished).keys()
    for schema in (0, 4, "x"):
        file.write_bytes(msgspec.json.encode(about | {"schema": schema}))
        with pytest.raises(OtherSettings, match="use the version that wrote it"):
            Store.open(store.folder)
    for broken in (b"{", b"[]", b'{"schema": 2, "settings": {"worlds": 3}}', b"[" * 10**5):
        file.write_bytes(broken)
        with pytest.raises(OtherSettings, match="cannot be read"):
            Store.open(store.folder)
