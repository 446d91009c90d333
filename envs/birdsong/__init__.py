"""The finch: a syrinx, ears, and a tutor's song."""

from core.renamed import moved_to
from envs.birdsong.world import Birdsong, SongDecoy

__all__ = ["Birdsong", "SongDecoy"]

__getattr__ = moved_to("envs.birdsong.world", __name__)
