"""Agents of optional libraries in a comparison: few animals, and rows that say so where the library is missing."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmark.report.report import write_report
from benchmark.results.against_reflex import _dip
from benchmark.results.aggregates import rank
from benchmark.results.jobs import LifeJob, jobs
from benchmark.results.store import Store
from benchmark.results.summary import summarise
from benchmark.running.engines import LocalEngine
from benchmark.running.run import run
from tests.benchmark.helpers import WORLD, small


def test_without_the_library_rows_say_so_and_nothing_breaks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util, "find_spec", lambda name, *rest: None if name == "stable_baselines3" else real(name, *rest)
    )
    heard: list[str] = []
    store = Store(tmp_path / "out", small(agents=("reflex", "ppo", "sac+outcome"), animals=2))
    assert run(store, LocalEngine(1), lambda job, status: heard.append(status)), "a missing library is no failure"
    assert heard.count("not installed") == 2
    summary = summarise(store)
    rows = summary["worlds"][WORLD]
    assert rows["ppo"] == {"animals": 0, "status": "not installed"}
    assert rows["reflex"]["status"] == "complete"
    page = write_report(store, summary, []).read_text(encoding="utf-8")
    assert "pip install nestling[sb3]" in page


@pytest.mark.thorough
def test_costly_agents_are_few_and_compared_with_their_own_worlds(tmp_path: Path) -> None:
    pytest.importorskip("stable_baselines3")
    settings = small(agents=("reflex", "a2c+always"), animals=4, costly_animals=2)
    lives = [job for job in jobs(settings) if isinstance(job, LifeJob) and job.agent == "a2c+always"]
    assert sum(job.animals for job in lives) == 2
    store = Store(tmp_path / "out", settings)
    assert run(store, LocalEngine(1))
    row = summarise(store)["worlds"][WORLD]["a2c+always"]
    assert (row["animals"], row["grown_minus_reflex"]["n"]) == (2, 2)


def test_a_ranking_leaves_out_agents_with_too_few_animals() -> None:
    rng = np.random.default_rng(0)
    found = rank({"many": [rng.normal(size=12)], "more": [1.0 + rng.normal(size=12)], "few": [rng.normal(size=2)]})
    assert [row["agent"] for row in found["order"]] == ["more", "many"]
    assert found["left_out"] == ["few"]
    assert rank({"a": [np.zeros(3)], "b": [np.ones(3)]})["refused"]


@pytest.mark.parametrize(("loss", "significant"), [(0.5, True), (0.0, False)])
def test_the_worst_dip_is_found_and_corrected(loss: float, significant: bool) -> None:
    difference = 1.0 + np.random.default_rng(1).normal(0.0, 0.2, (20, 50))
    difference[:, 10:15] -= 1.0 + loss
    found: dict[str, Any] = _dip(difference)
    assert found["age"] == pytest.approx(0.2)
    assert (found["p"] < 0.05) == significant
    assert found["low"] <= found["mean"] <= found["high"]
    assert _dip(np.full((3, 50), np.nan))["mean"] != 0.0
