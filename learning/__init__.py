"""Learners from scratch: random at birth, taught only by steering's verdicts."""

from core import renamed  # noqa: F401  # finds what the last release called otherwise
