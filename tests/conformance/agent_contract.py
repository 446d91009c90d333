"""Moved to :mod:`nestling.testing.animal_contract`; this goes with the next release."""

from core.renamed import moved_to

__getattr__ = moved_to("nestling.testing.animal_contract", __name__)
