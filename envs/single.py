"""The single-life face: any world as a plain ``gymnasium.Env``, a batch of one."""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv

from core.errors import InvalidAction, told
from core.streams import row_seeds


class Single(gym.Env):
    """One animal of a vector environment with plain ``bool`` and ``float`` results.

    Args:
        vector: a Nestling vector environment of one row whose autoreset is disabled.
    """

    def __init__(self, vector: VectorEnv) -> None:
        if vector.num_envs != 1 or vector.metadata["autoreset_mode"] is not AutoresetMode.DISABLED:
            raise ValueError("Single needs a vector environment with num_envs=1 and autoreset_mode=AutoresetMode.DISABLED.")
        self.vector = vector
        self.metadata = {k: v for k, v in vector.metadata.items() if k != "autoreset_mode"}
        self.render_mode = vector.render_mode
        self.observation_space = vector.single_observation_space
        self.action_space = vector.single_action_space

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        """Start an episode; see :meth:`envs.world.World.reset`."""
        super().reset(seed=None if seed is None else int(row_seeds(seed, 1)[0]) % 2**63)
        observation, info = self.vector.reset(seed=seed, options=options)
        return observation[0], _first_row(info)

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        """Advance by one action of shape ``action_space.shape``."""
        try:
            batch = np.asarray(action)[None]
        except Exception as error:  # as in check_actions
            raise InvalidAction(f"The action is not an array of numbers: {told(error)}.") from None
        observation, reward, terminated, truncated, info = self.vector.step(batch)
        return observation[0], float(reward[0]), bool(terminated[0]), bool(truncated[0]), _first_row(info)

    def render(self) -> Any:
        """One frame (480, 640, 3) uint8, or None when the render mode is ``human``."""
        frames = self.vector.render()
        return None if frames is None else frames[0]

    def close(self) -> None:
        """Close the world."""
        self.vector.close()

    def get_wrapper_attr(self, name: str) -> Any:
        """Attributes of this face, then of the world behind it (manipulate, senses, ...)."""
        return getattr(self, name) if hasattr(self, name) else getattr(self.vector, name)


def _first_row(info: dict[str, Any]) -> dict[str, Any]:
    row = {key: values[0] for key, values in info.items() if not key.startswith("_")}
    return {key: value.item() if isinstance(value, np.generic) else value.copy() for key, value in row.items()}
