"""The cortex: its kernels against plain NumPy, and what its rules promise."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.life import live
from agents.population import Population
from core.batch_state import BatchState, RecordState
from core.errors import StateMismatch
from core.interfaces import Recollection
from learning.cortex import Cortex
from learning.cortex_kernels import (
    TRACE,
    Caution,
    Decided,
    Fading,
    Felt,
    Memory,
    Situation,
    accumulate,
    close_bouts,
    decide,
    layout,
)
from learning.cortical_genome import CorticalGenome
from learning.delayed import DelayedCauses
from learning.read_out import ReadOut, Step
from learning.three_factor import Plasticity
from tests.learning import references

UNITS, OPTIONS, ACTIVE = 30, 4, 5
FADING = Fading(discount=0.8, trace_decay=0.5)
SHARED = Plasticity(np.full(ACTIVE, 0.4 / ACTIVE), 20.0, 0.05)
CAUTION = Caution(
    pessimism=0.5,
    optimism=0.5,
    uniform=0.0,
    uniform_alone=1.0,
    min_visits=5.0,
    hopes=0.02,
    shuns=0.25,
    noise=0.0,
    then_reflex=False,
    explores_after=1.0,
    may_defer=True,
    appraised=True,
    first_goal=OPTIONS,
    motor=-1,
)


class One:
    """One animal's forecasts, compiled and in NumPy."""

    def __init__(self, channels: int, appraised: bool) -> None:
        self.lay = layout(OPTIONS, channels, appraised, False, 0)
        self.caution = CAUTION._replace(appraised=appraised)
        table = np.zeros((1, UNITS, self.lay.width), np.float32)
        table[:, :, self.lay.error : self.lay.error + channels] = 1.0
        self.memory = Memory(table, np.zeros((1, TRACE, ACTIVE), np.int32), np.zeros((1, TRACE)))
        self.bout = RecordState(
            1, running=False, option=0, steps=0, chosen=0, explores=False, arousal=0.0, lower_bound=0.0, familiarity=0.0,
            best_value=0.0, defer_value=0.0,
        )  # fmt: skip
        self.plain = references.Forecasts(table[0].astype(float), self.lay, appraised)
        self.least, self.most = np.full(channels, -np.inf), np.full(channels, np.inf)

    def decided(
        self,
        units: np.ndarray,
        worth: np.ndarray,
        draw: np.ndarray | None = None,
        chance: float = 0.0,
        futile: bool = False,
    ) -> Decided:
        lay = self.lay
        shape = (1, OPTIONS, lay.channels)
        found = Decided(
            units[None].copy(),
            np.zeros(shape, np.float32),
            np.zeros(shape, np.float32),
            np.zeros((1, lay.channels)),
            np.zeros((1, OPTIONS)),
        )
        draw = np.full((1, 1 + OPTIONS), 0.5) if draw is None else draw
        limits = np.stack([self.least, self.most])[None].astype(np.float32)
        nowhere = np.zeros((1, 0), bool)
        situation = Situation(worth[None], nowhere, draw, np.array([chance]), np.array([futile]), limits)
        weight = np.full(ACTIVE, 1.0 / ACTIVE)
        decide(np.array([0]), self.memory.table, lay, weight, situation, self.caution, found, self.bout.records)
        return found

    def tried(self, units: np.ndarray, chance: float, futile: bool = False) -> list[int]:
        """The acts that it tries in 200 decisions of such a chance."""
        rng, tried = np.random.default_rng(1), []
        for _ in range(200):
            self.decided(units, np.ones(self.lay.channels), rng.random((1, 1 + OPTIONS)), chance, futile)
            if self.bout.explores[0]:
                tried.append(int(self.bout.chosen[0]))
        return tried

    def act(
        self, here: np.ndarray, option: int, gained: np.ndarray, there: np.ndarray, *,
        steps: int = 1, ended: bool = False, resembles: int = 0,
    ) -> None:  # fmt: skip
        worth = np.ones(self.lay.channels)
        past, after = self.decided(here, worth), self.decided(there, worth)
        unchanged = np.array_equal(here, there)
        felt = Felt(
            gained[None], after.ahead, after.reach[:, 0].copy(), np.array([ended]), np.array([resembles]),
            np.array([unchanged]),
        )  # fmt: skip
        self.bout.running, self.bout.option, self.bout.steps = True, option, steps
        nothing_late = np.zeros(self.lay.channels, bool)
        close_bouts(
            np.array([0]), self.bout.records, past, felt, FADING, np.ones(1), self.lay, nothing_late, SHARED, self.memory
        )
        self.plain.close(
            here, option, gained, after.ahead[0], after.reach[0, 0], steps=steps, ended=ended, resembles=resembles,
            unchanged=unchanged, rate=1.0, fading=FADING, plasticity=SHARED,
        )  # fmt: skip


def units(rng: np.random.Generator) -> np.ndarray:
    return rng.choice(UNITS, ACTIVE, replace=False).astype(np.int32)


@given(st.integers(0, 2**32), st.booleans())
@settings(max_examples=25, deadline=None)
def test_forecasts_equal_their_reference(seed: int, appraised: bool) -> None:
    rng, channels = np.random.default_rng(seed), 3 if appraised else 1
    animal = One(channels, appraised)
    places = [units(rng) for _ in range(4)]
    here = places[0]
    for _ in range(40):
        there = places[rng.integers(4)]
        gained = rng.uniform(0.0 if appraised else -1.0, 1.0, channels) * (rng.random(channels) < 0.5)
        option = int(rng.integers(OPTIONS))
        animal.act(
            here, option, gained, there, steps=int(rng.integers(1, 4)), ended=bool(rng.random() < 0.1),
            resembles=int(rng.integers(OPTIONS)),
        )  # fmt: skip
        here = there
    assert np.allclose(animal.memory.table[0], animal.plain.table, rtol=1e-3, atol=1e-4)
    worth = rng.normal(size=channels)
    assert np.allclose(animal.decided(here, worth).total[0], animal.plain.worth(here, worth), rtol=1e-3, atol=1e-3)


def test_steering_values_forecasts_when_they_are_needed() -> None:
    animal, here = One(2, appraised=True), np.arange(ACTIVE, dtype=np.int32)
    elsewhere = here + ACTIVE
    for _ in range(60):
        animal.act(here, 2, np.array([1.0, 0.0]), elsewhere, ended=True)
        animal.act(here, 3, np.array([0.0, 1.0]), elsewhere, ended=True)
    total = animal.decided(here, np.array([2.0, -1.0])).total[0]
    assert total[2] == pytest.approx(2.0, abs=0.05)
    assert total[3] == pytest.approx(-1.0, abs=0.05)
    assert animal.bout.chosen[0] == 2
    total = animal.decided(here, np.array([-1.0, 3.0])).total[0]
    assert animal.bout.chosen[0] == 3, "the same forecasts, another need"
    assert total[3] == pytest.approx(3.0, abs=0.1)


def test_what_is_within_reach_grows_towards_its_source_and_a_wall_is_no_way_out() -> None:
    animal = One(1, appraised=True)
    chain = [np.arange(k * ACTIVE, (k + 1) * ACTIVE, dtype=np.int32) for k in range(5)]
    for _ in range(200):
        for here, there in itertools.pairwise(chain):
            animal.act(here, 2, np.array([float(here is chain[-2])]), there, ended=here is chain[-2])
            animal.act(here, 3, np.zeros(1), here)  # a wall
    reach = np.array([animal.decided(place, np.ones(1)).reach[0, :, 0] for place in chain[:-1]])
    assert reach[:, 2] == pytest.approx([0.8**3, 0.8**2, 0.8, 1.0], abs=0.05)
    assert (reach[:, 3] < 0.2 * reach[:, 2]).all(), "an act that changes nothing leads to itself, not to what is best"


def test_delayed_blame_equals_its_reference_and_finds_the_culprit_among_like_tastes() -> None:
    rng = np.random.default_rng(1)
    table = np.zeros((1, UNITS, 16), np.float32)
    late = DelayedCauses(1, ACTIVE, np.array([0.0, 5.0]), 1.0, 0, SHARED)
    plain = references.Blame(table[0].astype(float), late.share, 0, SHARED)
    good, bad, nowhere = (np.arange(k * ACTIVE, (k + 1) * ACTIVE, dtype=np.int32) for k in range(3))

    def step(where: np.ndarray, done: int, channels: tuple[float, float]) -> None:
        late.blame(where[None], np.array([done]), np.array([channels]), np.ones(1), table)
        plain.step(where, done, np.array(channels), 1.0)

    for _ in range(80):
        where = bad if rng.random() < 0.5 else good
        step(where, 1, (1.0, 0.0))
        left = 1.0 if where is bad else 0.0
        for _ in range(25):
            step(nowhere, 0, (0.0, late.share[1] * left))
            left *= 1.0 - late.share[1]
    assert np.allclose(table[0], plain.table, rtol=1e-3, atol=1e-4)
    malaise = {name: table[0, where, 1 * 2 + 1].sum() for name, where in (("good", good), ("bad", bad))}
    assert malaise["bad"] > 0.5
    assert abs(malaise["good"]) < 0.1


def test_lesions_silence_and_freeze() -> None:
    population = Population("steered", "SaltAppetite", 2, seed=4)
    population.lesion("plasticity", [0])
    live(population, 1200)
    learner = population.learner
    assert isinstance(learner, Cortex)
    forecasts = learner.synapses.table[:, :, : learner.layout.visits]
    assert not forecasts[0].any()
    assert forecasts[1].any()
    population.lesion("assessors", [1])
    recollection = learner.recall()
    assert recollection is not None
    assert recollection.predicted_channels is not None
    assert not recollection.predicted_channels[1].any()
    for _ in range(50):
        assert not population.tick().in_charge[1], "without forecasts there is no reason to take control"


@pytest.mark.parametrize("world", ["LoomingEscape", "SaltAppetite", "Birdsong", "Rivals", "Orienting"])
def test_every_species_is_born_with_the_same_genome(world: str) -> None:
    for agent in ("steered", "learner", "steered-urgency"):
        learner = Population(agent, world, 1).learner
        assert type(learner) is Cortex
        assert learner.genome == CorticalGenome()


def test_a_critic_of_reward_tells_steering_of_reward_alone() -> None:
    for agent, channels in (("steered", 5), ("steered-predicted-reward", 1), ("steered-predicted-reward-state", 1)):
        population = Population(agent, "SaltAppetite", 2, seed=1)
        live(population, 300)
        learner = population.learner
        assert isinstance(learner, Cortex)
        assert len(learner.forecast_channels) == channels
        recollection = learner.recall()
        assert recollection is not None
        assert (recollection.predicted_channels is None) == (channels == 1)
        assert (recollection.predicted_reward is None) == (channels == 5)
        hears_need = learner.code.parts[1].columns.stop > learner.spec.outer.size
        assert hears_need == (agent != "steered-predicted-reward")


def test_a_critic_of_the_reflex_looks_ahead_to_the_reflex_alone() -> None:
    here, elsewhere = np.arange(ACTIVE, dtype=np.int32), np.arange(ACTIVE, 2 * ACTIVE, dtype=np.int32)
    for then_reflex in (False, True):
        animal = One(1, appraised=False)
        for _ in range(60):
            animal.act(here, 0, np.array([0.2]), elsewhere, ended=True)
            animal.act(here, 2, np.array([1.0]), elsewhere, ended=True)
        animal.caution = animal.caution._replace(then_reflex=then_reflex)
        decided = animal.decided(here, np.ones(1))
        assert decided.ahead[0, 0] == pytest.approx(0.2 if then_reflex else 1.0, abs=0.05)


def test_there_is_a_lesion_only_where_there_is_something_to_remove() -> None:
    mouse, rat, bird = (Population("steered", world, 1).learner for world in ("LoomingEscape", "SaltAppetite", "Birdsong"))
    assert mouse is not None
    assert rat is not None
    assert bird is not None
    assert set(mouse.lesionable) == {"assessors", "plasticity", "place_memory"}
    assert set(rat.lesionable) == {"assessors", "plasticity"}
    assert set(bird.lesionable) == {"assessors", "plasticity", "variability"}


@pytest.mark.parametrize(("world", "ring"), [("SaltAppetite", "coming_trace"), ("Birdsong", "motor_trace")])
def test_a_forged_ring_is_refused(world: str, ring: str) -> None:
    population = Population("steered", world, 2, seed=1)
    live(population, 20)
    learner = population.learner
    assert learner is not None
    state = learner.get_state()
    state[f"{ring}/length"] = np.full_like(state[f"{ring}/length"], 10_000)
    with pytest.raises(StateMismatch, match="length names number 10000"):
        learner.set_state(state)


def test_chance_does_not_repeat_a_newborn() -> None:
    chosen = []
    for agent in ("learner", "random-options"):
        population = Population(agent, "Rivals", 4, seed=3)
        population.lesion("plasticity")
        chosen.append(np.array([population.tick().proposal.option for _ in range(60)]))
    assert not np.array_equal(*chosen)
    assert (chosen[0] == chosen[1]).mean() < 0.6, "three acts agree in a third of cases by chance"


def test_no_forecast_leaves_the_range_of_what_life_has_brought() -> None:
    animal, here = One(1, appraised=False), np.arange(ACTIVE, dtype=np.int32)
    animal.memory.table[0, here, 0] = -9.0
    animal.memory.table[0, here, 2] = 40.0
    assert animal.decided(here, np.ones(1)).reach[0, 2, 0] > 100.0
    animal.least, animal.most = np.array([-1.5]), np.array([0.5])
    reach = animal.decided(here, np.ones(1)).reach[0, :, 0]
    assert reach[0] == -1.5
    assert reach[2] == 0.5


@pytest.mark.parametrize("gain", [0.0, -0.2])
def test_the_limits_are_those_of_all_that_was_ever_felt(gain: float) -> None:
    rats = Population("cortex+earned", "SaltAppetite", animals=2, seed=3)
    live(rats, 200)
    learner = rats.learner
    assert isinstance(learner, Cortex)
    limits = learner.bouts.limits.ahead
    assert (limits[:, 0] <= 0.0).all()
    assert (limits[:, 1] > 0.0).any()
    before = limits.copy()
    accumulate(
        learner.bout.records,
        np.full((2, 5), gain),
        np.zeros((2, 3)),
        1.0,
        10.0,
        learner.bouts.felt.gained,
        learner.bouts.felt.acted,
        limits,
    )
    assert (limits[:, 0] == np.minimum(before[:, 0], np.float32(10.0 * gain))).all()
    assert (limits[:, 1] == before[:, 1]).all()


def test_an_advantage_over_a_reflex_that_was_hardly_tried_is_less_sure() -> None:
    bounds = []
    for times in (1, 30):
        animal, here = One(1, appraised=False), np.arange(ACTIVE, dtype=np.int32)
        for column, visits in ((animal.lay.visits, times), (animal.lay.visits + 2, 30)):
            animal.memory.table[0, here, column] = visits
        animal.memory.table[0, here, 2] = 0.3
        animal.decided(here, np.ones(1))
        assert animal.bout.chosen[0] == 2
        bounds.append(animal.bout.lower_bound[0])
    assert bounds[0] < bounds[1] - 0.1


def test_an_animal_without_reflexes_is_not_pessimistic_and_explores_any_act() -> None:
    animal, here = One(1, appraised=False), np.arange(ACTIVE, dtype=np.int32)
    animal.caution = CAUTION._replace(may_defer=False)
    animal.memory.table[0, here, 3] = -1.0  # it has learned that this act does harm
    assert set(animal.tried(here, 1.0)) == {1, 2, 3}
    total = animal.decided(here, np.ones(1)).total[0]
    assert animal.bout.lower_bound[0] == total[1:].max() - total[0]
    alone = Population("learner", "LoomingEscape", animals=1, seed=1).learner
    assert isinstance(alone, Cortex)
    assert not alone._caution.may_defer
    assert alone._caution.uniform_alone == alone.genome.uniform


def test_an_animal_explores_where_it_knows_what_the_reflex_brings() -> None:
    animal, here = One(1, appraised=False), np.arange(ACTIVE, dtype=np.int32)
    counts = []
    for visits in (0.0, 1.0, 99.0):
        animal.memory.table[0, here, animal.lay.visits] = visits
        counts.append(len(animal.tried(here, 1.0)))
    assert counts[0] == 0
    assert 60 < counts[1] < 140
    assert counts[2] > 190


def test_an_animal_with_a_futile_reflex_tries_any_act_in_need_until_one_helps() -> None:
    animal, here = One(1, appraised=False), np.arange(ACTIVE, dtype=np.int32)
    animal.bout.arousal[0] = 1.0
    assert not animal.tried(here, 0.0), "a reflex is trusted until it is known to be futile"
    assert set(animal.tried(here, 0.0, futile=True)) == {1, 2, 3}
    animal.memory.table[0, here, 3] = 0.5
    assert not animal.tried(here, 0.0, futile=True), "it knows what helps"
    animal.memory.table[0, here, 3] = 0.0
    animal.bout.arousal[0] = 0.0
    assert not animal.tried(here, 0.0, futile=True), "nothing is at stake"


class MemoryOfReward(ReadOut):
    """Expects as much reward as has come so far."""

    lesionable = ("memory_of_reward",)

    def __init__(self, animals: int) -> None:
        self.felt = BatchState(animals, sum=0.0)

    def birth(self, streams: Any, mask: np.ndarray) -> None:
        self.felt.restart(mask)

    def recall(self, found: Recollection, lesions: Any) -> None:
        found.predicted_reward = self.felt.sum * ~lesions.memory_of_reward

    def learn(self, step: Step) -> None:
        self.felt.sum += step.rate * step.brought[:, 0]

    def state_parts(self) -> dict[str, Any]:
        return {"memory_of_reward": self.felt}

    def learned(self) -> dict[str, np.ndarray]:
        return {"memory_of_reward": self.felt.sum}


class Rememberer(Cortex):
    """The cortex with a read-out of a third party."""

    name = "rememberer"

    def _make_read_outs(self) -> None:
        super()._make_read_outs()
        self.step_read_outs += (MemoryOfReward(self.num_animals),)


def test_a_read_out_of_ones_own_is_one_class() -> None:
    population, fresh = (Population(f"{__name__}:Rememberer+earned", "Rivals", 3, seed=seed) for seed in (4, 5))
    assert isinstance(population.learner, Rememberer)
    brought = np.zeros(3)
    for _ in range(50):
        brought += population.tick().verdict.judged
    felt = population.learner.read_outs()["memory_of_reward"]
    assert felt == pytest.approx(brought)
    assert brought.any()
    population.lesion("memory_of_reward", [1])
    recalled = population.learner.recall()
    assert recalled is not None
    assert recalled.predicted_reward is not None
    assert recalled.predicted_reward == pytest.approx(felt * [1.0, 0.0, 1.0])
    fresh.set_state(population.get_state())
    assert np.array_equal(fresh.tick().action, population.tick().action)
    assert np.array_equal(fresh.learner.read_outs()["memory_of_reward"], population.learner.read_outs()["memory_of_reward"])
