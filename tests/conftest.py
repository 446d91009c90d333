"""What tests of several rooms share."""

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

from tests.browsing import QUIET

# Small networks learn several times faster with one thread, beside the other worker of pytest.
os.environ.setdefault("OMP_NUM_THREADS", "1")


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
