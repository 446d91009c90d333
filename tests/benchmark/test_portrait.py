"""The picture of a brain shows what its cortex holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from agents.catalogue import AGENTS
from benchmark.report.control import control_by_age
from benchmark.studies.portrait import portrait, portraits
from core.errors import InvalidArgument
from scripts.control import Args, main


def test_a_portrait_shows_code_forecasts_worth_and_act() -> None:
    seen = portrait("Rivals", 400)
    assert seen.active.shape[1] == len(seen.chosen) == len(seen.in_charge)
    assert 0.02 < seen.active.mean() < 0.1, "the code is sparse"
    assert seen.channels == ("reward",)
    assert seen.worth == pytest.approx(seen.forecasts[0], abs=1e-6), "reward is the one channel, and worth 1"
    assert seen.worth[0] == 0.0, "the reflex is the baseline"
    assert (seen.chosen[~seen.in_charge] == 0).all()
    assert portraits(["Rivals"], {"Rivals": 400}).startswith(b"\x89PNG")


def test_appraised_channels_have_a_row_each() -> None:
    seen = portrait("SaltAppetite", 200)
    assert seen.forecasts.shape == (len(seen.channels), len(seen.acts))
    assert "salt" in seen.channels
    assert np.isfinite(seen.worth).all()


def test_only_a_cortex_can_be_portrayed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(AGENTS, "steered", AGENTS["reflex"])
    with pytest.raises(InvalidArgument, match="no cortex"):
        portrait("Rivals", 1)


def test_control_by_age_is_drawn_from_kept_outcomes(tmp_path: Path) -> None:
    shares = {f"learner in charge{where} by tenths": [0.1] * 10 for where in ("", " where it matters,")}
    assert control_by_age({"H2": {"details": shares}, "H2o": {"details": shares}}).startswith(b"\x89PNG")
    with pytest.raises(InvalidArgument, match="no outcome of H2"):
        control_by_age({"H2": {"details": {}}, "L1": {}})
    (tmp_path / "other.json").write_text("[1]")
    with pytest.raises(InvalidArgument, match=r"other\.json is no file"):
        main(Args(outcomes=tmp_path / "other.json"))
