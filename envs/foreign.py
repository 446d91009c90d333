"""Any Gymnasium environment as a world: one copy for each animal, with named senses."""

from __future__ import annotations

import abc
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

import gymnasium as gym
import numpy as np

from core.arguments import shown
from core.batch_state import BatchState
from core.errors import InvalidArgument, StateMismatch, told
from core.senses import Sense, Senses
from core.streams import check_same_layout
from envs.world import World
from envs.world_rules import broken_rule, broken_world


class ForeignWorld(World, abc.ABC):
    """A world around copies of a foreign single ``gymnasium.Env``; its reward is fitness.

    Each episode of each animal starts from a seed of that animal's own stream. The state of a foreign environment cannot be read, so
    a life is saved as the seed and the actions of its episode, and restored by doing them again; this is exact for any
    environment that is deterministic given its seed, and needs no code from a file.

    A subclass sets ``id``, ``dt``, ``episode_steps``, ``fitness_unit``, ``single_action_space`` and ``senses``, and writes
    ``make_env``; and ``flatten`` where an observation is not a plain array with one number for each number of the senses.
    Values outside their sense's range are cut to it. :func:`foreign_world` writes all this for an environment of bounded,
    plain observations.
    """

    stream_names: ClassVar[tuple[str, ...]] = ("episodes",)
    body: BatchState

    @abc.abstractmethod
    def make_env(self) -> gym.Env:
        """A new copy of the foreign environment; without a time limit of its own, if episodes are to be longer."""

    def flatten(self, observation: Any, env: Any) -> np.ndarray:
        """An observation of ``env`` as (senses.size,) numbers in the order of the senses; may look at the environment itself."""
        return np.asarray(observation, np.float32).ravel()

    def _make_body(self, num_animals: int) -> BatchState:
        self._envs = [self.make_env() for _ in range(num_animals)]
        space = self._envs[0].action_space
        if not _same_actions(space, self.single_action_space):
            raise InvalidArgument(
                f"{type(self).__name__}.single_action_space is {self.single_action_space}, but its environment takes {space}."
            )
        done = np.zeros((self.max_episode_steps, *(space.shape or ())), self.single_action_space.dtype)
        return BatchState(num_animals, seed=0, steps=0, actions=done, felt=np.zeros(self.senses.size, np.float32))

    def _be_born(self, mask: np.ndarray) -> None:
        """Nothing is for life but the seed."""

    def _begin_episode(self, mask: np.ndarray) -> None:
        draw = self.streams.uniform("episodes", 1, mask)[:, 0]
        self.body.seed[mask] = (draw * 2**31).astype(int)[mask]
        self.body.steps[mask] = 0
        for row in np.flatnonzero(mask):
            self._feel(row, self._result_of("reset", self._envs[row].reset(seed=int(self.body.seed[row])), 2)[0])

    def _result_of(self, method: str, result: Any, size: int) -> tuple[Any, ...]:
        """What a method of the foreign environment returned, if it has as many parts as Gymnasium says."""
        if not isinstance(result, tuple) or len(result) != size:
            told = f"{len(result)} values" if isinstance(result, tuple) else type(result).__name__
            wanted = {2: "(observation, info)", 5: "(observation, reward, terminated, truncated, info)"}[size]
            raise broken_world(
                self,
                f"its environment's {method}() gave {told}, but Gymnasium's gives {wanted}. For an environment of the old Gym, wrap it "
                "in make_env, for example by shimmy.",
            )
        return result

    def _number_of(self, reward: Any) -> float:
        """A reward as one number; some environments give it as an array of one."""
        array = np.asarray(reward)
        if array.size != 1 or array.dtype.kind not in "fiub":
            raise broken_world(self, f"its environment gave the reward {shown(reward)}, but one number is needed.")
        return float(array.reshape(()))

    def _advance(self, action: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        fitness, terminated = np.zeros(self.num_envs), np.zeros(self.num_envs, bool)
        body = self.body
        for row, env in enumerate(self._envs):
            body.actions[row, body.steps[row]] = action[row]
            body.steps[row] += 1
            result = self._result_of("step", env.step(self._native(action[row])), 5)
            observation, fitness[row], terminated[row], truncated = (
                result[0],
                self._number_of(result[1]),
                *map(bool, result[2:4]),
            )
            if truncated and body.steps[row] < self.max_episode_steps:
                raise broken_world(
                    self,
                    f"its environment ended an episode by itself after {body.steps[row]} steps, but episodes here have "
                    f"{self.max_episode_steps}. Set episode_steps (or max_episode_steps) to that, or lift the limit in make_env.",
                )
            self._feel(row, observation)
        return fitness, terminated

    def _native(self, action: np.ndarray) -> Any:
        return int(action) if isinstance(self.single_action_space, gym.spaces.Discrete) else action.copy()

    def _feel(self, row: Any, observation: Any) -> None:
        flat = self.flatten(observation, self._envs[row])
        if flat.shape != (self.senses.size,):
            raise InvalidArgument(
                f"{type(self).__name__} has senses of {self.senses.size} numbers, but its environment gave {flat.shape}. "
                "Name a sense for each number, or write flatten()."
            )
        self.body.felt[row] = np.clip(flat, self.senses.low, self.senses.high)

    def _sense(self, reading: Any) -> None:
        split = self.senses.split(np.ascontiguousarray(self.body.felt))
        for name in self.senses.names:
            reading[name][:] = split[name]

    def set_state(self, state: dict[str, np.ndarray]) -> None:
        """As :meth:`envs.world.World.set_state`; the episode so far is done again."""
        check_same_layout(f"world {self.id}", self.get_state(), state)
        steps = state["body/steps"]
        if not ((steps >= 0) & (steps <= self.max_episode_steps)).all():
            raise StateMismatch(f"In the saved state of the world {self.id}, an episode has {steps.max()} steps.")
        super().set_state(state)
        self._redo(np.ones(self.num_envs, bool))

    @contextmanager
    def _only(self, rows: np.ndarray) -> Iterator[None]:
        everyone, self._envs = self._envs, [self._envs[row] for row in rows]
        try:
            with super()._only(rows):
                yield
        finally:
            self._envs = everyone

    def _redo(self, mask: np.ndarray) -> None:
        for row in np.flatnonzero(mask):
            self._envs[row].reset(seed=int(self.body.seed[row]))
            for action in self.body.actions[row, : self.body.steps[row]]:
                self._envs[row].step(self._native(action))

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "_envs"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._envs = [self.make_env() for _ in range(self.num_envs)]
        if self._started:
            self._redo(np.ones(self.num_envs, bool))

    def close_extras(self, **kwargs: Any) -> None:
        """Close all copies."""
        super().close_extras(**kwargs)
        for env in self._envs:
            env.close()


def _same_actions(one: gym.Space, other: gym.Space) -> bool:
    if isinstance(one, gym.spaces.Discrete) and isinstance(other, gym.spaces.Discrete):
        return bool(one.n == other.n and one.start == other.start)
    return type(one) is type(other) and one.shape == other.shape


def _rebuild(environment: str, dt: float, attributes: dict[str, Any], state: dict[str, Any]) -> ForeignWorld:
    kind = foreign_world(environment, dt=dt, **attributes)
    world = kind.__new__(kind)
    world.__setstate__(state)
    return world


def foreign_world(environment: str, *, dt: float = 0.4, **attributes: Any) -> type[ForeignWorld]:
    """A world class around a registered Gymnasium environment.

    Args:
        environment: id, as ``gymnasium.make`` takes it.
        dt: seconds a step stands for. The cortex holds an act for 1.5 s and looks about 5 s ahead; by default that is 4 steps and 12.
        attributes: class attributes that override what is found: ``senses`` (needed where bounds are not finite), ``episode_steps``,
            ``fitness_unit``, ``steering``, ``life_episodes`` ...

    Raises:
        InvalidArgument: observations are not a bounded plain array and no senses were given, or actions are neither Box nor Discrete.
    """
    try:
        env = gym.make(environment)
    except gym.error.UnregisteredEnv as error:
        raise InvalidArgument(
            f"There is no environment {environment} ({told(error)}). If a library registers it, import that library first, for example "
            f"import {environment.split('/')[0].split('-')[0].lower()}."
        ) from None
    space, single_action_space = env.observation_space, env.action_space
    if not isinstance(single_action_space, gym.spaces.Box | gym.spaces.Discrete):
        raise InvalidArgument(
            f"{environment} takes {single_action_space}; a world's actions are a Box or a Discrete space."
        )
    found: dict[str, Any] = {
        "id": re.sub(r"\W", "", environment.split("/")[-1].rsplit("-v", 1)[0]) + "-v0",
        "dt": dt,
        "single_action_space": single_action_space,
        "episode_steps": (env.spec.max_episode_steps if env.spec else None) or 1000,
        "fitness_unit": "reward",
        "__doc__": f"{environment}, as a world.",
        "__module__": __name__,
    }
    if "senses" not in attributes:
        if not isinstance(space, gym.spaces.Box) or not (np.isfinite(space.low) & np.isfinite(space.high)).all():
            raise InvalidArgument(
                f"Observations of {environment} are {space}: give senses=Senses(Sense(name, unit, low, high, meaning), ...) with a "
                "finite range for each number."
            )
        bounds = zip(space.low.ravel(), space.high.ravel(), strict=True)
        found["senses"] = Senses(
            *(Sense(f"entry_{i}", "1", float(low), float(high), f"entry {i}") for i, (low, high) in enumerate(bounds))
        )

    def make_env(self: ForeignWorld) -> gym.Env:
        return gym.make(environment, max_episode_steps=10**9, disable_env_checker=True).unwrapped

    def reduce(self: ForeignWorld) -> tuple[Any, ...]:
        return _rebuild, (environment, dt, attributes, self.__getstate__())

    env.close()
    members = found | {"make_env": make_env, "__reduce__": reduce} | attributes
    kind = type("Foreign" + members["id"].rsplit("-", 1)[0], (ForeignWorld,), members)
    rule = broken_rule(kind)
    if rule is not None:
        raise InvalidArgument(f"{environment} cannot be a world as it is: {rule}. Give what is wrong as an argument.")
    return kind
