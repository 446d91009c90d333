"""Contracts under their old address; they moved to :mod:`nestling.testing`, and this goes with the next release."""
