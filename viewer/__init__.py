"""The viewer: animals alive, in a window or a film."""

import core  # noqa: F401  # finds what the last release called otherwise
