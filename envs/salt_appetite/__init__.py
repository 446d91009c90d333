"""The rat: a body that needs water, energy and salt."""

from core.renamed import moved_to
from envs.salt_appetite.world import SaltAppetite, SaltTrap

__all__ = ["SaltAppetite", "SaltTrap"]

__getattr__ = moved_to("envs.salt_appetite.world", __name__)
