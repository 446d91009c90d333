"""Thought assessors: the compiled rule against plain NumPy, and what an assessor can and cannot learn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.catalogue import AgentSpec
from agents.population import Population
from core.errors import InvalidArgument
from learning.predictive import PredictiveLearner
from learning.thought_assessors import (
    LATE,
    MEMORY,
    Act,
    Code,
    LateTrace,
    Memory,
    Settings,
    Trace,
    correct_rows,
    find_shunned,
    newborn_table,
    predict,
    values_of,
)
from tests.learning import references

UNITS, OPTIONS, CHANNELS, ACTIVE = 30, 3, 4, 5
DELAY = np.array([0.0, 0.0, 0.0, 0.2])


SETTINGS = Settings(anneal=20.0, floor=0.05, horizon=0.9, coming_horizon=0.8, decay=0.9, delay=DELAY)


class One:
    """One animal's assessors, compiled and in NumPy."""

    def __init__(self) -> None:
        table = newborn_table(UNITS, OPTIONS, CHANNELS)[None].repeat(1, axis=0)
        self.memory = Memory(np.zeros((1, UNITS, OPTIONS), np.float32), table)
        self.trace = Trace(np.zeros((1, MEMORY, ACTIVE), np.int32), np.zeros((1, MEMORY)))
        self.late = LateTrace(np.zeros((1, LATE, ACTIVE), np.int32), np.full((1, LATE), -1), np.zeros((1, LATE, CHANNELS)))
        self.plain = references.Assessors(table[0].astype(float), SETTINGS)

    def predictions(self, units: np.ndarray) -> np.ndarray:
        found = np.zeros((2 * OPTIONS + 1, CHANNELS), np.float32)
        predict(units, self.memory.weights[0], found)
        return found

    def step(self, before, option, channels, after, ended=False, shunned=None) -> None:
        shunned = np.zeros(OPTIONS, bool) if shunned is None else shunned
        act = Act(np.array([option]), channels[None], np.array([ended]), np.array([0.4]), shunned[None])
        codes = [Code(units[None], self.predictions(units)[None]) for units in (before, after)]
        correct_rows(codes[0], act, codes[1], SETTINGS, self.trace, self.late, self.memory)
        self.plain.correct(before, option, channels, after, ended=ended, rate=0.4, shunned=shunned)


def units(rng: np.random.Generator) -> np.ndarray:
    return rng.choice(UNITS, ACTIVE, replace=False).astype(np.int32)


@given(st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_rule_equals_its_reference(seed: int) -> None:
    rng, animal = np.random.default_rng(seed), One()
    places = [units(rng) for _ in range(4)]
    here = places[0]
    for _ in range(60):
        there = places[rng.integers(4)]
        channels = rng.uniform(0.0, 1.0, CHANNELS) * (rng.random(CHANNELS) < 0.4)
        animal.step(here, int(rng.integers(-1, OPTIONS)), channels, there, rng.random() < 0.05, rng.random(OPTIONS) < 0.2)
        here = there
    assert np.allclose(animal.memory.weights[0], animal.plain.table, rtol=1e-3, atol=1e-4)
    assert np.allclose(animal.memory.visits[0], animal.plain.visits)


def test_delayed_blame_finds_the_culprit_among_like_tastes() -> None:
    """Two places taste the same; what the second brings shows itself only many steps later."""
    rng, animal = np.random.default_rng(1), One()
    good, bad, nowhere = (np.arange(k * ACTIVE, (k + 1) * ACTIVE, dtype=np.int32) for k in range(3))
    for _ in range(60):
        where = bad if rng.random() < 0.5 else good
        animal.step(where, 1, np.array([1.0, 0.0, 0.0, 0.0]), nowhere)
        left = 1.0 if where is bad else 0.0
        for _ in range(15):
            animal.step(nowhere, 0, np.array([0.0, 0.0, 0.0, DELAY[3] * left]), nowhere)
            left *= 1.0 - DELAY[3]
    malaise = {name: animal.predictions(where)[1, 3] for name, where in (("good", good), ("bad", bad))}
    assert malaise["bad"] > 0.5
    assert abs(malaise["good"]) < 0.1


def test_what_is_within_reach_grows_towards_its_source() -> None:
    animal = One()
    chain = [np.arange(k * ACTIVE, (k + 1) * ACTIVE, dtype=np.int32) for k in range(5)]
    for _ in range(80):
        for here, there in zip(chain, [*chain[1:], chain[-1]], strict=True):
            taste = np.array([float(here is chain[-1]), 0.0, 0.0, 0.0])
            animal.step(here, 2, taste, there)
    reach = [animal.predictions(place)[OPTIONS + 2, 0] for place in chain]
    assert reach == sorted(reach)
    assert reach[-1] == pytest.approx(1.0, abs=0.02), "what stays in place is counted once"
    assert reach[-2] == pytest.approx(0.9, abs=0.05)


def test_steering_values_predictions() -> None:
    predictions = np.zeros((1, 2 * OPTIONS + 1, CHANNELS), np.float32)
    predictions[0, OPTIONS + 1, 0] = 0.5
    predictions[0, 2, 1] = 1.0
    values = np.zeros((1, OPTIONS))
    values_of(predictions, np.array([[2.0, -0.6, 0.0, 0.0]]), values)
    assert values[0].tolist() == [0.0, pytest.approx(1.0), pytest.approx(-0.6)]
    values_of(predictions, np.array([[-1.0, -0.6, 0.0, 0.0]]), values)
    assert values[0, 1] == 0.0, "what is unwelcome and far is not counted"
    shunned = np.zeros((1, OPTIONS), bool)
    find_shunned(predictions, np.array([[2.0, -0.6, 0.0, 0.0]]), 0.25, shunned)
    assert shunned[0].tolist() == [False, False, True]


def test_assessors_need_something_to_assess() -> None:
    spec = AgentSpec("assessors", "", "earned", PredictiveLearner)
    with pytest.raises(InvalidArgument, match="assesses no channel"):
        Population(spec, "LoomingEscape", 1)


def test_lesions_silence_and_freeze() -> None:
    population = Population("steered", "SaltAppetite", 2, seed=4)
    population.lesion("plasticity", [0])
    for _ in range(1200):
        population.tick()
    learner = population.learner
    assert isinstance(learner, PredictiveLearner)
    assert not learner.synapses.weights[0].any()
    assert learner.synapses.weights[1].any()
    population.lesion("assessors", [1])
    recollection = learner.recall()
    assert recollection is not None
    assert not recollection.predicted_channels[1].any()
    assert not population.tick().in_charge[1] or population.learner.act.explores[1]
