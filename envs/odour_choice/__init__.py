"""The fly: a tunnel with an odour from either end."""

from envs.odour_choice.world import OdourChoice

__all__ = ["OdourChoice"]
