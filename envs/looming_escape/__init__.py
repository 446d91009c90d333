"""The mouse: escape from looming discs, and foraging."""

from core.renamed import moved_to
from envs.looming_escape.world import LoomingEscape

__all__ = ["LoomingEscape"]

__getattr__ = moved_to("envs.looming_escape.world", __name__)
