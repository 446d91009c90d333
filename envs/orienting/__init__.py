"""The owl: gaze, flashes and sounds."""

from envs.orienting.world import Orienting

__all__ = ["Orienting"]
