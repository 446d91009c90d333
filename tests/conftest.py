"""What tests of several rooms share."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.browsing import QUIET

ROOT = Path(__file__).parents[1]
# Small networks learn several times faster with one thread, beside the other worker of pytest.
os.environ.setdefault("OMP_NUM_THREADS", "1")

_COMPILE = """
import sys
from agents.life import live
from agents.population import Population
for world in sys.argv[1:]:
    live(Population("steered", world, 2), 30)
"""


def pytest_sessionstart(session: pytest.Session) -> None:
    """Compile kernels before the first test, each once: workers and the processes that they start would do so side by side."""
    if hasattr(session.config, "workerinput") or not session.config.getoption("numprocesses", None):
        return
    import numba

    from steering.registration import steered_worlds

    if Path(numba.config.CACHE_DIR).exists():  # type: ignore[attr-defined]  # set by numba at run time
        return
    halves = [[sys.executable, "-c", _COMPILE, *steered_worlds()[start::2]] for start in (0, 1)]
    for compiling in [subprocess.Popen(half, cwd=ROOT) for half in halves]:
        compiling.wait()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    playwright = pytest.importorskip("playwright.sync_api")
    executable = shutil.which("chromium") or shutil.which("google-chrome")
    if executable is None:
        pytest.skip("no Chromium on this machine")
    with playwright.sync_playwright() as driver:
        opened = driver.chromium.launch(executable_path=executable, args=QUIET)
        yield opened
        opened.close()
