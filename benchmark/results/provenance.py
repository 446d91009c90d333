"""Which commit this code is, where it is run from a clone."""

from __future__ import annotations

import subprocess
from pathlib import Path

from core.rooms import FOLDER


def commit() -> str | None:
    """The commit of the clone that this code lies in, with "+" after it where files differ from it; None outside a clone."""
    root = Path(FOLDER)
    top = _git(root, "rev-parse", "--show-toplevel")
    if (
        top is None or Path(top).resolve() != root.resolve()
    ):  # somebody else's repository may lie around an installed package
        return None
    found = _git(root, "rev-parse", "--short=12", "HEAD")
    return found and found + ("+" if _git(root, "status", "--porcelain", "--untracked-files=no") else "")


def _git(folder: Path, *arguments: str) -> str | None:
    try:
        done = subprocess.run(
            ["git", *arguments],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
            stdin=subprocess.DEVNULL,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()
