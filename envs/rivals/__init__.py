"""The fighter: contests of unknown strength."""

from envs.rivals.world import Rivals

__all__ = ["Rivals"]
