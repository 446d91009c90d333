"""Compiled kernels against plain NumPy, and what the parts of the learner promise."""

from types import SimpleNamespace

import numpy as np
import pytest
from gymnasium.spaces import Box
from hypothesis import given, settings
from hypothesis import strategies as st

from core.interfaces import Goal, Repertoire
from core.senses import Sense, Senses
from core.streams import RowStreams, row_seeds
from learning.codes import CodePart, SideBySide
from learning.goals import GoalSeeking
from learning.pattern_separator import PatternSeparator
from learning.place_memory import PlaceMemory
from learning.subsystem import LearnerSpec
from learning.three_factor import Plasticity, change, learning_rates
from tests.learning import references

SENSES = Senses(
    Sense("a", "1", -1, 1, "x", (4,)), Sense("b", "1", 0, 5, "y", (3,), scale=0.2), Sense("c", "1", -2, 2, "z", (2,))
)


def separator(num_animals: int = 2, seed: int = 0) -> PatternSeparator:
    built = PatternSeparator(num_animals, SENSES, units=300)
    streams = RowStreams(num_animals, ["wiring"])
    streams.seed(row_seeds(seed, num_animals))
    built.wire(streams, "wiring", np.ones(num_animals, bool))
    return built


def codes(built: PatternSeparator, observation: np.ndarray) -> np.ndarray:
    active = np.zeros((len(observation), built.active_units), np.int32)
    built.encode(np.arange(len(observation)), observation[:, :6], observation[:, 6:], active)
    return active


@given(st.integers(0, 2**32))
@settings(max_examples=25, deadline=None)
def test_encoding_equals_its_reference(seed: int) -> None:
    built = separator()
    rng = np.random.default_rng(seed)
    observation = rng.uniform(SENSES.low, SENSES.high, (2, SENSES.size)).astype(np.float32)
    active = codes(built, observation)
    expected = np.zeros_like(active)
    references.encode(built, np.arange(2), built.scaling.inputs, expected)
    assert np.array_equal(np.sort(active), np.sort(expected))


def test_code_is_sparse_local_and_similar_for_similar_inputs() -> None:
    built = separator(1)
    assert (built.sampled.sum(axis=2) == built.fan_in).all(), "every unit samples as many inputs as it has dendrites"
    assert built.active_units / built.units == pytest.approx(0.05, abs=0.03)
    rng = np.random.default_rng(0)
    overlaps = {}
    for distance in (0.0, 0.02, 0.1, 0.5):
        shared = []
        for _ in range(200):
            one = rng.uniform(SENSES.low, SENSES.high, (1, SENSES.size)).astype(np.float32)
            other = np.clip(one + distance * rng.normal(size=one.shape), SENSES.low, SENSES.high).astype(np.float32)
            shared.append(len(np.intersect1d(codes(built, one), codes(built, other))) / built.active_units)
        overlaps[distance] = np.mean(shared)
    values = list(overlaps.values())
    assert values[0] == 1.0
    assert values == sorted(values, reverse=True), "overlap must fall with distance"
    assert values[-1] < 0.5


def test_two_animals_are_wired_differently() -> None:
    built = separator(2)
    observation = np.zeros((2, SENSES.size), np.float32)
    first, second = codes(built, observation)
    assert len(np.intersect1d(first, second)) < 0.3 * built.active_units


@given(st.integers(0, 2**32), st.booleans())
@settings(max_examples=40, deadline=None)
def test_the_rule_equals_its_reference(seed: int, anneals: bool) -> None:
    rng = np.random.default_rng(seed)
    table = rng.uniform(0, 3, (60, 8)).astype(np.float32)
    units = rng.choice(60, 12, replace=False).astype(np.int32)
    plasticity = Plasticity(portion=rng.uniform(0, 0.1, 12), anneal=50.0, floor=0.05)
    one, other = table.copy(), table.astype(float)
    rates = plasticity.portion.copy()
    if anneals:
        learning_rates(one, units, 5, plasticity, rates)
    change(one, units, 2, rates, -0.7)
    references.change(other, units, 2, 5 if anneals else -1, -0.7, plasticity)
    assert np.allclose(one, other, rtol=1e-5, atol=1e-6)
    assert not np.allclose(one, table)


def test_a_kept_code_is_that_of_the_present_inputs_and_wiring() -> None:
    built, fresh = separator(), separator()
    rng = np.random.default_rng(1)
    observation = rng.uniform(SENSES.low, SENSES.high, (2, SENSES.size)).astype(np.float32)
    for _ in range(30):
        changed = rng.integers(SENSES.size)
        observation[:, changed] = rng.uniform(SENSES.low[changed], SENSES.high[changed], 2)
        fresh.set_state(built.get_state())  # forgets what it knew of inputs
        assert np.array_equal(codes(built, observation), codes(fresh, observation))
    other = separator(seed=9)
    built.set_state(other.get_state())
    assert np.array_equal(codes(built, observation), codes(other, observation))


def test_the_kept_code_of_shared_inputs_is_that_of_the_present_wiring() -> None:
    first, other = separator(), separator(seed=9)
    columns = slice(0, SENSES.size)
    code = SideBySide(2, [CodePart("map", columns, first), CodePart("wiring", columns, separator(seed=5))])
    shared = np.zeros((2, SENSES.size), np.float32)
    found = np.zeros((2, first.active_units), np.int32)
    for _ in range(2):
        code.encode_first(np.arange(2), shared, found)
        assert np.array_equal(found, codes(first, shared))
    state = code.get_state()
    code.set_state({name: other.get_state()[name[4:]] if name.startswith("map/") else part for name, part in state.items()})
    code.encode_first(np.arange(2), shared, found)
    assert np.array_equal(found, codes(other, shared))
    shared[1, 0] = 0.7
    code.encode_first(np.arange(2), shared, found)
    assert np.array_equal(found, codes(other, shared)), "inputs that differ are not kept"


def test_one_visit_makes_a_place_memory() -> None:
    memory = PlaceMemory(1, ("shelter",), (False,), cells=200)
    streams = RowStreams(1, ["fields"])
    streams.seed(row_seeds(3, 1))
    memory.wire(streams, "fields", np.ones(1, bool))
    memory.recall(np.zeros((1, 2)))
    assert memory.state.confidence[0, 0] == 0.0
    there = np.array([[0.6, -0.4]])
    for _ in range(10):
        memory.remember(there, np.ones((1, 1)), np.ones(1))
    memory.state.due_in[:] = 0
    memory.recall(np.zeros((1, 2)))
    assert memory.state.confidence[0, 0] > 0.7
    assert np.hypot(*(memory.state.target[0, 0] - there[0])) < 0.15
    for _ in range(400):
        memory.remember(there, np.zeros((1, 1)), np.ones(1))
    memory.state.due_in[:] = 0
    memory.recall(np.zeros((1, 2)))
    assert memory.state.confidence[0, 0] < 0.4, "what is no longer found is forgotten"


def test_without_plasticity_nothing_is_remembered() -> None:
    memory = PlaceMemory(1, ("shelter",), (False,))
    memory.remember(np.zeros((1, 2)), np.ones((1, 1)), np.zeros(1))
    assert not memory.state.memory.any()


def test_a_channel_of_any_range_is_remembered_as_a_presence() -> None:
    goal = Goal("go to warmth", 0.5, channel="warmth")
    place = Senses(Sense("place", "1", -1.0, 1.0, "where", (2,)))
    spec = LearnerSpec(
        senses=place,
        outer=place,
        action_space=Box(-1.0, 1.0, (2,)),
        repertoire=Repertoire(("rest",), np.zeros((1, 2)), (goal,), place="place"),
        channels=("warmth",),
        dt=0.1,
    )
    goals = GoalSeeking(1, spec, 50)
    streams = RowStreams(1, ["fields"])
    streams.seed(row_seeds(3, 1))
    goals.wire(streams, "fields", np.ones(1, bool))
    for warmth in (40.0, -30.0) * 200:
        verdict = SimpleNamespace(channels=np.array([[warmth]]))
        tick = SimpleNamespace(final_observation=np.array([[0.5, 0.5]]), verdict=verdict)
        goals.remember(tick, np.ones(1))  # type: ignore[arg-type]  # all that it reads
    memory = goals.place_memory.state.memory
    assert memory.min() >= 0.0
    assert memory.max() <= 1.0
