"""Run agents in worlds over whole lives, and report them with honest intervals.

Only what the results folder does not hold yet is run, so an interrupted benchmark goes on where it
stopped, with the same results.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

sys.path[:1] = [str(Path(__file__).resolve().parents[1]), str(Path.cwd())]  # not this folder: it would hide packages
from scripts.common import Reporter, fail_plainly, import_modules


@dataclass
class Args:
    """Compare agents over whole lives."""

    quick: bool = False
    """The quick suite: every species, and the main agents but those of other libraries, in minutes on two cores."""
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
    from benchmark.results.jobs import why_not
    from benchmark.results.store import Store
    from benchmark.running.engines import make_engine
    from benchmark.running.suites import resolve
    from core.errors import whole_number

    name, suite = _suite(args)
    settings = resolve(suite, args.shard)
    for agent, world, why in ((a, w, why_not(a, w)) for a in args.agents for w in settings.worlds):
        if why:
            reporter.console.print(f"left out: {agent} in {world}, since {why}", highlight=False, markup=False)
    whole_number("workers", args.workers, least=0)
    engine = make_engine(args.engine, args.workers or None, args.address)
    try:
        store = Store(args.out or Path("runs") / f"{name}-{settings.digest()}", settings)
        run_with_progress(store, engine, reporter)
    finally:
        engine.close()
    return _report(store, args, reporter)


def run_with_progress(store: Any, engine: Any, reporter: Reporter) -> bool:
    """Run what a folder does not hold yet, with a bar and a line for each job; True if every job is now finished."""
    from benchmark.running.run import run

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=reporter.console, disable=reporter.console.quiet) as progress:
        total = len(store.jobs())
        task, started = progress.add_task("jobs", total=total), time.monotonic()
        seen, lived = 0, 0

        def report(job: Any, status: str) -> None:
            nonlocal seen, lived
            progress.advance(task)
            seen += 1
            if status == "kept":
                return
            lived += 1
            more = (time.monotonic() - started) * (total - seen) / lived
            known = 10 * lived >= total and seen < total  # the first few say little
            estimate = f", about {_minutes(more)} left" if known else ""
            progress.console.print(f"{status}: {job.title} ({seen} of {total}{estimate})", highlight=False, markup=False)

        return run(store, engine, report)


def _minutes(seconds: float) -> str:
    return f"{seconds:.0f} s" if seconds < 100 else f"{seconds / 60:.0f} min"


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
    from benchmark.report.terminal import experiments_table, world_table
    from benchmark.report.words import in_short
    from benchmark.results.export import export
    from benchmark.results.folder import JOBS
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
        reporter.console.print(world_table(world, rows, reporter.console))
        for _, sentence in in_short(world, summary):
            reporter.console.print(f"  {sentence}", markup=False, highlight=False)
    if summary["experiments"]:
        reporter.console.print(experiments_table(summary["experiments"], reporter.console))
    print("\n".join(f"wrote {file}" for file in files), file=sys.stderr if args.json else sys.stdout)
    found = [(f"{w} {a}", row["status"]) for w, rows in summary["worlds"].items() for a, row in rows.items()]
    found += [(f"experiment {entry['id']}", entry["status"]) for entry in summary["experiments"]]
    unfinished = [f"{what} ({status})" for what, status in found if status not in ("complete", "not installed")]
    if unfinished:
        print(f"not finished: {', '.join(unfinished)}; see {store.folder}/{JOBS}/*.error.txt", file=sys.stderr)
        for cause in dict.fromkeys(error.strip().splitlines()[-1] for job in store.jobs() if (error := store.error(job))):
            print(f"cause: {cause}", file=sys.stderr)
    return 1 if unfinished else 0


def _show_comparison(found: dict[str, Any], args: Args, reporter: Reporter) -> int:
    import msgspec

    from benchmark.report.terminal import comparison_table

    if args.json:
        print(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
        return 0
    for change in found["settings"]:
        print(f"differs: {change}")
    title = f"{args.compare[1]} minus {args.compare[0]}" if args.compare else ""
    reporter.console.print(comparison_table(found["rows"], title, reporter.console))
    changed = sum(row["verdict"] in ("higher", "lower") for row in found["rows"])
    print(f"{changed} of {len(found['rows'])} quantities changed beyond noise")
    return 0


if __name__ == "__main__":
    sys.exit(fail_plainly(main, Args, __doc__))
