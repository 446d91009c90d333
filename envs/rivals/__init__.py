"""The fighter: contests of unknown strength."""

from core.renamed import moved_to
from envs.rivals.world import Rivals

__all__ = ["Rivals"]

__getattr__ = moved_to("envs.rivals.world", __name__)
