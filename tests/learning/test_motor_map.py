"""The motor map: its rule against plain NumPy, and what it promises."""

from __future__ import annotations

import numpy as np
import pytest
from gymnasium.spaces import Box
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.life import live
from agents.population import Population
from learning.cortex import Cortex
from learning.cortical_genome import CorticalGenome
from learning.motor_map import MotorMap, Teaching
from tests.learning import references

STEPS = 67


@given(st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_learning_equals_its_reference(seed: int) -> None:
    rng = np.random.default_rng(seed)
    axes, active = 3, 5
    eligibility = np.array([0.0, 0.2, 0.8])
    genome, space = CorticalGenome(spread=0.4), Box(-1, 1, (axes,))
    motor_map = MotorMap(1, space, np.zeros(axes), active=active, first=0, delay=1, dt=0.01, genome=genome)
    motor_map.eligibility = eligibility
    table = rng.normal(0, 0.1, (1, 20, 2 * axes)).astype(np.float32)
    expected = table[0].astype(float)
    trace: list = []
    for _ in range(6):
        now = rng.choice(20, active, replace=False).astype(np.int32)
        own, seen = rng.normal(size=(2, axes))
        reward = float(rng.choice([0.0, 0.3, -0.7]))
        motor_map.now.units[:] = now
        teaching = Teaching(np.array([reward]), np.array([0.05]), np.array([0.02]), eligibility, 2.0)
        motor_map.learn(np.concatenate([own, seen])[None], teaching, table)
        trace = [(now, own, seen), *trace][:3]
        references.teach_motor(reward, 0.05, 0.02, eligibility, 2.0, trace, expected)
    assert np.allclose(table[0], expected, atol=1e-5)


def match(population: Population, renditions: int) -> np.ndarray:
    """(birds,) mean judgement over renditions."""
    total = np.zeros(population.animals)
    for _ in range(renditions * STEPS):
        total += population.tick().verdict.judged
    return total / (renditions * STEPS)


@pytest.mark.thorough
def test_practice_makes_better_and_each_part_is_needed() -> None:
    population = Population("learner", "Birdsong", 16, seed=60)
    rows = np.arange(16)
    population.world.manipulate("deafen", rows[4:8])
    population.lesion("variability", rows[8:12])
    population.lesion("plasticity", rows[12:])
    live(population, 21 * STEPS)
    before = match(population, 10)
    live(population, 120 * STEPS)
    gain = (match(population, 10) - before).reshape(4, 4).mean(axis=1)
    assert gain[0] > 0.15, "an intact bird improves"
    assert np.abs(gain[1:]).max() < 0.08, "none without ears, variability or plasticity does"


@pytest.mark.thorough
def test_a_delayed_judgement_is_credited_to_its_moment() -> None:
    gains = []
    for spread_off in (0, 2):
        population = Population("learner", "Birdsong", 8, seed=61)
        learner = population.learner
        assert isinstance(learner, Cortex)
        learner.motor_map.eligibility = np.roll(learner.motor_map.eligibility, -spread_off)  # a trace that peaks too early
        live(population, 21 * STEPS)
        before = match(population, 10)
        live(population, 100 * STEPS)
        gains.append((match(population, 10) - before).mean())
    assert gains[0] > 0.1
    assert gains[1] < 0.5 * gains[0]


@pytest.mark.thorough
def test_silencing_the_bias_pathway_gives_the_motor_song() -> None:
    population = Population("learner", "Birdsong", 2, seed=62)
    live(population, 60 * STEPS)
    learner = population.learner
    assert isinstance(learner, Cortex)
    phase = np.full((2, learner.spec.senses.size), 0.5)
    with_bias = learner.read_motor_map(phase)
    population.lesion("variability", [0])
    without = learner.read_motor_map(phase)
    assert not np.allclose(with_bias[0], without[0])
    assert np.array_equal(with_bias[1], without[1])
    population.lesion("plasticity", [1])
    live(population, 150 * STEPS)
    motor = learner.read_motor_map(phase)
    population.lesion("variability", [1])
    moved = np.abs(motor[1] - learner.read_motor_map(phase)[1]).max()
    assert moved < 0.02, "after days all of it has moved to the motor pathway"


def test_a_map_without_a_moment_that_is_judged_does_not_exist() -> None:
    learner = Population("steered", "LoomingEscape", 1).learner
    assert isinstance(learner, Cortex)
    assert "motor map" not in learner.option_names
    with pytest.raises(AttributeError):
        _ = learner.motor_map
