"""One place that imports pygame, and says plainly what to do when two flavours of it are installed."""

from __future__ import annotations

import os
from functools import cache
from importlib import metadata
from typing import Any

from core.errors import NestlingError


class PygameFlavours(NestlingError, ImportError):
    """Both pygame and pygame-ce are installed, or neither is."""


def check_flavours(installed: set[str]) -> None:
    """Raise :class:`PygameFlavours` unless pygame-ce is installed alone."""
    if {"pygame", "pygame-ce"} <= installed:
        raise PygameFlavours(
            "Both pygame and pygame-ce are installed; they overwrite each other's files. Mend it with: "
            "pip uninstall --yes pygame pygame-ce, then: pip install pygame-ce"
        )
    if "pygame-ce" not in installed:
        raise PygameFlavours("pygame-ce is not installed. Mend it with: pip uninstall --yes pygame; pip install pygame-ce")


@cache
def import_pygame() -> Any:
    """Import pygame-ce quietly, after the check."""
    check_flavours({name for name in ("pygame", "pygame-ce") if _installed(name)})
    os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
    import pygame

    return pygame


def _installed(name: str) -> bool:
    try:
        metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return False
    return True
