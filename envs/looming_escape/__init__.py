"""The mouse: escape from looming discs, and foraging."""

from envs.looming_escape.world import LoomingEscape

__all__ = ["LoomingEscape"]
