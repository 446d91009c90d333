"""Agents: steering, a learner and a hand-over rule together. Importing registers the ``-Steered-v0`` environments too."""

from core import gymnasium_check  # noqa: F401  # first: it says plainly that Gymnasium is too old

# isort: split
from agents.registration import make_single_steered, make_steered, register_steered_worlds

__all__ = ["make_single_steered", "make_steered", "register_steered_worlds"]

register_steered_worlds()
