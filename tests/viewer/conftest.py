"""What tests of the viewer share."""

from pathlib import Path

import pytest

from viewer.session import Session


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session("LoomingEscape", animals=2, seed=4, folder=tmp_path)
