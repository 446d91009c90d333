"""Comparing agents: run (running), keep and summarise (results), show (report)."""

from core import renamed  # noqa: F401  # finds what the last release called otherwise
