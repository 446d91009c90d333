"""The rat: a body that needs water, energy and salt."""

from envs.salt_appetite.world import SaltAppetite, SaltTrap

__all__ = ["SaltAppetite", "SaltTrap"]
