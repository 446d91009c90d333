"""Draw where learning takes over as animals grow, in every species, from kept outcomes of the experiments H2."""

from __future__ import annotations

import json
import sys
from dataclasses import dataclass
from pathlib import Path

sys.path[:1] = [str(Path(__file__).resolve().parents[1]), str(Path.cwd())]  # not this folder: it would hide packages
from scripts.common import fail_plainly


@dataclass
class Args:
    """Draw the learner's share of control against age: of all steps, and where it matters."""

    outcomes: Path = Path("docs/experiments.json")
    """What scripts/experiment.py wrote."""
    out: Path = Path("runs/control.png")
    """Where the picture goes."""


def main(args: Args) -> int:
    """Read, draw, write."""
    from benchmark.report.control import control_by_age
    from core.errors import InvalidArgument
    from core.files import write_whole

    try:
        entries = {entry["id"]: entry for entry in json.loads(args.outcomes.read_bytes())}
    except (OSError, ValueError, KeyError, TypeError):
        raise InvalidArgument(f"{args.outcomes} is no file that scripts/experiment.py wrote.") from None
    write_whole(args.out, control_by_age(entries))
    print(f"wrote {args.out}")
    return 0


if __name__ == "__main__":
    sys.exit(fail_plainly(main, Args, __doc__))
