"""Contracts that a world, a steering subsystem, a learner or a hand-over rule must keep, as test classes for anyone's own."""
