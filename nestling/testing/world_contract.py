"""The contract of a world, as a test class that anyone can run on a world of their own.

import pytest
from nestling.testing.world_contract import WorldContract

@pytest.mark.parametrize("world", ["my_package.my_world:MyWorld"])
class TestMyWorld(WorldContract):
    pass
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import pickle
import re
import warnings
from typing import Any, cast

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode

from agents.constant_acts import fitness_of_constant_acts
from agents.population import Population
from core.arguments import Plain
from core.batch_state import Field
from core.errors import InvalidAction, InvalidArgument, NestlingError, ResetNeeded, StateMismatch, UnknownName
from envs import make_single, make_world, world_class
from envs.single import Single
from envs.world import SUMMARY_HEADINGS, World
from nestling.testing.strict import strictly
from steering.registration import steering_class

STEPS = 250
EPISODE = 60
LONG = 6000  # steps in which a declared end should happen


def build(world: Any, num_animals: int = 3, **options: Any) -> World:
    """A world with short episodes, so that many end within a test."""
    return make_world(world, num_animals, **({"max_episode_steps": EPISODE} | options))


def fitness_of_policy(world: Any, policy: str, animals: int, seed: int, steps: int) -> float:
    """Mean summed fitness of so many steps of the "random" or the "oracle" policy."""
    built, total = make_world(world, animals), 0.0
    built.reset(seed=seed)
    for _ in range(steps):
        total += float(built.step(built.random_actions() if policy == "random" else built.oracle_actions())[1].mean())
    return total


def says_it_terminates(kind: type[World]) -> bool:
    """Whether the paragraph "End" of a world's docstring says what terminates an episode."""
    end = re.search(r"^ *End:(.*?)(?=^ *[A-Z][A-Za-z ]+:$|\Z)", kind.__doc__ or "", re.MULTILINE | re.DOTALL)
    clauses = [] if end is None else re.split("[.;]", end[1])
    return any(re.search("terminated", one, re.I) and not re.search(r"\b(never|not|no)\b", one, re.I) for one in clauses)


def record(world: World, steps: int = STEPS) -> list[np.ndarray]:
    """Observations, fitness and flags of random actions."""
    seen = [world.observation.copy()]
    for _ in range(steps):
        observation, fitness, terminated, truncated, _ = world.step(world.random_actions())
        seen += [observation, fitness, terminated, truncated]
    return seen


def assert_same(one: list[np.ndarray], other: list[np.ndarray], why: str) -> None:
    """Bit for bit."""
    for index, (a, b) in enumerate(zip(one, other, strict=True)):
        assert np.array_equal(a, b), f"{why}: entry {index} differs"


def assert_in_range(fields: tuple[Field, ...], state: Any) -> None:
    """Every declared field of every animal lies in its range, and says what it is."""
    for field in fields:
        assert field.meaning, f"field {field.name!r} needs a meaning"
        values = getattr(state, field.name)
        inside = field.holds(values)
        assert inside.all(), (
            f"field {field.name!r} of animal {int(np.argmin(inside))} is {values[np.argmin(inside)]}, outside its declared range "
            f"[{field.low:g}, {field.high:g}]"
        )


def _in_another_process(payload: bytes) -> bytes:
    world = pickle.loads(payload)
    return pickle.dumps(record(world, 50))


class WorldContract:
    """Every rule that a world must keep; each message states the rule."""

    def test_gymnasium_checker(self, world: Any) -> None:
        with strictly():
            single = Single(build(world, 1, autoreset_mode=AutoresetMode.DISABLED))
            check_env(single, skip_render_check=True)

    def test_stable_baselines3_checker(self, world: Any) -> None:
        checker = pytest.importorskip("stable_baselines3.common.env_checker", reason="SB3 is not installed")
        with strictly():
            checker.check_env(make_single(world))

    def test_same_seed_same_life(self, world: Any) -> None:
        lives = []
        for _ in range(2):
            built = build(world)
            built.reset(seed=11)
            lives.append(record(built))
        assert_same(lives[0], lives[1], "the same seed must give the same life")

    def test_other_seed_other_life(self, world: Any) -> None:
        built = build(world, 2)
        built.reset(seed=1)
        same = np.repeat(built.random_actions()[:1], 2, axis=0)
        seen: list[Any] = [built.observation.copy()]
        for _ in range(2 * EPISODE):
            seen.append(built.step(same)[0])
        assert any(not np.array_equal(part[0], part[1]) for part in seen), "seeds must reach the draws of every row"

    def test_row_equals_single_life(self, world: Any) -> None:
        batch = build(world, 5)
        batch.reset(seed=40)
        seen: list[Any] = record(batch)
        for row in (0, 3):
            alone = build(world, 1)
            alone.reset(seed=40 + row)
            assert_same(
                [part[row : row + 1] for part in seen], record(alone), f"row {row} must equal the single life of its seed"
            )

    def test_global_random_state_is_left_alone(self, world: Any) -> None:
        np.random.seed(5)  # noqa: NPY002  # the legacy global state is what must not be touched
        before: Any = np.random.get_state(legacy=True)[1].copy()  # type: ignore[index]  # noqa: NPY002  # as above
        built = build(world)
        built.reset(seed=0)
        record(built, 20)
        after: Any = np.random.get_state(legacy=True)[1]  # type: ignore[index]  # noqa: NPY002  # as above
        assert np.array_equal(before, after), "a world must draw from its own streams only"

    def test_state_round_trip(self, world: Any) -> None:
        built = build(world)
        built.reset(seed=3)
        record(built, 70)
        state = built.get_state()
        first = record(built, 100)
        built.set_state(state)
        assert_same(first, record(built, 100), "a restored state must go on as before, random streams included")
        other = build(world)
        other.reset(seed=99)
        other.set_state(state)
        assert_same(first, record(other, 100), "a state must fit another instance")

    def test_foreign_state_is_refused(self, world: Any) -> None:
        built = build(world)
        built.reset(seed=3)
        state = built.get_state()
        before = built.get_state()
        broken = dict(state)
        broken.popitem()
        with pytest.raises(StateMismatch):
            built.set_state(broken)
        with pytest.raises(StateMismatch):
            build(world, 2).set_state(state)
        wrong: list[Any] = [None, [], {1: np.zeros(2)}, {name: [[1], [2, 3]] for name in state}]
        for odd in wrong:
            with pytest.raises(StateMismatch):
                built.set_state(odd)
        assert_same(list(before.values()), list(built.get_state().values()), "a refused state must change nothing")

    def test_pickles_under_spawn(self, world: Any) -> None:
        built = build(world)
        built.reset(seed=8)
        payload = pickle.dumps(built)
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            theirs = pickle.loads(pool.apply(_in_another_process, (payload,)))
        assert_same(record(built, 50), theirs, "a pickled world must live the same life in another process")

    def test_observations_stay_inside_their_space(self, world: Any) -> None:
        built = build(world, 8, max_episode_steps=200)
        built.reset(seed=17)
        space: Any = built.single_observation_space
        choose = np.random.default_rng(0)
        names = list(built.manipulations())
        for step in range(1500):
            if names and step % 60 == 59:
                built.manipulate(names[choose.integers(len(names))], [int(choose.integers(8))])
            observation, fitness, *_ = built.step(built.random_actions())
            assert observation.dtype == np.float32
            assert np.isfinite(fitness).all(), "fitness must be finite"
            inside = (observation >= space.low) & (observation <= space.high)
            if not inside.all():
                row, entry = np.argwhere(~inside)[0]
                name = next(n for n in built.senses.names if entry in np.arange(built.senses.size)[built.senses.place(n)])
                pytest.fail(f"sense {name!r} of row {row} is {observation[row, entry]}, outside its declared range")

    def test_state_stays_inside_its_declared_ranges(self, world: Any) -> None:
        built = build(world, 8, max_episode_steps=200)
        built.reset(seed=19)
        choose = np.random.default_rng(1)
        names = list(built.manipulations())
        for step in range(600):
            if names and step % 60 == 59:
                built.manipulate(names[choose.integers(len(names))], [int(choose.integers(8))])
            built.step(built.random_actions())
            assert_in_range(built.state, built.body)

    def test_autoreset_modes_agree(self, world: Any) -> None:
        """The days of one animal are the same in all three modes; actions are a function of the step of the day."""
        days = {mode: self._days(world, mode) for mode in AutoresetMode}
        for mode, seen in days.items():
            for one, other in zip(days[AutoresetMode.DISABLED], seen, strict=False):
                assert np.array_equal(one, other), f"{mode} shows another life than DISABLED"
            assert len(seen) >= 4

    def _days(self, world: Any, mode: AutoresetMode) -> list[np.ndarray]:
        built = build(world, 1, autoreset_mode=mode)
        observation, _ = built.reset(seed=23)
        actions = np.random.default_rng(1)
        space: Any = built.single_action_space
        held = [self._action(space, actions) for _ in range(EPISODE)]
        days: list[np.ndarray] = []
        day, step = [observation[0]], 0
        while len(days) < 4:
            observation, _, terminated, truncated, info = built.step(held[step][None])
            step += 1
            if terminated[0] or truncated[0]:
                final = info["final_obs"][0] if mode is AutoresetMode.SAME_STEP else observation[0]
                days.append(np.stack([*day, final]))
                if mode is AutoresetMode.NEXT_STEP:
                    observation, reward, *flags, _ = built.step(held[0][None])
                    assert reward[0] == 0.0, "the step of a NEXT_STEP autoreset has reward 0"
                    assert not any(flag[0] for flag in flags), "the step of a NEXT_STEP autoreset ends nothing"
                elif mode is AutoresetMode.DISABLED:
                    observation, _ = built.reset(options={"reset_mask": np.array([True])})
                day, step = [observation[0]], 0
            else:
                day.append(observation[0])
        return days

    @staticmethod
    def _action(space: Any, rng: np.random.Generator) -> np.ndarray:
        if isinstance(space, gym.spaces.Box):
            return rng.uniform(space.low, space.high).astype(space.dtype)
        space = cast(Any, space)
        return np.asarray(rng.integers(space.n) + space.start)

    def test_same_step_reports_the_end(self, world: Any) -> None:
        built = build(world, 2, autoreset_mode=AutoresetMode.SAME_STEP)
        built.reset(seed=2)
        for _ in range(EPISODE):
            *_, terminated, truncated, info = built.step(built.random_actions())
            ended = terminated | truncated
            if ended.any():
                break
        assert ended.any()
        assert np.array_equal(info["_final_obs"], ended)
        assert np.array_equal(info["_final_info"], ended)
        row = int(np.argmax(ended))
        assert info["final_obs"][row].shape == built.single_observation_space.shape
        assert set(info["final_info"]) >= set(built._facts()), "final_info must hold the world's facts"

    def test_final_facts_are_those_before_the_reset(self, world: Any) -> None:
        built = {mode: build(world, 4, autoreset_mode=mode) for mode in (AutoresetMode.SAME_STEP, AutoresetMode.DISABLED)}
        for one in built.values():
            one.reset(seed=31)
        infos = {}
        for _ in range(EPISODE):
            action = built[AutoresetMode.DISABLED].random_actions()
            for mode, one in built.items():
                *_, terminated, truncated, infos[mode] = one.step(action)
            ended = terminated | truncated
            if ended.any():
                break
        final, plain = infos[AutoresetMode.SAME_STEP]["final_info"], infos[AutoresetMode.DISABLED]
        for name in built[AutoresetMode.DISABLED]._facts():
            assert np.array_equal(final[name][ended], plain[name][ended]), f"final_info[{name!r}] is not that of the end"

    def test_info_has_the_same_keys_and_masks(self, world: Any) -> None:
        built = build(world)
        _, info = built.reset(seed=1)
        keys = set(info)
        assert all(f"_{key}" in keys for key in keys if not key.startswith("_")), "every key needs its mask"
        assert set(built.step(built.random_actions())[4]) == keys, "reset and step must have the same keys"

    def test_results_are_copies(self, world: Any) -> None:
        built = build(world)
        observation, _ = built.reset(seed=1)
        kept = observation.copy()
        observation[:] = 7.0
        again = built.observation.copy()
        assert np.array_equal(kept, again), "reset must return a copy"
        stepped = built.step(built.random_actions())[0]
        kept = stepped.copy()
        built.step(built.random_actions())
        assert np.array_equal(kept, stepped), "step must return a copy"

    def test_bad_actions_are_refused_before_anything_happens(self, world: Any) -> None:
        built = build(world)
        built.reset(seed=1)
        good, space = built.random_actions(), cast(Any, built.single_action_space)
        before = built.get_state()
        bad: list[Any] = [good[:2], good[..., None], np.full(good.shape, "x"), None]
        if isinstance(space, gym.spaces.Box):
            bad += [np.full_like(good, value) for value in (np.nan, np.inf, -np.inf)]
        else:
            bad += [np.full_like(good, space.start + space.n), good + 0.5]
        for action in bad:
            with pytest.raises(InvalidAction):
                built.step(action)
        assert_same(list(before.values()), list(built.get_state().values()), "a refused action must change nothing")

    def test_actions_outside_a_box_are_clipped_unless_strict(self, world: Any) -> None:
        space = cast(Any, world_class(world).single_action_space)
        if not isinstance(space, gym.spaces.Box):
            pytest.skip("a Discrete space has no outside to clip from")
        far = np.random.default_rng(0).choice([-1e6, 1e6], (20, 3, *space.shape))
        lives = []
        for actions in (far, np.clip(far, space.low, space.high)):
            built = build(world)
            built.reset(seed=6)
            lives.append([built.step(action)[0] for action in actions])
        assert_same(lives[0], lives[1], "an action outside the Box must do what the clipped action does")
        strict = build(world, strict=True)
        strict.reset(seed=6)
        with pytest.raises(InvalidAction, match="outside"):
            strict.step(far[0])

    def test_order_of_calls(self, world: Any) -> None:
        fresh = build(world)
        with pytest.raises(ResetNeeded, match="reset"):
            fresh.step(np.zeros(fresh.action_space.shape, fresh.action_space.dtype))
        built = build(world, 2, autoreset_mode=AutoresetMode.DISABLED, max_episode_steps=3)
        built.reset(seed=0)
        for _ in range(3):
            built.step(built.random_actions())
        with pytest.raises(ResetNeeded, match="finished"):
            built.step(built.random_actions())

    @pytest.mark.parametrize(
        "options",
        [{"reset_mask": [True]}, {"reset_mask": np.zeros(3, bool)}, {"reset_mask": np.ones(2, bool)}, 5, ["reset_mask"]],
    )
    def test_bad_reset_masks(self, world: Any, options: Any) -> None:
        with pytest.raises(InvalidArgument):
            build(world).reset(seed=0, options=options)

    def test_bad_arguments(self, world: Any) -> None:
        for count in (0, -1, 1.5, "3"):
            with pytest.raises(InvalidArgument, match="whole number"):
                build(world, count)  # type: ignore[arg-type]
        with pytest.raises(UnknownName):
            build(world, render_mode="ascii")
        with pytest.raises(UnknownName):
            build(world, autoreset_mode="sometimes")
        for seed in (-1, [1, 2], [0.5, 1, 2], 2**64 - 2, "1", 1.5, {1: 2}):
            with pytest.raises(InvalidArgument):
                build(world).reset(seed=seed)
        for dt in ("0.1", 0.0, -1.0, np.nan, [0.1], np.ones(3)):
            with pytest.raises(InvalidArgument):
                build(world, dt=dt)
        with pytest.raises(UnknownName, match="option"):
            build(world, no_such_option=1)

    def test_manipulations(self, world: Any) -> None:
        for name, switch in world_class(world).manipulations().items():
            built = build(world)
            built.reset(seed=4)
            built.manipulate(name, [1])
            record(built, 30)
            assert switch.meaning, f"manipulation {name} needs a docstring"
        built = build(world)
        built.reset(seed=4)
        with pytest.raises(UnknownName):
            built.manipulate("no_such_switch")

    def test_refused_manipulations_change_nothing(self, world: Any) -> None:
        odd: tuple[Any, ...] = (np.nan, np.inf, "much", [1.0], {}, object(), np.zeros(2), 1j, 10**400)
        for name, switch in world_class(world).manipulations().items():
            built = build(world)
            built.reset(seed=4)
            record(built, 5)
            before = built.get_state()
            for rows in ([-1], [3], [0.5], "all", 1, np.ones(2, bool)):
                with pytest.raises(NestlingError):
                    built.manipulate(name, rows)  # type: ignore[arg-type]
            for parameter, value in [(parameter, value) for parameter in switch.parameters for value in odd]:
                if isinstance(switch.arguments[parameter], Plain) and value is not np.nan:
                    continue
                with pytest.raises(NestlingError):
                    built.manipulate(name, **{parameter: value})
            after = built.get_state()
            changed = [part for part in before if not np.array_equal(before[part], after[part])]
            assert not changed, f"the refused manipulation {name} changed {changed}"

    def test_fooled_niches(self, world: Any) -> None:
        for niche in world_class(world).fooled_niches:
            lives = {}
            for side in (niche.honest, niche.fooled):
                built = build(world)
                built.reset(seed=4)
                built.manipulate(niche.switch, **side)
                after = built.get_state()
                record(built, 30)
                lives[str(side)] = after
                if niche.lures:
                    assert built.body.lured.shape == (built.num_envs,)
            honest, fooled = lives.values()
            assert any(not np.array_equal(honest[name], fooled[name]) for name in honest), f"{niche.name} changes nothing"
            assert niche.meaning, f"the fooled niche {niche.name} needs a meaning"

    def test_frames(self, world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("DISPLAY", "WAYLAND_DISPLAY"):
            monkeypatch.delenv(name, raising=False)
        built = build(world, 2, render_mode="rgb_array")
        built.reset(seed=0)
        frames = built.render()
        assert frames is not None
        assert len(frames) == 2
        assert frames[0].shape == (480, 640, 3)
        assert frames[0].dtype == np.uint8
        assert len(np.unique(frames[0].reshape(-1, 3), axis=0)) > 5, "a frame must show something"

    def test_window(self, world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        if "DISPLAY" not in os.environ:
            monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
        built = build(world, 1, render_mode="human")
        built.reset(seed=0)
        for _ in range(3):
            built.step(built.random_actions())
        built.close()
        assert built.closed

    def test_oracle_beats_random(self, world: Any) -> None:
        steps = world_class(world).episode_steps
        random, oracle = (fitness_of_policy(world, policy, 16, 100, steps) for policy in ("random", "oracle"))
        assert oracle > random

    def test_declared_ends_happen(self, world: Any) -> None:
        kind = world_class(world)
        if not says_it_terminates(kind):
            return
        steps, tried = max(3 * kind.episode_steps, LONG), "random actions"
        built = make_world(world, 8)
        built.reset(seed=100)
        if any(built.step(built.random_actions())[2].any() for _ in range(steps)):
            return
        with contextlib.suppress(UnknownName):
            steering_class(kind)
            tried += f", nor in {steps:,} steps of its reflexes"
            population = Population("reflex", world, 8, seed=100)
            if any(population.tick().terminated.any() for _ in range(steps)):
                return
        warnings.warn(
            f"The docstring of {kind.__name__} says that episodes can be terminated, but none was in {steps:,} steps of {tried} "
            "(8 animals). Is that end out of reach?",
            stacklevel=1,
        )

    def test_no_act_held_for_life_is_a_good_life(self, world: Any) -> None:
        kind = world_class(world)
        animals, steps = 6, max(kind.episode_steps, 400)
        try:
            acts = fitness_of_constant_acts(world, animals, 100, steps)
        except UnknownName:
            return  # without steering nobody says what an act is
        low, high = (fitness_of_policy(world, policy, animals, 100, steps) for policy in ("random", "oracle"))
        best = max(acts, key=lambda name: acts[name].mean())
        score = (acts[best].mean() - low) / (high - low)
        if score > 0.5:
            warnings.warn(
                f"In {kind.__name__} an animal that does nothing but {best!r} for {steps:,} steps scores "
                f"{score:.2f} of the way from random actions to the oracle. Is there anything worth learning?",
                stacklevel=1,
            )

    def test_docstring_headings(self, world: Any) -> None:
        text = world_class(world).__doc__ or ""
        missing = [heading for heading in SUMMARY_HEADINGS if f"{heading}:" not in text]
        assert not missing, f"the docstring lacks {missing}"

    def test_declarations(self, world: Any) -> None:
        kind = world_class(world)
        assert kind.fitness_unit
        assert all(sense.meaning for sense in kind.senses), "every sense needs a meaning"
        assert kind.senses.heard_by("learning").size > 0, "a learner must hear something"
