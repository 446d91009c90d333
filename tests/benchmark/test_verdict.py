"""Verdicts and their sentences, from curves that are made to be good, bad or in between."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from benchmark.experiments.experiment import find_experiment
from benchmark.report.words import by_claim, experiments_in_short, holding, in_short
from benchmark.results.jobs import LifeJob, jobs
from benchmark.results.store import Store
from benchmark.results.summary import summarise
from tests.benchmark.helpers import WORLD, small

Change = Callable[[str, np.ndarray, np.random.Generator], np.ndarray]
ANIMALS = 24


def made(folder: Path, fitness: Change, reward: Change | None = None, lifetime: int = 8_000) -> dict[str, Any]:
    """The summary of lives whose fitness, and reward, by (animals, windows) are what the functions say: random 0, oracle 1."""
    store = Store(folder, small(agents=("reflex", "learner", "steered"), animals=ANIMALS, shard=ANIMALS, lifetime=lifetime))
    for job in jobs(store.settings):
        assert isinstance(job, LifeJob)
        rng = np.random.default_rng(len(job.agent))
        shape = (job.animals, job.windows)
        level = np.full(shape, {"random": 0.0, "oracle": 1.0}.get(job.agent, 0.5))
        ones = np.ones(shape)
        fit = fitness(job.agent, level.copy(), rng) if job.agent not in ("random", "oracle") else level
        felt = (reward or fitness)(job.agent, level.copy(), rng) if job.agent not in ("random", "oracle") else level
        curves = dict.fromkeys(("deaths", "learner_steps", "steps_that_matter", "learner_steps_that_matter"), 0 * ones)
        store.write(job, curves | {"day_fitness": fit, "days": ones, "steps": ones, "reward": felt})
    return summarise(store)


def gains(agent: str, level: np.ndarray, rng: np.random.Generator, by: float = 0.3) -> np.ndarray:
    noise = rng.normal(0.0, 0.01, level.shape)
    return level + noise + by * (agent == "steered") * np.linspace(0.05, 1.0, level.shape[1])


@pytest.mark.parametrize(
    ("by", "early", "learning", "cost", "steering"),
    [
        (0.3, 0.0, "adds", "none", "sound"),
        (0.3, -0.2, "adds", "some", "sound"),
        (-0.3, 0.0, "takes", "some", "sound"),
        (0.0, -0.01, "undecided", "undecided", "undecided"),
    ],
)
def test_what_learning_adds_and_costs(
    tmp_path: Path, by: float, early: float, learning: str, cost: str, steering: str
) -> None:
    def fitness(agent: str, level: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        found = gains(agent, level, rng, by)
        found[:, 0] += (agent == "steered") * (early + 0.05 * np.where(np.arange(len(found)) % 2, 1.0, -1.0))
        return found

    summary = made(tmp_path / "out", fitness)
    verdict = summary["verdicts"][WORLD]
    assert (verdict["learning"], verdict["cost"], verdict["steering"]) == (learning, cost, steering)
    told = " ".join(sentence for _, sentence in in_short(WORLD, summary))
    assert {"adds": "Learning adds", "takes": "Learning takes away", "undecided": "is undecided"}[learning] in told
    assert {"none": "costs at most 0.02", "some": "has a cost", "undecided": "has a cost is undecided"}[cost] in told


def test_fooled_steering_is_found(tmp_path: Path) -> None:
    summary = made(tmp_path / "out", lambda *of: gains(*of, by=0.02), lambda *of: gains(*of, by=0.8))
    verdict = summary["verdicts"][WORLD]
    assert verdict["steering"] == "fooled"
    assert verdict["reward_gain"]["low"] > 0.4 > 0.1 > verdict["fitness_gain"]["high"]
    assert ("bad", True) in [(tone, "Steering is fooled" in sentence) for tone, sentence in in_short(WORLD, summary)]


def test_every_agent_is_held_against_the_whole_animal(tmp_path: Path) -> None:
    rows = made(tmp_path / "out", gains)["worlds"][WORLD]
    assert rows["learner"]["whole_animal_minus_this"]["low"] > 0.0
    assert rows["oracle"]["whole_animal_minus_this"]["high"] < 0.0
    assert "whole_animal_minus_this" not in rows["steered"]


def test_only_the_first_part_of_a_whole_life_is_birth(tmp_path: Path) -> None:
    def costly_at_first(agent: str, level: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        found = gains(agent, level, rng)
        found[:, 0] -= 0.2 * (agent == "steered")
        return found

    short = made(tmp_path / "short", costly_at_first)
    assert not short["lives"][WORLD]["first_window_is_birth"]
    row = short["worlds"][WORLD]["steered"]
    assert "score_in_first_window" in row
    assert "score_at_birth" not in row
    assert "of a whole life" in " ".join(sentence for _, sentence in in_short(WORLD, short))


def test_nothing_is_said_of_what_is_missing(finished: Store) -> None:
    rows = summarise(finished)
    rows["verdicts"][WORLD] = None
    assert in_short(WORLD, rows) == []
    assert experiments_in_short([{"id": "L1", "holds": None}]) == ""
    entries = [{"id": "L1", "holds": True}, {"id": "L2", "holds": False}, {"id": "L3", "holds": False, "undecided": True}]
    assert experiments_in_short(entries) == "1 of 3 experiments hold. Not held up: L2. Undecided: L3."


def test_claims_of_several_worlds_are_read_together() -> None:
    known = {name: find_experiment(name) for name in ("P1", "L7", "P1r")}
    families = by_claim([{"id": name, "holds": True} for name in known], known)
    assert [[entry["id"] for entry in family] for family in families] == [["P1", "P1r"], ["L7"]]
    assert [entry["world"] for entry in families[0]] == ["LoomingEscape", "SaltAppetite"]
    judged = [{"holds": True}, {"holds": False, "undecided": True}, {"holds": None}]
    assert holding(judged) == (0.75, "1 of 2, 1 not run")
    assert holding(judged[:1]) == (1.0, "1 of 1")
    assert holding(judged[2:]) == (None, "not run")
