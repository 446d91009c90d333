"""A brief attack at every run of the tests; `make fuzz` goes on for fifty times as long."""

from pathlib import Path

import numpy as np
import pytest

from tests.fuzz import files, lives


@pytest.mark.thorough
def test_random_lives_have_no_faults() -> None:
    counts = lives.fuzz(70_000, seed=10_000_000)
    assert not counts.faults, counts
    for what in ("continuations", "wrong manipulations refused", "wrong actions refused", "partial resets", "lesions"):
        assert counts.done[what] > 7, f"too little was tried: {counts}"


def test_damaged_files_have_no_faults(tmp_path: Path) -> None:
    counts = files.fuzz(500, tmp_path / "files", seed=10_000_000)
    assert not counts.faults, counts
    assert sum(count for what, count in counts.done.items() if what.endswith("refused")) > 350, counts


@pytest.mark.thorough
def test_the_fuzzer_sees_faults(monkeypatch: pytest.MonkeyPatch) -> None:
    """A world whose manipulation changes something before it refuses, and a state that is not a number, are found."""
    from envs.looming_escape.world import LoomingEscape

    monkeypatch.setattr("core.manipulations.Manipulable.manipulate", _careless)
    monkeypatch.setattr(lives, "worlds", type("Only", (), {"names": staticmethod(lambda: ["LoomingEscape"])}))
    assert LoomingEscape.id
    counts = lives.fuzz(40_000, seed=5)
    assert any("was not refused" in fault for fault in counts.faults), counts
    assert any("not finite" in fault or "leaves" in fault or "outside its space" in fault for fault in counts.faults), (
        counts
    )


def _careless(self: lives.Any, name: str, rows: object = None, **parameters: object) -> None:
    self.body.energy[:] = np.nan
