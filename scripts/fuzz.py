"""Attack worlds, animals and files at random, and count what went wrong: nothing should.

A fault is told with the seed of its trial; the same seed repeats it.
"""

from __future__ import annotations

import sys
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path

sys.path[:1] = [str(Path(__file__).resolve().parents[1]), str(Path.cwd())]  # not this folder: it would hide packages
from scripts.common import Reporter, fail_plainly


@dataclass
class Args:
    """Fuzz."""

    steps: int = 10_000_000
    """Animal-steps of random lives."""
    mutations: int = 10_000
    """Damaged files."""
    seed: int = 0
    """Seed of the first trial, and of the first mutation."""


def main(args: Args) -> int:
    """Fuzz lives, then files; 1 if anything went wrong."""
    from rich.progress import Progress

    from core.errors import whole_number
    from tests.fuzz import files, lives

    for name in ("steps", "mutations", "seed"):
        whole_number(name, getattr(args, name), least=0)
    counts = lives.Counts()
    with Progress(console=Reporter().console) as bar, warnings.catch_warnings(action="error"):
        task = bar.add_task("lives", total=args.steps)
        lives.fuzz(args.steps, args.seed, counts, lambda done: bar.update(task, completed=done))
        task = bar.add_task("files", total=args.mutations)
        with tempfile.TemporaryDirectory() as folder:
            files.fuzz(
                args.mutations, Path(folder) / "fuzz", args.seed, counts, lambda done: bar.update(task, completed=done)
            )
    print(counts)
    return 1 if counts.faults else 0


if __name__ == "__main__":
    sys.exit(fail_plainly(main, Args, __doc__))
