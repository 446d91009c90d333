"""Comparing agents: run (running), keep and summarise (results), show (report)."""

import core  # noqa: F401  # finds what the last release called otherwise
