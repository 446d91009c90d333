"""What the commands share: plain errors and quiet consoles."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from typing import Any

from rich.console import Console

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")


class Reporter:
    """A console that can be quiet."""

    def __init__(self, quiet: bool = False) -> None:
        self.console = Console(quiet=quiet)


def fail_plainly(main: Callable[[Any], int], arguments: type, description: str | None) -> int:
    """Parse the command line into ``arguments`` and run a command.

    An error made on purpose becomes one paragraph and exit status 2 (wrong usage), or 1 where results cannot be kept.
    """
    import tyro

    from core.errors import NestlingError

    args = tyro.cli(arguments, description=description)
    try:
        return main(args)
    except (NestlingError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1 if getattr(error, "while_working", False) else 2
    except KeyboardInterrupt:
        print("interrupted; what was finished is kept, and the same command goes on from there", file=sys.stderr)
        return 1
