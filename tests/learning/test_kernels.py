"""Compiled kernels against plain NumPy, and what the parts of the learner promise."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.batch_state import RecordState
from core.senses import Sense, Senses
from core.streams import RowStreams, row_seeds
from learning.option_kernels import Running, close_bouts
from learning.pattern_separator import PatternSeparator
from learning.place_memory import PlaceMemory
from learning.three_factor import MEMORY, Plasticity, Trace, fields, read_out, update, width
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


@given(st.integers(0, 2**32), st.integers(2, 20))
@settings(max_examples=40, deadline=None)
def test_three_factor_rule_equals_its_reference(seed: int, options: int) -> None:
    rng = np.random.default_rng(seed)
    synapses = rng.uniform(0, 3, (60, width(options))).astype(np.float32)
    active = rng.choice(60, 12, replace=False).astype(np.int32)
    values, evidence = np.zeros(options, np.float32), np.zeros(options, np.float32)
    largest, mean = read_out(active, synapses, options, values, evidence)
    expected_values, expected_evidence = references.read_out(active, synapses, options)
    assert np.allclose(values, expected_values, rtol=1e-5)
    assert np.allclose(evidence, expected_evidence, rtol=1e-5)
    squares = synapses[active, fields(options)["square"]]
    assert largest == squares.max()
    assert mean == pytest.approx(squares.mean(), rel=1e-5)
    past = np.stack([rng.choice(60, 12, replace=False) for _ in range(MEMORY)]).astype(np.int32)
    trace = Trace(past[None], rng.integers(-1, options, (1, MEMORY)), rng.uniform(0, 1, (1, MEMORY)))
    plasticity = Plasticity(anneal=50.0, floor=0.02, portion=rng.uniform(0, 1, options))
    one, other = synapses[None].copy(), synapses[None].copy()
    update(0, trace, -0.7, 0.3, plasticity, one)
    references.update(trace, -0.7, 0.3, plasticity, other)
    assert np.allclose(one, other, rtol=1e-4, atol=1e-6)


def test_learning_needs_the_third_factor_and_follows_its_sign() -> None:
    for modulator in (0.0, 1.0, -1.0):
        synapses = np.zeros((1, 20, width(3)), np.float32)
        past = np.arange(5, dtype=np.int32)[None].repeat(MEMORY, axis=0)
        trace = Trace(past[None], np.array([[1, -1, -1, -1]]), np.ones((1, MEMORY)))
        update(0, trace, modulator, 0.3, Plasticity(50.0, 0.02, np.zeros(3)), synapses)
        assert np.sign(synapses[0, :5, 1]).tolist() == [np.sign(modulator)] * 5
        assert not synapses[0, 5:].any(), "units without eligibility must not change"


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


def test_trace_fades_by_the_length_of_the_bout_itself() -> None:
    """After a bout of 3 and one of 40 steps the first is eligible by discount**3, whatever the second's length."""
    discount, decay = 0.98, 1.0
    bouts = RecordState(1, running=True, cut=False, option=1, reward=0.0, value=0.0, steps=3)
    units = np.arange(4, dtype=np.int32)[None]
    trace = Trace(np.zeros((1, MEMORY, 4), np.int32), np.full((1, MEMORY), -1), np.zeros((1, MEMORY)))
    synapses = np.zeros((1, 10, width(3)), np.float32)

    def close(plasticity: Plasticity) -> None:
        rows, nothing = np.array([0]), np.zeros(1)
        close_bouts(
            rows, nothing, Running(bouts.records, units), trace, (decay, discount), np.ones(1), plasticity, synapses
        )

    for steps in (3, 40):
        bouts.steps = steps
        close(Plasticity(50.0, 0.02, np.zeros(3)))
    assert trace.strength[0, :2] == pytest.approx([discount**40, discount**43])
    bouts.steps, bouts.reward = 1, 1.0
    before = synapses.copy()
    units += 4
    close(Plasticity(1e9, 0.0, np.zeros(3)))
    gained = (synapses - before)[0, :, 1]
    assert gained[4] == pytest.approx(0.25, rel=1e-3)
    assert gained[0] == pytest.approx(0.25 * (discount**40 + discount**43), rel=1e-3)
