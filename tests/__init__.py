"""Tests. Contracts for third parties are in :mod:`nestling.testing`."""

import core  # noqa: F401  # finds what the last release called otherwise
