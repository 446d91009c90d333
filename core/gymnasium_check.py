"""Says plainly that Gymnasium is too old; its own error would name something that it does not have."""

from __future__ import annotations

import re

import gymnasium

from core.errors import NestlingError

LEAST = (1, 1)


class OldGymnasium(NestlingError, ImportError):
    """Gymnasium is older than Nestling can work with."""


def check_gymnasium(version: str = gymnasium.__version__) -> None:
    """Raise :class:`OldGymnasium` below :data:`LEAST`."""
    if tuple(map(int, re.findall(r"\d+", version)[:2])) < LEAST:
        raise OldGymnasium(
            f"Gymnasium {version} is too old; Nestling needs {'.'.join(map(str, LEAST))} or newer. Mend it with: "
            "pip install --upgrade gymnasium"
        )
