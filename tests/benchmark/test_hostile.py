"""Results folders and suites that were changed, damaged or mean harm; workers whose parent dies, and scripts without a main guard."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import msgspec
import pytest

from benchmark.report.report import experiments_of
from benchmark.results.compare import compare
from benchmark.results.folder import OtherSettings
from benchmark.results.jobs import jobs
from benchmark.results.store import Store
from benchmark.running.suite_file import read_suite
from core.errors import InvalidArgument, NotTrusted
from core.packed import checked_json
from tests.benchmark.helpers import ROOT, small
from tests.benchmark.test_store import command, copy_jobs

PAYLOAD = "raise SystemExit('code was run')\n"


@pytest.fixture
def store(finished: Store, tmp_path: Path) -> Store:
    """A copy of the finished run."""
    copied = Store(tmp_path / "out", small())
    copy_jobs(finished, copied, 99)
    return copied


@pytest.fixture
def payload(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "payload.py").write_text(PAYLOAD, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    return "payload"


def _rewrite(store: Store, digest: bool, **changes: object) -> None:
    """Change the settings of a folder; with their digest too, as somebody would who means harm."""
    file = store.folder / "settings.json"
    about = msgspec.json.decode(file.read_bytes())
    about["settings"] |= changes
    checksum = about.pop("checksum")
    file.write_bytes(checked_json(about) if digest else msgspec.json.encode(about | {"checksum": checksum}))


@pytest.mark.parametrize("changes", [{"animals": 5}, {"seed": 7}, {"worlds": ["Orienting"]}, {"lifetimes": [4000]}])
def test_changed_settings_are_seen(store: Store, changes: dict) -> None:
    _rewrite(store, False, **changes)
    with pytest.raises(OtherSettings, match="not as it was written"):
        Store.open(store.folder)


@pytest.mark.parametrize(
    "changes",
    [
        {"animals": 10**12},
        {"lifetimes": []},
        {"windows": [0]},
        {"worlds": []},
        {"shard": 0},
        {"seed": -1},
        {"animals": "4"},
    ],
)
def test_settings_that_no_benchmark_has(store: Store, changes: dict) -> None:
    _rewrite(store, True, **changes)
    with pytest.raises(OtherSettings, match="cannot be read"):
        Store.open(store.folder)


@pytest.mark.parametrize(
    "changes",
    [
        {"worlds": ["payload:World"]},
        {"agents": ["payload:Mine+earned"]},
        {"agents": ["cortex+payload:X"]},
        {"experiments": [["payload:L1", 10]]},
    ],
)
def test_opening_results_imports_nothing(store: Store, finished: Store, payload: str, changes: dict) -> None:
    _rewrite(store, True, **changes)
    with pytest.raises(NotTrusted, match="--trust payload"):
        experiments_of(Store.open(store.folder))
    if "experiments" not in changes:
        with pytest.raises(NotTrusted):
            compare(Store.open(finished.folder), Store.open(store.folder))
    told = subprocess.run(
        [sys.executable, "scripts/benchmark.py", "--report-only", "--out", str(store.folder)],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(store.folder.parent)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (told.returncode, "--trust payload" in told.stderr) == (2, True), told.stderr
    assert payload not in sys.modules


def test_a_suite_imports_nothing(tmp_path: Path, payload: str) -> None:
    suite = tmp_path / "mine.toml"
    for line in ('worlds = ["payload:World"]', 'experiments = ["payload:L1"]', 'agents = ["cortex+payload:Rule"]'):
        suite.write_text(line, encoding="utf-8")
        with pytest.raises(NotTrusted, match="--trust payload"):
            read_suite(suite)
    assert payload not in sys.modules
    (tmp_path / "trusted.py").write_text("from envs.looming_escape.world import LoomingEscape as World\n", encoding="utf-8")
    suite.write_text('worlds = ["trusted:World"]\n', encoding="utf-8")
    told = subprocess.run(
        [sys.executable, str(ROOT / "scripts/benchmark.py"), "--suite", str(suite), "--trust", "trusted", "--animals", "0"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "animals (an interval needs two)" in told.stderr, "a trusted module is found, and the next check is reached"


@pytest.mark.parametrize("text", ["\ufeffanimals = 4\n", "animals = 4\n"])
def test_a_byte_order_mark_is_no_matter(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.toml").write_text(text, encoding="utf-8")
    assert read_suite(tmp_path / "a.toml").animals == 4


def test_a_nested_suite_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text(f"animals = {'[' * 5000}{']' * 5000}\n", encoding="utf-8")
    with pytest.raises(InvalidArgument, match="nested too deeply"):
        read_suite(tmp_path / "a.toml")


@pytest.mark.parametrize("changes", [{"costly_animals": 10**9}, {"animals": 10**9}, {"seed": 2**64 - 2}])
def test_numbers_that_fit_nowhere_are_refused(changes: dict) -> None:
    with pytest.raises(InvalidArgument, match="at most"):
        small(**changes)


def test_one_changed_bit_of_a_result_is_seen(store: Store) -> None:
    job = jobs(store.settings)[0]
    content = bytearray(store.path(job).read_bytes())
    content[-5] ^= 1
    store.path(job).write_bytes(content)
    assert store.read(job) is None
    assert list(store.folder.rglob("*.damaged*"))


def test_a_result_under_another_name_is_seen(store: Store) -> None:
    one, other = jobs(store.settings)[:2]
    store.path(one).write_bytes(store.path(other).read_bytes())
    assert store.read(one) is None
    assert store.read(other) is not None


def _workers_of(process: subprocess.Popen) -> list[int]:
    found = subprocess.run(["pgrep", "-P", str(process.pid)], capture_output=True, text=True, check=False).stdout
    return [int(pid) for pid in found.split()]


def _lives(pid: int) -> bool:
    try:
        return "Z" not in Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0]
    except OSError:
        return False


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc to look at other processes")
@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_workers_end_with_their_parent(tmp_path: Path, how: signal.Signals) -> None:
    long = [*command("--out", str(tmp_path / "out"), "--workers", "2"), "--lifetime", "2000000"]
    parent = subprocess.Popen(long, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while len(_workers_of(parent)) < 3:  # two workers, and the tracker of their resources
        assert time.monotonic() < deadline, "no worker was started"
        time.sleep(0.1)
    time.sleep(3.0)  # they import, and begin to work
    workers = _workers_of(parent)
    os.kill(parent.pid, how)
    status = parent.wait(20)
    assert status == (-signal.SIGKILL if how is signal.SIGKILL else 128 + signal.SIGTERM)
    deadline = time.monotonic() + 10
    while any(map(_lives, workers)):
        assert time.monotonic() < deadline, "workers outlive their parent"
        time.sleep(0.1)
    if how is signal.SIGTERM:
        assert not list(tmp_path.rglob("*.partial")), "nothing half-written is left behind"


def test_a_script_without_a_main_guard_is_told(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "from pathlib import Path\n"
        "from benchmark.results.store import Store\n"
        "from benchmark.running.engines import LocalEngine\n"
        "from benchmark.running.run import run\n"
        "from tests.benchmark.helpers import small\n"
        f"run(Store(Path({str(tmp_path / 'out')!r}), small()), LocalEngine(1))\n",
        encoding="utf-8",
    )
    told = subprocess.run(
        [sys.executable, str(tmp_path / "mine.py")],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert told.returncode == 1
    assert "No worker can be started: it ended by itself with exit status 1" in told.stderr
    assert '`if __name__ == "__main__":`' in told.stderr


def test_a_locale_without_letters_and_a_folder_that_has_them(store: Store, tmp_path: Path) -> None:
    folder = tmp_path / "Läufe der Mäuse"
    store.folder.rename(folder)
    told = subprocess.run(
        [sys.executable, "scripts/benchmark.py", "--report-only", "--out", str(folder)],
        cwd=ROOT,
        env=os.environ | {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        capture_output=True,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    assert "Läufe" in (folder / "report.html").read_text(encoding="utf-8")
