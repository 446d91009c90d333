"""The learner of graded actions: its kernel against plain NumPy, and what its rule promises."""

from dataclasses import replace

import numpy as np
import pytest
from gymnasium.spaces import Box, Discrete
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.catalogue import AgentSpec
from agents.life import live
from agents.population import Population
from core.errors import InvalidArgument
from core.interfaces import Repertoire
from core.senses import Sense, Senses
from learning.node_perturbation import NodePerturbationGenome, NodePerturbationLearner
from learning.node_perturbation_kernels import TALLIES, Act, Settings, Teaching, Trace, learn_rows
from learning.subsystem import LearnerSpec
from tests.learning import references

STEPS = 67


@given(st.integers(0, 2**32), st.booleans(), st.booleans())
@settings(max_examples=40, deadline=None)
def test_learning_equals_its_reference(seed: int, binary: bool, in_charge: bool) -> None:
    rng = np.random.default_rng(seed)
    outputs, active, width, slots = 3, 5, 2 * 3 + TALLIES, 3
    rule = Settings(kernel=np.array([0.0, 0.2, 0.8]), tally_share=0.1, binary=binary, bound=2.0)
    table = rng.normal(0, 0.1, (1, 20, width)).astype(np.float32)
    expected = table[0].astype(float)
    ring = Trace(
        units=np.zeros((1, slots, active), np.int32),
        deviation=np.zeros((1, slots, outputs)),
        in_charge=np.zeros((1, slots), bool),
        newest=np.zeros(1, int),
        length=np.zeros(1, int),
    )
    trace: list = []
    for _ in range(6):
        now = rng.choice(20, active, replace=False).astype(np.int32)
        moved, charge = rng.normal(size=3), bool(rng.random() < 0.5) or in_charge
        reward = float(rng.choice([0.0, 0.3, -0.7]))
        teaching = Teaching(reward=np.array([reward]), rate=np.array([0.05]), consolidation=np.array([0.02]))
        learn_rows(Act(now[None], moved[None], np.array([charge])), teaching, rule, ring, table)
        trace = [(now, moved, charge), *trace][:slots]
        references.learn(reward, 0.05, 0.02, rule, trace, expected)
    assert np.allclose(table[0], expected, atol=1e-5)


def agent(**genome) -> AgentSpec:
    settings_of = replace(NodePerturbationGenome(), **genome)
    return AgentSpec(
        "under test", "", "always", lambda rows, spec, defer: NodePerturbationLearner(rows, spec, defer, settings_of)
    )


def match(population: Population, renditions: int) -> np.ndarray:
    """(birds,) mean judgement over renditions."""
    total = np.zeros(population.animals)
    for _ in range(renditions * STEPS):
        total += population.tick().verdict.judged
    return total / (renditions * STEPS)


def test_practice_makes_better_and_each_part_is_needed() -> None:
    population = Population(agent(), "Birdsong", 16, seed=60)
    rows = np.arange(16)
    population.world.manipulate("deafen", rows[4:8])
    population.lesion("variability", rows[8:12])
    population.lesion("plasticity", rows[12:])
    live(population, 21 * STEPS)
    before = match(population, 10)
    live(population, 150 * STEPS)
    gain = (match(population, 10) - before).reshape(4, 4).mean(axis=1)
    assert gain[0] > 0.15, "an intact bird improves"
    assert np.abs(gain[1:]).max() < 0.08, "none without ears, variability or plasticity does"


def test_a_delayed_judgement_is_credited_to_its_moment() -> None:
    gains = []
    for spread_off in (0, 2):
        population = Population(agent(), "Birdsong", 12, seed=61)
        learner = population.learner
        learner._kernel = np.roll(learner._kernel, -spread_off)  # a trace that peaks too early
        live(population, 21 * STEPS)
        before = match(population, 10)
        live(population, 120 * STEPS)
        gains.append((match(population, 10) - before).mean())
    assert gains[0] > 0.1
    assert gains[1] < 0.5 * gains[0]


def test_silencing_the_bias_pathway_gives_the_motor_song() -> None:
    population = Population(agent(), "Birdsong", 2, seed=62)
    live(population, 60 * STEPS)
    learner, phase = population.learner, np.full((2, 1), 0.5)
    with_bias = learner.read(phase)
    population.lesion("variability", [0])
    without = learner.read(phase)
    assert not np.allclose(with_bias[0], without[0])
    assert np.array_equal(with_bias[1], without[1])
    population.lesion("plasticity", [1])
    live(population, 200 * STEPS)
    bias = learner.synapses.weights[:, :, 3:6]
    motor = learner.read(phase)
    population.lesion("variability", [1])
    assert np.abs(motor[1] - learner.read(phase)[1]).max() < 0.02, "after days all of it has moved to the motor pathway"
    assert np.abs(bias[1]).max() < 0.01


def test_wrong_anatomy_is_refused() -> None:
    senses = Senses(Sense("phase", "1", 0, 1, "x"))
    repertoire = Repertoire(("rest",), np.zeros((1, 1)))
    spec = LearnerSpec(
        senses=senses, outer=senses, action_space=Discrete(3), repertoire=repertoire, judging_delay=0.02, dt=0.01
    )
    with pytest.raises(InvalidArgument, match="graded"):
        NodePerturbationLearner(1, spec)
    NodePerturbationLearner(1, replace(spec, action_space=Box(-1, 1, (1,))))
