"""Steering that can be fooled: a benchmark for reward design, on matched pairs of an honest and a fooled niche."""
