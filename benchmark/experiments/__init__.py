"""Experiments that a simulation must reproduce, a file for each world."""
