"""Lives of a world: determined by the seed, kept whole by copies and other processes, cut into episodes as Gymnasium has it."""

from __future__ import annotations

import multiprocessing
import pickle
from functools import cache
from typing import Any, cast

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.utils.env_checker import check_env
from gymnasium.vector import AutoresetMode

from envs import make_single
from envs.single import Single
from nestling.testing.strict import strictly
from nestling.testing.worlds import EPISODE, assert_in_range, assert_same, build, record


@cache
def _another_process() -> Any:
    """Started once for all worlds, since that takes seconds."""
    return multiprocessing.get_context("spawn").Pool(1)


def _record(payload: bytes) -> bytes:
    world = pickle.loads(payload)
    return pickle.dumps(record(world, 50))


class LivesContract:
    """Lives of a world: determined by the seed, kept whole by copies and other processes, cut into episodes as Gymnasium has it."""

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
        seen: list[Any] = [built.observation.copy()]
        for _ in range(2 * EPISODE):
            same = np.repeat(built.random_actions()[:1], 2, axis=0)
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

    def test_pickles_under_spawn(self, world: Any) -> None:
        built = build(world)
        built.reset(seed=8)
        theirs = pickle.loads(_another_process().apply(_record, (pickle.dumps(built),)))
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
