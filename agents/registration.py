"""The Gymnasium ids of worlds with steering inside: ``nestling/<World>-Steered-v<N>``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import gymnasium as gym
from gymnasium.vector import AutoresetMode

from core.errors import unknown_name
from core.rooms import public_name
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
                entry_point=f"{public_name(__name__)}:make_single_steered",
                vector_entry_point=f"{public_name(__name__)}:make_steered",
                max_episode_steps=world.longest_episode,
                kwargs={"world": name},
            )


def make(name: str, num_envs: int | None = None, **options: Any) -> Any:
    """An environment of Nestling by its id, with or without namespace and version.

    Args:
        name: ``"LoomingEscape"``, ``"LoomingEscape-Steered-v0"`` or ``"nestling/LoomingEscape-v0"``.
        num_envs: None for a single environment, as ``gymnasium.make`` makes it; a number for a vector environment of so many animals.
        options: of the world, or of the steered world.

    Raises:
        UnknownName: there is no such environment; the nearest is suggested.
    """
    known = {key.removeprefix(f"{NAMESPACE}/"): key for key in gym.registry if key.startswith(f"{NAMESPACE}/")}
    wanted = name.removeprefix(f"{NAMESPACE}/")
    found = known.get(wanted) or next(
        (known[key] for key in sorted(known, reverse=True) if key.rsplit("-v", 1)[0] == wanted), None
    )
    if found is None:
        raise unknown_name("environment", wanted, known)
    if num_envs is None:
        return gym.make(found, **options)
    return gym.make_vec(found, num_envs, vectorization_mode="vector_entry_point", **options)
