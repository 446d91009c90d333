"""Steered worlds as Stable-Baselines3 sees them: a ``VecEnv`` on which its own ``learn`` runs."""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING, Any

from gymnasium.vector import AutoresetMode

from agents.steered_world import SteeredWorld
from core.errors import InvalidArgument, whole_number

if TYPE_CHECKING:
    from agents._steered_vec_env import SteeredVecEnv


def sb3_vec_env(world: Any, num_envs: int = 1, seed: int | None = None, **options: Any) -> SteeredVecEnv:
    """Animals of a steered world for Stable-Baselines3: ``PPO("MlpPolicy", sb3_vec_env("Birdsong", 8)).learn(100_000)``.

    Args:
        world: name, ``module:Class`` or class of a world.
        num_envs: animals, all with one brain: the library's model.
        seed: animal i gets seed + i; None for fresh ones.
        options: of :class:`agents.steered_world.SteeredWorld`; ``actions="programmes"`` for algorithms of discrete actions
            such as DQN, ``hand_over=`` for who is in charge.

    Raises:
        InvalidArgument: Stable-Baselines3 is not installed.
    """
    if importlib.util.find_spec("stable_baselines3") is None:
        raise InvalidArgument("sb3_vec_env needs Stable-Baselines3, which is not installed: pip install nestling[sb3]")
    from agents._steered_vec_env import SteeredVecEnv

    steered = SteeredWorld(world, whole_number("num_envs", num_envs), autoreset_mode=AutoresetMode.SAME_STEP, **options)
    face = SteeredVecEnv(steered)
    if seed is not None:
        face.seed(whole_number("seed", seed, least=0))
    return face
