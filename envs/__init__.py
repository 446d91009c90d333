"""Worlds: bodies and surroundings, one folder for each species. Importing this package registers the ``nestling/*`` environments.

>>> import gymnasium, envs
>>> life = gymnasium.make("nestling/LoomingEscape-v0")
"""

from envs.registration import make_single, make_world, register_worlds, world_class, worlds

__all__ = ["make_single", "make_world", "register_worlds", "world_class", "worlds"]

register_worlds()
