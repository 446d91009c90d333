"""What the commands share: plain errors and quiet consoles."""

from __future__ import annotations

import importlib
import os
import signal
import sys
from collections.abc import Callable, Iterable
from typing import Any

from rich.console import Console

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")


class Reporter:
    """A console that can be quiet."""

    def __init__(self, quiet: bool = False) -> None:
        self.console = Console(quiet=quiet)


class Terminated(KeyboardInterrupt):
    """The process was asked to end by SIGTERM."""


def _terminate(*_: Any) -> None:
    raise Terminated


def import_modules(names: Iterable[str]) -> None:
    """Import modules that the user trusts, so that files may name what is in them."""
    from core.errors import BrokenFile

    for name in names:
        try:
            importlib.import_module(name)
        except Exception as error:  # whatever somebody's module does wrong, the user is told which one it was
            raise BrokenFile(f"The module {name} cannot be imported: {type(error).__name__}: {error}") from error


_GOES_ON = "interrupted; what was finished is kept, and the same command goes on from there"


def fail_plainly(
    main: Callable[[Any], int], arguments: type, description: str | None, when_interrupted: str = _GOES_ON
) -> int:
    """Parse the command line into ``arguments`` and run a command.

    An error made on purpose becomes one paragraph and exit status 2 (wrong usage), or 1 where results cannot be kept. SIGTERM ends
    the command in order, as Ctrl+C does.
    """
    import tyro

    for stream in (sys.stdout, sys.stderr):  # what a locale cannot say must not end a long run
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    args = tyro.cli(arguments, description=description)
    from core.errors import NestlingError  # not before: help needs nothing of what it imports

    signal.signal(signal.SIGTERM, _terminate)
    try:
        return main(args)
    except (NestlingError, OSError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1 if getattr(error, "while_working", False) else 2
    except KeyboardInterrupt as error:
        print(when_interrupted, file=sys.stderr)
        return 128 + signal.SIGTERM if isinstance(error, Terminated) else 1
