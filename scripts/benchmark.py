"""Run agents in worlds over whole lives, and summarise them with honest intervals.

Only what the results folder does not hold yet is run, so an interrupted benchmark goes on where it
stopped, with the same results.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

sys.path[:1] = [str(Path(__file__).resolve().parents[1]), str(Path.cwd())]  # not this folder: it would hide packages
from scripts.common import Reporter, fail_plainly


@dataclass
class Args:
    """Compare agents over whole lives."""

    worlds: tuple[str, ...] = ()
    """Worlds by name, or package.module:Class for your own; empty for all."""
    agents: tuple[str, ...] = ()
    """Agents by name; empty for random, oracle, expert, reflex, learner and steered."""
    animals: int = 64
    """Individuals of each agent; animal i of every agent has the same world."""
    lifetime: int = 120_000
    """Steps of each life."""
    quick: bool = False
    """A few minutes on two cores: 32 animals and 30,000 steps, whatever --animals and --lifetime say."""
    out: Path | None = None
    """Results folder; by default runs/benchmark-<settings>."""
    seed: int = 1_000_000
    """Seed of the first animal; reporting seeds start at 1,000,000, lower ones are for tuning."""
    workers: int = 0
    """Processes, at least 1; 0 for one a core. Results do not depend on it."""
    report_only: bool = False
    """Redraw from what the folder holds, without running anything."""
    quiet: bool = False
    """Print nothing but errors and where results are."""
    json: bool = False
    """Print summary.json instead of a table."""


def main(args: Args) -> int:
    """Run, summarise, plot; 0 if every cell finished."""
    from benchmark.plots import plot_all
    from benchmark.run import run
    from benchmark.store import Store
    from benchmark.suites import cells, make_settings
    from benchmark.summary import summarise
    from envs.errors import InvalidArgument, whole_number

    animals, lifetime = (32, 30_000) if args.quick else (args.animals, args.lifetime)
    settings = make_settings(
        args.worlds, args.agents, animals, lifetime, args.seed, shard=max(1, min(64, (animals + 1) // 2))
    )
    folder = args.out or Path("runs") / f"benchmark-{settings.digest()}"
    whole_number("workers", args.workers, least=0)
    if args.report_only and not (folder / "settings.json").exists():
        raise InvalidArgument(f"--report-only redraws a results folder, but {folder} is none. Give its folder with --out.")
    store = Store(folder, settings, any_sources=args.report_only)
    reporter = Reporter(quiet=args.quiet or args.json)
    complete = True
    if not args.report_only:
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            TimeRemainingColumn(),
        )
        with Progress(*columns, console=reporter.console, disable=args.quiet or args.json) as progress:
            task = progress.add_task("cells", total=len(cells(store.settings)))

            def report(cell, status: str) -> None:
                progress.advance(task)
                if status != "kept":
                    progress.console.print(f"{status}: {cell.world} {cell.agent}, {cell.animals} animals")

            complete = run(store, args.workers or None, report)
    summary = summarise(store)
    path = store.write_summary(summary)
    plots = plot_all(store)
    if args.json:
        print(path.read_text())
    else:
        for world, rows in summary["worlds"].items():
            reporter.console.print(_table(world, rows))
    print("\n".join(f"wrote {file}" for file in (path, *plots)), file=sys.stderr if args.json else sys.stdout)
    failures = [f"{w} {a}" for w, rows in summary["worlds"].items() for a, row in rows.items() if row["status"] == "failed"]
    if failures:
        print(f"failed: {', '.join(failures)}; see {folder}/cells/*.error.txt", file=sys.stderr)
    partial = any(row["status"] != "complete" for rows in summary["worlds"].values() for row in rows.values())
    return 0 if complete and not failures and not partial else 1


def _table(world: str, rows: dict) -> Table:
    table = Table(title=world)
    for column in (
        "agent",
        "n",
        "fitness at birth",
        "fitness grown",
        "score grown",
        "learner share",
        "deaths / 1000",
        "overtakes at",
    ):
        table.add_column(column, justify="left" if column == "agent" else "right")
    for agent, row in rows.items():
        if not row["animals"]:
            table.add_row(agent, "0", *[row["status"]] * 6)
            continue
        cells = [
            _range(row.get(key))
            for key in ("fitness_at_birth", "fitness_grown", "score_grown", "learner_share_grown", "deaths")
        ]
        table.add_row(agent, str(row["animals"]), *cells, str(row["overtakes_reflex_at"] or "-"))
    return table


def _range(value: dict | None) -> str:
    if value is None:
        return "-"
    centre = value.get("iqm", value.get("mean"))
    return f"{centre:.2f} [{value['low']:.2f}, {value['high']:.2f}]"


if __name__ == "__main__":
    sys.exit(fail_plainly(main, Args, __doc__))
