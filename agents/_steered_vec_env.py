"""The ``VecEnv`` behind :func:`agents.sb3_face.sb3_vec_env`, apart because Stable-Baselines3 takes seconds to import."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from gymnasium.vector import AutoresetMode
from stable_baselines3.common.vec_env import VecEnv

from agents.steered_world import SteeredWorld
from core.errors import InvalidArgument


class SteeredVecEnv(VecEnv):
    """``num_envs`` animals of a steered world, for one model of the library.

    Episodes restart within a step; ``infos[i]`` then has ``terminal_observation``, and ``TimeLimit.truncated`` tells
    whether time ran out. ``seed(s)`` gives animal i the seed s + i at the next reset, which makes new animals; without it
    the same animals go on living.
    """

    def __init__(self, steered: SteeredWorld) -> None:
        if steered.metadata["autoreset_mode"] is not AutoresetMode.SAME_STEP:
            raise InvalidArgument("Stable-Baselines3 resets within a step: give autoreset_mode=AutoresetMode.SAME_STEP.")
        self.steered = steered
        self._chosen: np.ndarray | None = None
        super().__init__(steered.num_envs, steered.single_observation_space, steered.single_action_space)

    def reset(self) -> np.ndarray:
        """(num_envs, senses) float32."""
        seeds = None if any(seed is None for seed in self._seeds) else list(self._seeds)
        observation, info = self.steered.reset(seed=seeds)
        self.reset_infos = self._by_row(info)
        self._reset_seeds()
        self._reset_options()
        return observation

    def step_async(self, actions: np.ndarray) -> None:
        """Keep the actions for :meth:`step_wait`."""
        self._chosen = actions

    def step_wait(self) -> tuple[np.ndarray, np.ndarray, np.ndarray, list[dict[str, Any]]]:
        """Observations, rewards, dones and infos; see the class."""
        observation, reward, terminated, truncated, info = self.steered.step(self._chosen)
        done = terminated | truncated
        infos = self._by_row(info)
        for row in np.flatnonzero(done):
            infos[row]["terminal_observation"] = info["final_obs"][row]
            infos[row]["TimeLimit.truncated"] = bool(truncated[row] and not terminated[row])
        return observation, reward.astype(np.float32), done, infos

    def _by_row(self, info: dict[str, Any]) -> list[dict[str, Any]]:
        shown = [key for key in info if not key.startswith("_") and key not in ("final_obs", "final_info")]
        return [{key: info[key][row] for key in shown} for row in range(self.num_envs)]

    def close(self) -> None:
        """Close the world."""
        self.steered.close()

    def get_attr(self, attr_name: str, indices: Any = None) -> list[Any]:
        """The attribute of the steered world, once for each animal asked for."""
        return [getattr(self.steered, attr_name) for _ in self._rows(indices)]

    def set_attr(self, attr_name: str, value: Any, indices: Any = None) -> None:
        """Set it for all animals; they share one world object."""
        if len(self._rows(indices)) != self.num_envs:
            raise InvalidArgument("Animals share one world object, so attributes are set for all; leave out indices.")
        setattr(self.steered, attr_name, value)

    def env_method(self, method_name: str, *args: Any, indices: Any = None, **options: Any) -> list[Any]:
        """Call a method of the steered world for the animals asked for; methods that take rows get them."""
        rows = self._rows(indices)
        target = getattr(self.steered, method_name, None) or getattr(self.steered.world, method_name)
        if method_name == "manipulate":
            args = (args[0], rows, *args[1:])
        return [target(*args, **options)] * len(rows)

    def env_is_wrapped(self, wrapper_class: type, indices: Any = None) -> list[bool]:
        """No: wrappers go around the whole."""
        return [False] * len(self._rows(indices))

    def get_images(self) -> Sequence[np.ndarray | None]:
        """One frame for each animal."""
        return list(self.steered.render() or [None] * self.num_envs)

    def _rows(self, indices: Any) -> list[int]:
        if indices is None:
            return list(range(self.num_envs))
        return list(indices) if isinstance(indices, Iterable) else [indices]
