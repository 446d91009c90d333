"""What a world refuses: with a clear error, and before anything has changed."""

from __future__ import annotations

from typing import Any, cast

import gymnasium as gym
import numpy as np
import pytest
from gymnasium.vector import AutoresetMode

from core.arguments import Plain
from core.errors import InvalidAction, InvalidArgument, NestlingError, ResetNeeded, StateMismatch, UnknownName
from envs import world_class
from nestling.testing.worlds import assert_same, build, record


class RefusalsContract:
    """What a world refuses: with a clear error, and before anything has changed."""

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
