"""How animals grow, written while they live."""

from __future__ import annotations

import sys
import types
from pathlib import Path

import pytest

from agents.development_log import DevelopmentLog, tensorboard, weights_and_biases
from agents.life import live
from agents.population import Population
from benchmark.results.curves import CurveRecorder
from core.errors import InvalidArgument

STEPS, WINDOWS = 900, 3


def test_what_is_written_is_what_the_curves_hold() -> None:
    fighters = Population("steered", "Rivals", 3, seed=4)
    curves = CurveRecorder(3, STEPS, WINDOWS)
    written: list[tuple[int, dict[str, float]]] = []
    live(fighters, STEPS, [curves, DevelopmentLog(lambda values, ticks: written.append((ticks, values)), STEPS // WINDOWS)])
    sums = {name: values.sum(0) for name, values in curves.curves.items()}
    assert [ticks for ticks, _ in written] == [300, 600, 900]
    for window, (_, values) in enumerate(written):
        days, steps = sums["days"][window], sums["steps"][window]
        assert values["reward_per_step"] == pytest.approx(sums["reward"][window] / steps)
        assert values["learner_share"] == pytest.approx(sums["learner_steps"][window] / steps)
        assert values["deaths"] == sums["deaths"][window]
        if days:
            assert values["episode_fitness"] == pytest.approx(sums["day_fitness"][window] / days)
        assert ("episode_fitness" in values) == (days > 0)


def test_tensorboard_reads_it(tmp_path: Path) -> None:
    pytest.importorskip("tensorboard")
    pytest.importorskip("torch")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    live(Population("steered", "Rivals", 2, seed=4), 200, [DevelopmentLog(tensorboard(tmp_path), 100)])
    events = EventAccumulator(str(tmp_path)).Reload()
    assert "development/learner_share" in events.Tags()["scalars"]
    assert [event.step for event in events.Scalars("development/reward_per_step")] == [100, 200]


def test_weights_and_biases_gets_names_and_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    heard: list[tuple[dict[str, float], int]] = []
    run = types.SimpleNamespace(log=lambda values, step: heard.append((values, step)))
    fake = types.ModuleType("wandb")
    fake.init = lambda **options: run  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "wandb", fake)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    weights_and_biases(project="mice")({"deaths": 1.0}, 50)
    assert heard == [({"development/deaths": 1.0}, 50)]


def test_what_is_missing_or_wrong_is_said(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    with pytest.raises(InvalidArgument, match="every"):
        DevelopmentLog(print, 0)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(InvalidArgument, match="pip install tensorboard"):
        tensorboard(tmp_path)
    with pytest.raises(InvalidArgument, match="pip install wandb"):
        weights_and_biases()
