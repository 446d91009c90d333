"""Worlds: bodies and surroundings, one folder for each species. Importing this package registers the ``nestling/*`` environments.

>>> import gymnasium, envs
>>> life = gymnasium.make("nestling/LoomingEscape-v0")
"""

from core import gymnasium_check  # noqa: F401  # first: it says plainly that Gymnasium is too old
from envs.registration import make_single, make_world, register_worlds, world_class, worlds

__all__ = ["make_single", "make_world", "register_worlds", "world_class", "worlds"]

register_worlds()
