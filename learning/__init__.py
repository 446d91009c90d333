"""Learners from scratch: random at birth, taught only by steering's verdicts."""

import core  # noqa: F401  # finds what the last release called otherwise
