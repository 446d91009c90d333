"""The finch: a syrinx, ears, and a tutor's song."""

from envs.birdsong.world import Birdsong, SongDecoy

__all__ = ["Birdsong", "SongDecoy"]
