"""The cache of compiled kernels: damaged, mixed up, read-only, full or without a home, the same answer comes out."""

import ast
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from core.code_digest import ROOMS
from core.files import user_cache
from core.kernel_cache import kernel_files

ROOT = Path(__file__).parents[2]
MODULE = """
import core, os
import numpy as np
from numba import guvectorize, njit

for number in range(int(os.environ.get("COMPILED_BEFORE", 0))):
    njit(lambda x: x + 1)(number)

@njit(cache=True)
def twice(x):
    return 2 * x

@guvectorize(["void(float64[:], float64[:])", "void(float32[:], float32[:])"], "(n)->(n)", cache=True, nopython=True)
def thrice(x, out):
    for i in range(x.shape[0]):
        out[i] = 3 * x[i]

print(twice(4), twice(4.5), thrice(np.ones(2)).tolist(), thrice(np.ones(2, np.float32)).tolist())
"""
ANSWER = "8 9.0 [3.0, 3.0] [3.0, 3.0]"


def answer(folder: Path, **environment: str) -> str:
    (folder / "kernels.py").write_text(MODULE, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-W", "ignore", str(folder / "kernels.py")],
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (done.returncode, done.stderr[-2000:])
    return done.stdout.strip()


@pytest.mark.thorough
def test_damaged_kernels_are_compiled_again(tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    assert answer(tmp_path, NUMBA_CACHE_DIR=str(cache)) == ANSWER
    files = list(cache.rglob("*.nbc"))
    assert len(files) >= 4
    for place in (0.1, 0.5, 0.9):
        for file in files:
            content = bytearray(file.read_bytes())
            content[int(place * len(content))] ^= 0xFF
            file.write_bytes(content)
        assert answer(tmp_path, NUMBA_CACHE_DIR=str(cache)) == ANSWER
    for file in files:
        file.write_bytes(b"")
    assert answer(tmp_path, NUMBA_CACHE_DIR=str(cache)) == ANSWER


def test_kernels_and_wrappers_of_two_processes_are_not_mixed_up(tmp_path: Path) -> None:
    """One process leaves a kernel, the other its wrapper; names of kernels depend on what a process has compiled before."""
    cache = tmp_path / "cache"
    assert answer(tmp_path, NUMBA_CACHE_DIR=str(cache)) == ANSWER
    for file in cache.rglob("*.nbc"):
        if not file.name.startswith("guf-"):
            file.unlink()
    assert answer(tmp_path, NUMBA_CACHE_DIR=str(cache), COMPILED_BEFORE="5") == ANSWER


@pytest.mark.parametrize("where", ["file", "nowhere"])
def test_a_cache_that_cannot_be_written(tmp_path: Path, where: str) -> None:
    (tmp_path / "file").write_bytes(b"")
    place = {"file": str(tmp_path / "file" / "below"), "nowhere": "/proc/nowhere"}[where]
    assert answer(tmp_path, XDG_CACHE_HOME=place, TMPDIR=str(tmp_path)) == ANSWER
    assert answer(tmp_path, NUMBA_CACHE_DIR=place, XDG_CACHE_HOME=place, TMPDIR=str(tmp_path)) == ANSWER
    fallback = [path for path in tmp_path.iterdir() if path.name.startswith("nestling-")]
    assert len(fallback) == 1, "the next start finds what this one compiled"
    assert fallback[0].stat().st_mode & 0o077 == 0


def test_all_that_kernels_are_made_from_is_known() -> None:
    """What the text of files says of imports is what Python's own parser says."""
    found = kernel_files()
    for name, content in found.items():
        for node in ast.walk(ast.parse(content)):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.partition(".")[0] in ROOMS:
                module = ROOT / node.module.replace(".", "/")
                parts = [module / f"{alias.name}.py" for alias in node.names]
                needed = [path for path in (module.with_suffix(".py"), *parts) if path.is_file()]
                assert needed, (name, node.module)
                assert all(path.relative_to(ROOT).as_posix() in found for path in needed), (name, node.module)
    assert {"core/streams.py", "envs/salt_appetite/physiology.py", "learning/cortex_kernels.py"} <= found.keys()
    assert "envs/rivals/world.py" not in found, "a world without kernels does not have all kernels compiled again"


def test_a_copy_of_the_code_elsewhere_compiles_nothing(tmp_path: Path) -> None:
    compiled = "import numpy as np\nfrom core.streams import philox\nphilox(*np.arange(3, dtype=np.uint64))"
    for place in ("here", "there"):
        for room in ROOMS:
            shutil.copytree(ROOT / room, tmp_path / place / room, copy_function=shutil.copyfile)
    made = []
    for place in ("here", "there"):
        environment = os.environ | {"PYTHONPATH": str(tmp_path / place), "NUMBA_CACHE_DIR": str(tmp_path / "cache")}
        subprocess.run([sys.executable, "-c", compiled], env=environment, check=True, capture_output=True)
        made.append({file: file.stat().st_mtime_ns for file in (tmp_path / "cache").rglob("*.nbc")})
    assert len(made[0]) > 0
    assert made[0] == made[1]


@pytest.mark.thorough
def test_kernels_of_others_depend_on_all_that_they_may_import(tmp_path: Path) -> None:
    cache, plain = tmp_path / "cache", MODULE.replace("import core, os", "import os")
    for text, same in ((plain, True), (f"from envs.rivals.world import VALUE\n{plain}", False)):
        (tmp_path / "kernels.py").write_text(text, encoding="utf-8")
        names = []
        for digest in ("one", "other"):
            probe = f"import core.kernel_cache as k; k._room_files = lambda: {{'x': {digest!r}.encode()}}\n"
            run = f"exec(compile(open({str(tmp_path / 'kernels.py')!r}).read(), {str(tmp_path / 'kernels.py')!r}, 'exec'))"
            subprocess.run(
                [sys.executable, "-c", probe + run],
                env=os.environ | {"PYTHONPATH": str(ROOT), "NUMBA_CACHE_DIR": str(cache / digest)},
                check=True,
                capture_output=True,
            )
            names.append({file.name for file in (cache / digest).rglob("*twice*.nbc")})
            shutil.rmtree(cache / digest)
        assert (names[0] == names[1]) is same


def test_no_home_and_no_entry_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pathlib.Path.home", lambda: (_ for _ in ()).throw(RuntimeError("no home")))
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    monkeypatch.setenv("HOME", f"{tmp_path}/unknown")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert user_cache().parent == tmp_path


def test_a_temporary_folder_of_somebody_else_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = tmp_path / f"nestling-{os.getuid()}"
    theirs.mkdir()
    theirs.chmod(0o777)
    monkeypatch.setenv("XDG_CACHE_HOME", "/proc/nowhere/else")
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert user_cache() != theirs
    assert user_cache().stat().st_mode & 0o077 == 0


def test_a_full_disk_is_a_warning(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=24k", "tmpfs", disk], capture_output=True, check=False
    ).returncode:
        pytest.skip("this machine does not let a test mount a file system")
    try:
        assert answer(tmp_path, NUMBA_CACHE_DIR=str(disk)) == ANSWER
    finally:
        subprocess.run(["umount", "-l", disk], check=True)
