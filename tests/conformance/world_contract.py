"""Moved to :mod:`nestling.testing.world_contract`; this goes with the next release."""

from core.renamed import moved_to

__getattr__ = moved_to("nestling.testing.world_contract", __name__)
