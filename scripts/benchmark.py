"""Run agents in worlds over whole lives, and report them with honest intervals.

Only what the results folder does not hold yet is run, so an interrupted benchmark goes on where it
stopped, with the same results.
"""

from __future__ import annotations

import math
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table

sys.path[:1] = [str(Path(__file__).resolve().parents[1]), str(Path.cwd())]  # not this folder: it would hide packages
from scripts.common import Reporter, fail_plainly, import_modules


@dataclass
class Args:
    """Compare agents over whole lives."""

    quick: bool = False
    """The quick suite: every world and the main agents in a few minutes on two cores."""
    full: bool = False
    """The full suite: every agent, 256 animals, whole lives."""
    suite: Path | None = None
    """A suite of your own, from a TOML file; its keys are the fields of benchmark.running.suites.Suite."""
    worlds: tuple[str, ...] = ()
    """Worlds by name, or package.module:Class for your own; empty for the suite's."""
    agents: tuple[str, ...] = ()
    """Agents by name; empty for the suite's."""
    animals: int | None = None
    """Individuals of each agent; animal i of every agent has the same world. None for the suite's."""
    lifetime: int | None = None
    """Steps of each life; None for the suite's."""
    experiments: tuple[str, ...] | None = None
    """Experiments by id, or "all"; given without an id, none. By default the suite's."""
    seed: int | None = None
    """Seed of the first animal; reporting seeds start at 1,000,000. None for the suite's."""
    purpose: Literal["report", "tune"] | None = None
    """What the seeds are for: "tune" takes only seeds below 1,000,000, "report" only those above."""
    out: Path | None = None
    """Results folder; by default runs/<suite>-<settings>."""
    engine: Literal["local", "ray"] = "local"
    """Where the work is done: processes of this machine, or a Ray cluster."""
    address: str | None = None
    """Of a running Ray cluster: auto, host:port or ray://host:port; without it a Ray is started here."""
    workers: int = 0
    """Processes, at least 1; 0 for one a core. Results do not depend on it."""
    shard: int | None = None
    """Most animals that live in one process at a time; results do not depend on it."""
    report_only: bool = False
    """Redraw from what the folder given with --out holds, without running anything."""
    compare: tuple[Path, Path] | None = None
    """Two results folders: say what changed beyond noise from the first to the second, and run nothing."""
    trust: tuple[str, ...] = ()
    """Modules that a suite file or a results folder may name; what files name is never imported unless it is given here."""
    export: tuple[str, ...] = ()
    """Also write the raw curves as csv, parquet, or both."""
    quiet: bool = False
    """Print nothing but errors and where results are."""
    json: bool = False
    """Print summary.json (or the comparison) instead of tables."""


def main(args: Args) -> int:
    """Run, summarise, report; 0 if every job finished."""
    from benchmark.results.compare import compare
    from benchmark.results.export import check_formats
    from benchmark.results.store import Store
    from core.errors import InvalidArgument

    reporter = Reporter(quiet=args.quiet or args.json)
    import_modules(args.trust)
    check_formats(args.export)
    if args.compare is not None:
        return _show_comparison(compare(*map(Store.open, args.compare)), args, reporter)
    if args.report_only:
        if args.out is None:
            raise InvalidArgument("--report-only redraws a results folder; say which with --out.")
        return _report(Store.open(args.out), args, reporter)
    return _run_and_report(args, reporter)


def _run_and_report(args: Args, reporter: Reporter) -> int:
    from benchmark.results.store import Store
    from benchmark.running.engines import make_engine
    from benchmark.running.suites import resolve
    from core.errors import whole_number

    name, suite = _suite(args)
    settings = resolve(suite, args.shard)
    whole_number("workers", args.workers, least=0)
    engine = make_engine(args.engine, args.workers or None, args.address)
    try:
        store = Store(args.out or Path("runs") / f"{name}-{settings.digest()}", settings)
        _run(store, engine, reporter)
    finally:
        engine.close()
    return _report(store, args, reporter)


def _run(store: Any, engine: Any, reporter: Reporter) -> None:
    from benchmark.results.jobs import jobs
    from benchmark.running.run import run

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=reporter.console, disable=reporter.console.quiet) as progress:
        task = progress.add_task("jobs", total=len(jobs(store.settings)))

        def report(job: Any, status: str) -> None:
            progress.advance(task)
            if status != "kept":
                progress.console.print(f"{status}: {job.title}", highlight=False)

        run(store, engine, report)


def _suite(args: Args) -> tuple[str, Any]:
    """The chosen suite with what the command line changes in it."""
    import msgspec

    from benchmark.running.suite_file import read_suite
    from benchmark.running.suites import SUITES
    from core.errors import InvalidArgument

    if args.quick + args.full + (args.suite is not None) > 1:
        raise InvalidArgument("--quick, --full and --suite exclude each other; give one.")
    name = "quick" if args.quick else "full" if args.full else "default"
    suite = SUITES[name]
    if args.suite is not None:
        name, suite = args.suite.stem, read_suite(args.suite)
    changes: dict[str, Any] = {
        "worlds": args.worlds or None,
        "agents": args.agents or None,
        "animals": args.animals,
        "lifetime": args.lifetime,
        "seed": args.seed,
        "experiments": args.experiments,
        "purpose": args.purpose,
    }
    if args.purpose == "tune" and args.seed is None:
        changes["seed"] = 0
    return name, msgspec.structs.replace(suite, **{key: value for key, value in changes.items() if value is not None})


def _report(store: Any, args: Args, reporter: Reporter) -> int:
    import msgspec

    from benchmark.report.figures import draw_all, write_pngs
    from benchmark.report.report import experiments_of, write_report
    from benchmark.results.export import export
    from benchmark.results.store import JOBS
    from benchmark.results.summary import summarise

    experiments_of(store)
    with reporter.console.status("statistics, figures and report"):
        summary = summarise(store)
        content = msgspec.json.format(msgspec.json.encode(summary), indent=2)
        drawings = draw_all(store)
        files = [store.write_bytes("summary.json", content), *write_pngs(store, drawings), *export(store, args.export)]
        files.append(write_report(store, summary, drawings))
    if args.json:
        print(content.decode())
    for world, rows in summary["worlds"].items():
        reporter.console.print(_table(world, rows))
    if summary["experiments"]:
        reporter.console.print(_experiments(summary["experiments"]))
    print("\n".join(f"wrote {file}" for file in files), file=sys.stderr if args.json else sys.stdout)
    found = [(f"{w} {a}", row["status"]) for w, rows in summary["worlds"].items() for a, row in rows.items()]
    found += [(f"experiment {entry['id']}", entry["status"]) for entry in summary["experiments"]]
    unfinished = [f"{what} ({status})" for what, status in found if status not in ("complete", "not installed")]
    if unfinished:
        print(f"not finished: {', '.join(unfinished)}; see {store.folder}/{JOBS}/*.error.txt", file=sys.stderr)
    return 1 if unfinished else 0


def _table(world: str, rows: dict) -> Table:
    table = Table(title=world)
    columns = (
        "agent",
        "n",
        "fitness at birth",
        "fitness grown",
        "score grown",
        "learner share",
        "deaths / 1000",
        "overtakes at",
    )
    for column in columns:
        table.add_column(column, justify="left" if column == "agent" else "right")
    for agent, row in rows.items():
        if not row["animals"]:
            table.add_row(agent, "0", *[row["status"]] * 6)
            continue
        keys = ("fitness_at_birth", "fitness_grown", "score_grown", "learner_share_grown", "deaths")
        overtakes = row["overtakes_reflex_at"]
        named = agent if row["status"] == "complete" else f"{agent} ({row['status']})"
        numbers = [_range(row.get(key)) for key in keys]
        table.add_row(named, str(row["animals"]), *numbers, "-" if overtakes is None else f"{overtakes:,}")
    return table


def _experiments(entries: list[dict]) -> Table:
    table = Table(title="experiments")
    for column in ("id", "holds", "statistic [95% interval]", "n"):
        table.add_column(column.replace("[", "\\["))
    for entry in entries:
        if entry["holds"] is None:
            table.add_row(entry["id"], entry["status"], "-", str(entry["n"]))
        else:
            low, high = entry["interval"]
            number = f"{entry['statistic']:.3g} \\[{low:.3g}, {high:.3g}]"
            table.add_row(entry["id"], "[green]yes[/]" if entry["holds"] else "[red]no[/]", number, str(entry["n"]))
    return table


def _show_comparison(found: dict[str, Any], args: Args, reporter: Reporter) -> int:
    import msgspec

    if args.json:
        print(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
        return 0
    for change in found["settings"]:
        print(f"differs: {change}")
    table = Table(title=f"{args.compare[1]} minus {args.compare[0]}" if args.compare else "")
    for column in ("world", "agent", "quantity", "before", "after", "difference [95% interval]", "p", "verdict"):
        table.add_column(column.replace("[", "\\["))
    for row in found["rows"]:
        colour = {"higher": "green", "lower": "red"}.get(row["verdict"], "dim")
        table.add_row(
            row["world"],
            row["agent"],
            row["quantity"],
            f"{row['before']:.3g}",
            f"{row['after']:.3g}",
            _range(row).replace("[", "\\["),
            f"{row['p_corrected']:.3f}",
            f"[{colour}]{row['verdict']}[/]",
        )
    reporter.console.print(table)
    changed = sum(row["verdict"] in ("higher", "lower") for row in found["rows"])
    print(f"{changed} of {len(found['rows'])} quantities changed beyond noise")
    return 0


def _range(value: dict | None) -> str:
    if value is None:
        return "-"
    centre = value.get("iqm", value.get("mean"))
    if not math.isfinite(value["low"]):
        return f"{centre:.2f} (one value)"
    return f"{centre:.2f} [{value['low']:.2f}, {value['high']:.2f}]"


if __name__ == "__main__":
    sys.exit(fail_plainly(main, Args, __doc__))
