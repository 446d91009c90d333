"""The registry of steering subsystems; each names the world it is for."""

from __future__ import annotations

from typing import Any

from core.errors import InvalidArgument, unknown_name
from core.registry import Registry
from envs.registration import short_name
from envs.world import World
from steering.steering_rules import broken_rule
from steering.subsystem import Steering


def _name(steering: type[Steering]) -> str:
    return f"{steering.world}/{steering.version}" if steering.version else steering.world


steerings = Registry("steering subsystem", Steering, "steering", "nestling.steering", key=_name, broken_rule=broken_rule)


def steered_worlds() -> list[str]:
    """Sorted names of the worlds that have a steering subsystem of their own."""
    return sorted({steering.world for steering in steerings.all().values()})


def steering_class(world: World | type[World], chosen: Any = None) -> type[Steering]:
    """The steering subsystem for a world.

    Args:
        world: a world or its class.
        chosen: ``"World"``, ``"World/version"``, ``"module:Class"`` or a class; None takes the one that the world's ``steering``
            attribute names, or else the one that names the world.
    """
    name = short_name(world.id)
    if chosen is None and world.steering is None and name not in steerings.names():
        raise unknown_name(
            "steering subsystem", name, steerings.names(), 'Name one in the world\'s class: steering = "module:Class".'
        )
    found = steerings.get(chosen or world.steering or name)
    if chosen is not None and found.world not in (name, world.steering):
        raise InvalidArgument(f"The steering subsystem {found.__name__} is for the world {found.world}, not for {name}.")
    return found
