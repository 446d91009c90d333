"""The registry of steering subsystems; each names the world it is for."""

from __future__ import annotations

from envs.errors import unknown_name
from envs.registration import short_name
from envs.registry import Registry
from envs.world import World
from steering.subsystem import Steering

steerings = Registry("steering subsystem", Steering, "steering", "nestling.steering", key=lambda steering: steering.world)


def steering_class(world: World | type[World]) -> type[Steering]:
    """The steering subsystem for a world: the one that names it, or the one its ``steering`` attribute names."""
    name = world.steering or short_name(world.id)
    if ":" in name:
        return steerings.get(name)
    if name not in steerings.all():
        raise unknown_name("steering subsystem for the world", name, steerings.all(), "Write one with world = its name.")
    return steerings.all()[name]
