"""The owl: gaze, flashes and sounds."""

from core.renamed import moved_to
from envs.orienting.world import Orienting

__all__ = ["Orienting"]

__getattr__ = moved_to("envs.orienting.world", __name__)
