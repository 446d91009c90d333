"""The viewer: animals alive, in a window or a film."""

from core import renamed  # noqa: F401  # finds what the last release called otherwise
