"""The Gymnasium ids of worlds with steering inside: ``nestling/<World>-Steered-v<N>``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gymnasium as gym
from gymnasium.vector import AutoresetMode

from envs.registration import NAMESPACE, check_single, short_name, worlds
from envs.single import Single
from envs.world import World
from steering.registration import steerings

if TYPE_CHECKING:
    from agents.steered_world import SteeredWorld


def make_steered(world: Any, num_envs: int = 1, **options: Any) -> SteeredWorld:
    """Build a :class:`agents.steered_world.SteeredWorld`; the vector entry point of every steered id."""
    from agents.steered_world import SteeredWorld

    return SteeredWorld(world, num_envs, **options)


def make_single_steered(world: Any, **options: Any) -> Single:
    """The single-life face of a steered world; the entry point of every steered id."""
    check_single(options)
    return Single(make_steered(world, 1, autoreset_mode=AutoresetMode.DISABLED, **options))


make_single_steered.metadata = make_steered.metadata = World.metadata  # type: ignore[attr-defined]  # for gymnasium.make


def steered_id(world_id: str) -> str:
    """``"LoomingEscape-v0"`` to ``"nestling/LoomingEscape-Steered-v0"``."""
    return f"{NAMESPACE}/{short_name(world_id)}-Steered-{world_id.rsplit('-', 1)[1]}"


def register_steered_worlds() -> None:
    """Register every world that has a steering subsystem, once."""
    for name, world in worlds.all().items():
        if name in steerings.all() and steered_id(world.id) not in gym.registry:
            gym.register(
                steered_id(world.id),
                entry_point="agents.registration:make_single_steered",
                vector_entry_point="agents.registration:make_steered",
                max_episode_steps=world.longest_episode,
                kwargs={"world": name},
            )
