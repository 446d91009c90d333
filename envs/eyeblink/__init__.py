"""The blinker: an eye, cues, and puffs of sand."""

from envs.eyeblink.world import Eyeblink

__all__ = ["Eyeblink"]
