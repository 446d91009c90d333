"""Agents: steering, a learner and a hand-over rule together. Importing registers the ``-Steered-v0`` environments too."""

from agents.registration import make_single_steered, make_steered, register_steered_worlds

__all__ = ["make_single_steered", "make_steered", "register_steered_worlds"]

register_steered_worlds()
