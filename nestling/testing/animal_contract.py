"""The contracts of steering subsystems, learners and hand-over rules, and of whole animals made of them."""

from __future__ import annotations

import copy
import pickle
from functools import cache
from typing import Any

import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode

from agents.life import live
from agents.population import Population
from agents.registration import make_single_steered, make_steered
from core.errors import InvalidArgument, ResetNeeded, UnknownName, WrongOrder
from nestling.testing.strict import strictly
from nestling.testing.worlds import assert_in_range

BRIEF_DAYS = {"max_episode_steps": 70}
"""So that a brief life has several days in every world."""


def states_equal(one: dict[str, np.ndarray], other: dict[str, np.ndarray]) -> bool:
    """Bit for bit."""
    return one.keys() == other.keys() and all(np.array_equal(one[name], other[name], equal_nan=True) for name in one)


def row_of(state: dict[str, np.ndarray], row: int) -> dict[str, np.ndarray]:
    """One animal's part of a population's state."""
    return {name: array[row : row + 1] for name, array in state.items()}


@cache
def misfit(world: Any, agent: str) -> str:
    """Why this animal cannot live in this world; empty where it can."""
    try:
        Population(agent, world, 1)
    except InvalidArgument as error:
        return str(error)
    return ""


class SteeredContract:
    """Rules of a world with its steering inside."""

    def test_checkers(self, world: Any) -> None:
        with strictly():
            check_env(make_single_steered(world), skip_render_check=True)
            checker = pytest.importorskip("stable_baselines3.common.env_checker", reason="SB3 is not installed")
            checker.check_env(make_single_steered(world))

    def test_info(self, world: Any) -> None:
        steered = make_steered(world, 3)
        _, info = steered.reset(seed=1)
        keys = set(info)
        assert {"fitness", "learner_in_charge", "action"} <= keys
        *_, stepped = steered.step(steered.world.random_actions())
        assert set(stepped) == keys, "reset and step must have the same keys"

    def test_reward_is_not_fitness(self, world: Any) -> None:
        steered = make_steered(world, 8, hand_over="always")
        steered.reset(seed=1)
        rewards, fitness = [], []
        for _ in range(200):
            _, reward, _, _, info = steered.step(steered.world.random_actions())
            rewards.append(reward)
            fitness.append(info["fitness"])
        earned, scored = np.ravel(rewards), np.ravel(fitness)
        assert not np.allclose(earned, scored), "the learner must be taught by steering's judgement, not by fitness"
        factor = np.dot(earned, scored) / max(np.dot(scored, scored), 1e-12)
        assert factor <= 0.0 or not np.allclose(earned, factor * scored), "reward must not be a multiple of fitness either"

    def test_autoreset_modes_agree(self, world: Any) -> None:
        days = {mode: self._days(world, mode) for mode in AutoresetMode}
        for mode, seen in days.items():
            for number, (one, other) in enumerate(zip(days[AutoresetMode.DISABLED], seen, strict=True)):
                assert np.array_equal(one, other), f"day {number} in {mode} differs from DISABLED"

    @staticmethod
    def _days(world: Any, mode: AutoresetMode) -> list[np.ndarray]:
        steered = make_steered(world, 1, hand_over="urgency", autoreset_mode=mode, max_episode_steps=60)
        observation, _ = steered.reset(seed=3)
        action = steered.world.random_actions()
        days: list[np.ndarray] = []
        day = [observation[0]]
        while len(days) < 3:
            observation, _, terminated, truncated, info = steered.step(action)
            if not (terminated[0] or truncated[0]):
                day.append(observation[0])
                continue
            days.append(np.stack([*day, info["final_obs"][0] if mode is AutoresetMode.SAME_STEP else observation[0]]))
            if mode is AutoresetMode.NEXT_STEP:
                observation, reward, *_ = steered.step(action)
                assert reward[0] == 0.0
            elif mode is AutoresetMode.DISABLED:
                observation, _ = steered.reset(options={"reset_mask": np.array([True])})
            day = [observation[0]]
        return days

    def test_resetting_one_row_leaves_the_others_alone(self, world: Any) -> None:
        steered = make_steered(world, 2, hand_over="never", autoreset_mode=AutoresetMode.DISABLED)
        steered.reset(seed=3)
        for _ in range(20):
            *_, terminated, truncated, _ = steered.step(steered.world.random_actions())
            if (terminated | truncated).any():
                steered.reset(options={"reset_mask": terminated | truncated})
        before = steered.get_state()
        steered.reset(options={"reset_mask": np.array([True, False])})
        assert states_equal(row_of(before, 1), row_of(steered.get_state(), 1)), "row 1 was not reset and must not change"

    def test_order_of_calls(self, world: Any) -> None:
        steered = make_steered(world, 1)
        with pytest.raises(ResetNeeded):
            steered.step(steered.action_space.sample())
        with pytest.raises(ResetNeeded):
            steered.get_state()

    def test_observation_hides_what_only_steering_hears(self, world: Any) -> None:
        steered = make_steered(world, 1)
        hidden = [sense.name for sense in steered.world.senses if "learning" not in sense.heard_by]
        assert not set(hidden) & set(steered.observation_senses.names)

    def test_steering_stays_in_bounds(self, world: Any) -> None:
        steered = make_steered(world, 8, hand_over="never", autoreset_mode=AutoresetMode.SAME_STEP)
        steered.reset(seed=5)
        space = steered.single_action_space
        for _ in range(900):
            reflex = steered.reflex
            assert reflex is not None
            assert ((reflex.urgency >= 0) & (reflex.urgency <= 1)).all(), "urgency must lie in [0, 1]"
            assert ((reflex.arousal >= 0) & (reflex.arousal <= 1)).all(), "arousal must lie in [0, 1]"
            assert all(space.contains(action.astype(space.dtype)) for action in reflex.action), (
                "reflexes must be valid actions"
            )
            observation, reward, *_ = steered.step(steered.world.random_actions())
            assert np.isfinite(reward).all()
            assert all(steered.single_observation_space.contains(row) for row in observation), (
                "signals must keep their range"
            )
            assert_in_range(steered.steering.transient_state, steered.steering.transient)
            for variable in steered.steering.variables:
                values = getattr(steered.steering.mutable, variable.name)
                assert ((values >= variable.low) & (values <= variable.high)).all(), (
                    f"{variable.name} left its declared range"
                )

    @pytest.mark.parametrize("mode", list(AutoresetMode))
    def test_reacts_once_for_every_observation(
        self, world: Any, mode: AutoresetMode, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        steered = make_steered(world, 3, hand_over="urgency", autoreset_mode=mode, max_episode_steps=20)
        steered.counterfactual = mode is not AutoresetMode.DISABLED  # what would be without a memory happens to nobody
        reacted = 0
        react = type(steered.steering)._react

        def count(self: Any, *senses: Any) -> Any:
            nonlocal reacted
            reacted += self.num_animals if self is steered.steering else 0
            return react(self, *senses)

        monkeypatch.setattr(type(steered.steering), "_react", count)
        steered.reset(seed=3)
        observations = 3
        for _ in range(90):
            *_, terminated, truncated, _ = steered.step(steered.world.random_actions())
            ended = terminated | truncated
            observations += 3 + int(
                ended.sum() if mode is AutoresetMode.SAME_STEP else 0
            )  # the last of a day, and the first
            if mode is AutoresetMode.DISABLED and ended.any():
                steered.reset(options={"reset_mask": ended})
                observations += int(ended.sum())
        assert reacted == observations, "steering must react once to every observation that an animal makes"

    def test_mutable_variables_can_be_set_and_frozen(self, world: Any) -> None:
        steered = make_steered(world, 2, hand_over="never", autoreset_mode=AutoresetMode.SAME_STEP)
        steered.reset(seed=5)
        steering = steered.steering
        for variable in steering.variables:
            assert variable.meaning
            assert variable.source
            value = 0.5 * (variable.low + min(variable.high, variable.low + 10.0))
            steering.set_variable(variable.name, value, [0])
            steering.freeze_variable(variable.name, [0])
        for _ in range(300):
            steered.step(steered.world.random_actions())
        for variable in steering.variables:
            value = 0.5 * (variable.low + min(variable.high, variable.low + 10.0))
            assert getattr(steering.mutable, variable.name)[0] == value, f"{variable.name} changed although frozen"
        with pytest.raises(UnknownName):
            steering.set_variable("no_such_variable", 1.0)

    def test_lesions_are_named(self, world: Any) -> None:
        population = Population("steered", world, 2, seed=0)
        for part in population.steered.steering.lesionable:
            population.lesion(part, [1])
            assert population.steered.steering.lesioned(part).tolist() == [False, True]
        with pytest.raises(UnknownName):
            population.lesion("no_such_part")

    def test_what_is_remembered_of_places_stays_in_its_range(self, world: Any) -> None:
        population = Population("cortex+always", world, 3, seed=2)
        learner: Any = population.learner
        if learner.goals.place_memory.channels:
            live(population, 600)
            memory = learner.goals.place_memory.state.memory
            assert ((memory >= 0.0) & (memory <= 1.0)).all(), "rates of memory must fit the length of a step"


class AnimalContract:
    """Rules of whole animals, for any learner and hand-over rule: ``agent`` is LEARNER+RULE."""

    @pytest.fixture(autouse=True)
    def _fits(self, world: Any, agent: str) -> None:
        if why := misfit(world, agent):
            pytest.skip(why)

    def test_life_does_not_depend_on_the_others(self, world: Any, agent: str) -> None:
        many, one = Population(agent, world, 5, seed=70, **BRIEF_DAYS), Population(agent, world, 1, seed=73, **BRIEF_DAYS)
        live(many, 150)
        live(one, 150)
        assert states_equal(row_of(many.get_state(), 3), one.get_state()), "animal 3 must live as it would alone"

    def test_state_round_trip(self, world: Any, agent: str) -> None:
        first = Population(agent, world, 2, seed=1, **BRIEF_DAYS)
        live(first, 80)
        saved = first.get_state()
        live(first, 80)
        second = Population(agent, world, 2, seed=1, **BRIEF_DAYS)
        second.set_state(saved)
        live(second, 80)
        assert states_equal(first.get_state(), second.get_state()), "a restored animal must go on bit for bit"

    def test_choice_is_a_mask(self, world: Any, agent: str) -> None:
        population = Population(agent, world, 3, seed=1)
        for _ in range(40):
            chosen = population.tick().in_charge
            assert chosen.dtype == bool
            assert chosen.shape == (3,)
        assert population.steered.hand_over.proven, "a rule must say what is proven"

    def test_recall_changes_nothing(self, world: Any, agent: str) -> None:
        asked, left = (Population(agent, world, 2, seed=6, **BRIEF_DAYS) for _ in range(2))
        for _ in range(75):
            asked.tick()
            left.tick()
            for _ in range(3):
                asked.learner.recall()  # type: ignore[union-attr]  # all agents here have a learner
        assert states_equal(asked.get_state(), left.get_state()), (
            "recall must change nothing, however often it is asked for"
        )

    def test_calls_out_of_order_are_refused(self, world: Any, agent: str) -> None:
        population = Population(agent, world, 2, seed=6)
        live(population, 5)
        learner, steered = population.learner, population.steered
        assert learner is not None
        assert steered.reflex is not None
        before = learner.get_state()
        with pytest.raises(WrongOrder, match="time to propose"):
            learner.observe(steered.observation)
        with pytest.raises(WrongOrder, match="time to propose"):
            learner.learn(None)  # type: ignore[arg-type]  # it is refused before it is looked at
        assert states_equal(before, learner.get_state()), "a refused call must change nothing"
        learner.propose(steered.observation, steered.reflex, steered.gains)
        with pytest.raises(WrongOrder, match="time to observe"):
            learner.propose(steered.observation, steered.reflex, steered.gains)

    def test_genome_is_shared_but_wiring_is_not(self, world: Any, agent: str) -> None:
        population = Population(agent, world, 16, seed=1)  # of two, both may draw the same by chance
        learner = population.learner
        assert learner is not None
        state = learner.get_state()
        wiring = [array for name, array in state.items() if name.startswith("wiring/")]
        assert wiring, '_state_parts must name what is drawn at birth "wiring"'
        assert any((array != array[:1]).any() for array in wiring), "each animal must be wired at random"

    def test_a_copy_lives_the_same_life(self, world: Any, agent: str) -> None:
        population = Population(agent, world, 2, seed=2, **BRIEF_DAYS)
        live(population, 50)
        copied, unpickled = copy.deepcopy(population), copy.deepcopy(population)
        unpickled.learner = pickle.loads(pickle.dumps(population.learner))
        for animals in (population, copied, unpickled):
            live(animals, 40)
        for twin in (copied, unpickled):
            assert states_equal(population.get_state(), twin.get_state()), "a copy must go on as the original does"

    def test_a_broken_tick_can_be_taken_up_again(self, world: Any, agent: str) -> None:
        population = Population(agent, world, 2, seed=2)
        live(population, 5)

        def fail(proposal: Any) -> Any:
            raise KeyboardInterrupt

        population.driver = fail
        with pytest.raises(KeyboardInterrupt):
            population.tick()
        population.driver = None
        live(population, 5)
        population.steered.reset(options={"reset_mask": np.array([True, False])})
        live(population, 5)

    def test_learned_state_pickles(self, world: Any, agent: str) -> None:
        population = Population(agent, world, 2, seed=1)
        live(population, 50)
        state = pickle.loads(pickle.dumps(population.get_state()))
        assert states_equal(state, population.get_state())
