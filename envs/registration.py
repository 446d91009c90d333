"""The registry of worlds and their Gymnasium ids."""

from __future__ import annotations

import re
from typing import Any

import gymnasium as gym
from gymnasium.vector import AutoresetMode

from core.errors import InvalidArgument, unknown_name
from core.registry import Registry
from core.rooms import public_name
from envs.fooled_niches import FooledNiche
from envs.single import Single
from envs.world import World
from envs.world_rules import broken_rule

NAMESPACE = "nestling"


def short_name(name: str) -> str:
    """``"nestling/LoomingEscape-v0"`` and ``"LoomingEscape-v0"`` to ``"LoomingEscape"``."""
    return re.sub(r"-v\d+$", "", name.removeprefix(f"{NAMESPACE}/"))


worlds = Registry(
    "world", World, "envs", "nestling.worlds", key=lambda world: short_name(world.id), broken_rule=broken_rule
)


def world_class(name: Any) -> type[World]:
    """The class of a world by name, Gymnasium id, ``module:Class`` or itself."""
    kind = worlds.get(short_name(name) if isinstance(name, str) else name)
    version = re.search(r"-v\d+$", name) if isinstance(name, str) and ":" not in name else None
    if version and not kind.id.endswith(version[0]):
        raise unknown_name("world", name, [kind.id])
    return kind


def niche_of(world: str, name: str) -> FooledNiche:
    """A fooled niche of a world by name.

    Raises:
        UnknownName: there is none; the nearest is suggested.
    """
    known = {niche.name: niche for niche in world_class(world).fooled_niches}
    if name not in known:
        raise unknown_name(f"fooled niche of {world}", name, known)
    return known[name]


def make_world(world: Any, num_envs: int = 1, **options: Any) -> World:
    """Build a world for ``num_envs`` animals; the vector entry point of every ``nestling/*`` id.

    Raises:
        UnknownName: there is no such world, or it takes no such option.
        InvalidArgument: an option has a value that it cannot have.
    """
    kind = world_class(world)
    known = kind.options()
    for name in options:
        if name not in known:
            raise unknown_name(f"option of {kind.id}", name, known)
    return kind(num_envs, **options)


def make_single(world: Any, **options: Any) -> Single:
    """Build the single-life face of a world; the entry point of every ``nestling/*`` id."""
    check_single(options)
    return Single(make_world(world, 1, autoreset_mode=AutoresetMode.DISABLED, **options))


def check_single(options: dict[str, Any]) -> None:
    """Raise :class:`core.errors.InvalidArgument` for options that only a vector environment has."""
    for name in options.keys() & {"num_envs", "autoreset_mode"}:
        raise InvalidArgument(f"A single environment has no {name}; gymnasium.make_vec makes many.")


make_single.metadata = make_world.metadata = World.metadata  # type: ignore[attr-defined]  # where gymnasium.make looks for it


def register_worlds() -> None:
    """Register every discovered world with Gymnasium, once."""
    for name, world in worlds.all().items():
        identifier = f"{NAMESPACE}/{world.id}"
        if identifier not in gym.registry:
            gym.register(
                identifier,
                entry_point=f"{public_name(__name__)}:make_single",
                vector_entry_point=f"{public_name(__name__)}:make_world",
                max_episode_steps=world.longest_episode,
                kwargs={"world": name},
            )
