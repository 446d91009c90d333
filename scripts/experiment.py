"""Run the experiments that a simulation of these animals must reproduce, and report each with its number.

An experiment that fails is reported as failing; that is a result, so the exit status stays 0.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

sys.path[:1] = [str(Path(__file__).resolve().parents[1]), str(Path.cwd())]  # not this folder: it would hide packages
from scripts.common import Reporter, fail_plainly


@dataclass
class Args:
    """Run experiments by id."""

    ids: Annotated[tuple[str, ...], tyro.conf.Positional] = ()
    """Experiments by id (L1, L2, ...); empty for all."""
    list: bool = False
    """Print what each of them claims, and run nothing."""
    all: bool = False
    """Run all of them, the same as naming none."""
    out: Path = Path("runs/experiments")
    """Folder of experiments.json; experiments that were not run now keep their last entry."""
    animals: int = 0
    """Animals in each group; 0 for each experiment's own number."""
    seed: int = 7_000_000
    """Seed of the first animal."""


def main(args: Args) -> int:
    """Run, print and write."""
    import msgspec

    from benchmark.experiments.experiment import chosen_experiments
    from benchmark.report.terminal import experiments_table
    from core.errors import InvalidArgument, whole_number
    from core.files import write_whole

    chosen = chosen_experiments(args.ids)
    if args.list:
        for experiment in chosen:
            slow = " (slow)" if experiment.slow else ""
            print(f"{experiment.id:<5} {experiment.world:<14} {experiment.claim}{slow}")
        return 0
    if args.animals and whole_number("animals", args.animals, least=0) < 10:
        raise InvalidArgument(f"An experiment needs at least 10 animals, not {args.animals}; 0 takes its own number.")
    file, before = args.out / "experiments.json", args.out / "signatures.json"
    last = before if before.exists() and not file.exists() else file  # as the last release called it
    try:
        results = {entry["id"]: entry for entry in msgspec.json.decode(last.read_bytes())} if last.exists() else {}
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise InvalidArgument(f"{last} cannot be read ({error}). Restore it, or choose another --out.") from None
    reporter = Reporter()
    entries = []
    for experiment in chosen:
        started = time.perf_counter()
        with reporter.console.status(f"{experiment.id}: {experiment.claim}"):
            result = experiment.run(args.animals or experiment.animals, args.seed)
        seconds = round(time.perf_counter() - started, 1)
        results[experiment.id] = experiment.entry(result, args.seed) | {"seconds": seconds}
        write_whole(file, msgspec.json.format(msgspec.json.encode(list(results.values())), indent=2))
        entries.append(results[experiment.id] | {"status": "complete"})
    reporter.console.print(experiments_table(entries, reporter.console, claims=True))
    print(f"wrote {file}")
    return 0


if __name__ == "__main__":
    sys.exit(fail_plainly(main, Args, __doc__))
