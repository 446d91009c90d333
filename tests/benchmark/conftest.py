"""One finished run for all tests of the benchmark."""

import pytest

from benchmark.results.store import Store
from benchmark.running.engines import LocalEngine
from benchmark.running.run import run
from tests.benchmark.helpers import small


@pytest.fixture(scope="session")
def finished(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """All jobs done, by two workers; tests must not write to it."""
    store = Store(tmp_path_factory.mktemp("benchmark") / "out", small())
    assert run(store, LocalEngine(2))
    return store
