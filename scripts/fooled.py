"""Try steering where it can be fooled: every pair of an honest and a fooled niche, and what learning makes of them.

Give steering subsystems as "World/version" or "my_package.my_steering:Mine"; without one, every species' own is tried. Only what the
results folder does not hold yet is run, so an interrupted run goes on where it stopped, with the same results.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import tyro

sys.path[:1] = [str(Path(__file__).resolve().parents[1]), str(Path.cwd())]  # not this folder: it would hide packages
from scripts.common import Reporter, fail_plainly, import_modules


@dataclass
class Args:
    """Try steering in fooled niches."""

    steering: Annotated[tuple[str, ...], tyro.conf.Positional] = ()
    """Steering subsystems, at most one for each world."""
    quick: bool = False
    """A first look in minutes: 8 animals, a tenth of a life (a sixth of what is usual). Nothing is reported from it."""
    niches: tuple[str, ...] = ()
    """As "World/name", or "World" for all of a world; empty for all niches of the worlds that the steering is for."""
    arms: tuple[str, ...] = ()
    """Agents, with a negative control after "!"; "all" for every learner, rule and control. By default the whole animal."""
    animals: int | None = None
    """Individuals of the whole animal on each side of a niche; other arms have half as many. By default 32, or 8 with --quick."""
    share: float | None = None
    """Of a species' whole life that is lived; by default 0.25, or less with --quick."""
    seed: int | None = None
    """Seed of the first animal; reporting seeds start at 1,000,000."""
    seed_file: Path | None = None
    """A file with that seed, for seeds that are not to be known beforehand."""
    purpose: Literal["report", "tune"] = "report"
    """What the seeds are for: "tune" takes only seeds below 1,000,000, "report" only those above."""
    out: Path | None = None
    """Results folder; by default runs/fooled-<settings>."""
    workers: int = 0
    """Processes, at least 1; 0 for one a core. Results do not depend on it."""
    submit: str = ""
    """Also write submissions/NAME.toml under this name."""
    rerun: Path | None = None
    """A submission: run it again, with --seed or --seed-file, and say what differs."""
    trust: tuple[str, ...] = ()
    """Modules that a submission may name; what a file names is never imported unless it is given here."""
    list: bool = False
    """Only list the niches, of the worlds that the steering is for, or all."""


def main(args: Args) -> int:
    """Check, run, measure, report."""
    from benchmark.fooled.settings import ARMS, SHARE, WHOLE, NicheStore, niche_settings
    from benchmark.fooled.submission import read_submission
    from benchmark.running.suites import REPORTING_SEED
    from core.errors import InvalidArgument, whole_number

    reporter = Reporter()
    import_modules(args.trust)
    if args.list:
        return _list(args.steering, reporter)
    if args.quick and args.submit:
        raise InvalidArgument("A quick run is too short for the leaderboard. Leave out --quick, or --submit.")
    if args.submit and not args.submit.replace("-", "").replace("_", "").isalnum():
        raise InvalidArgument(f"A submission's name is made of letters, digits, - and _, not {args.submit!r}.")
    whole_number("workers", args.workers, least=0)
    seed = _seed(args)
    earlier = None if args.rerun is None else read_submission(args.rerun)
    if earlier is not None:
        settings = _again(earlier, args.rerun, seed)
    else:
        settings = niche_settings(
            args.niches,
            ARMS if args.arms == ("all",) else args.arms or (WHOLE,),
            args.steering,
            (8 if args.quick else 32) if args.animals is None else args.animals,
            (SHARE / 6 if args.quick else SHARE) if args.share is None else args.share,
            (REPORTING_SEED if args.purpose == "report" else 0) if seed is None else seed,
            args.purpose,
        )
    _check_each(settings, reporter)
    store = NicheStore(args.out or Path("runs") / f"fooled-{settings.digest()}", settings)
    return _run_and_report(store, args, reporter, earlier)


def _seed(args: Args) -> int | None:
    from core.errors import InvalidArgument

    if args.seed_file is None:
        return args.seed
    if args.seed is not None:
        raise InvalidArgument("--seed and --seed-file exclude each other; give one.")
    try:
        return int(args.seed_file.read_text(encoding="utf-8").strip())
    except ValueError:
        raise InvalidArgument(f"{args.seed_file} must hold one whole number, the seed of the first animal.") from None


def _again(earlier: Any, file: Path, seed: int | None) -> Any:
    """The settings of a submission, checked anew, perhaps with another seed."""
    import msgspec

    from benchmark.fooled.settings import NicheSettings, niche_settings
    from core.errors import InvalidArgument
    from core.registry import names_from

    try:
        settings = msgspec.convert(earlier.settings, NicheSettings)
    except msgspec.ValidationError as error:
        raise InvalidArgument(f"The settings of the submission cannot be read: {error}.") from None
    with names_from(file):
        niche_settings(  # raises where a niche, an arm or a steering subsystem does not exist here
            settings.niches,
            settings.arms,
            tuple(sorted({name for name in settings.steering if name})),
            settings.animals,
            seed=settings.seed if seed is None else seed,
            purpose=settings.purpose,
        )
    return settings if seed is None else msgspec.structs.replace(settings, seed=seed)


def _check_each(settings: Any, reporter: Reporter) -> None:
    """Look at every steering subsystem that is not a world's own."""
    from benchmark.fooled.checking import check_steering
    from benchmark.fooled.settings import parts_of

    given = {(parts_of(niche)[0], name) for niche, name in zip(settings.niches, settings.steering, strict=True) if name}
    for world, name in sorted(given):
        with reporter.console.status(f"looking at {name}"):
            check_steering(world, name)


def _run_and_report(store: Any, args: Args, reporter: Reporter, earlier: Any) -> int:
    import msgspec
    import numpy as np

    from benchmark.fooled.figures import draw
    from benchmark.fooled.measures import check_measured, measure
    from benchmark.fooled.page import write_page
    from benchmark.fooled.submission import as_toml, submission
    from benchmark.fooled.words import count_in_words, niche_table
    from benchmark.running.engines import make_engine
    from core.files import write_whole
    from scripts.benchmark import run_with_progress

    engine = make_engine("local", args.workers or None, None)
    try:
        finished = run_with_progress(store, engine, reporter)
    finally:
        engine.close()
    with reporter.console.status("statistics, figures and report"), np.errstate(invalid="ignore"):
        found = measure(store)
        content = msgspec.json.format(msgspec.json.encode(found), indent=2)
        files = [store.write_bytes("fooled.json", content)]
        drawings = draw(found)
        files += [store.write_bytes(f"{one.name}.png", one.png) for one in drawings]
        files.append(write_page(store, found, drawings))
    reporter.console.print(niche_table(found, reporter.console))
    print(count_in_words(found))
    check_measured(found)
    if args.submit:
        one = submission(args.submit, store, found)
        files.append(write_whole(Path("submissions") / f"{args.submit}.toml", as_toml(one)))
    if earlier is not None:
        _compare(earlier, submission(earlier.name, store, found), reporter)
    print("\n".join(f"wrote {file}" for file in files))
    return 0 if finished else 1


def _compare(earlier: Any, now: Any, reporter: Reporter) -> None:
    from rich.markup import escape

    from benchmark.report.terminal import plain_table

    table = plain_table("the submission, and run again", ["world, arm", "gap then", "gap now", "intervals meet"])
    later = {(row.world, row.arm): row for row in now.rows}
    for row in earlier.rows:
        if (row.world, row.arm) in later:
            then, again = row.gap, later[row.world, row.arm].gap
            meets = then[1] <= again[2] and again[1] <= then[2]
            told = [escape(f"{gap[0]:.2f} [{gap[1]:.2f}, {gap[2]:.2f}]") for gap in (then, again)]
            table.add_row(escape(f"{row.world}, {row.arm}"), *told, "yes" if meets else "no")
    reporter.console.print(table)


def _list(steering: tuple[str, ...], reporter: Reporter) -> int:
    from rich.markup import escape

    from benchmark.fooled.settings import niches_of_worlds
    from benchmark.fooled.words import meaning
    from benchmark.report.terminal import plain_table
    from steering.registration import steerings

    table = plain_table("fooled niches", ["niche", "what is there"])
    table.columns[1].justify = "left"
    for niche in niches_of_worlds({steerings.get(name).world: name for name in steering}):
        table.add_row(escape(niche), escape(meaning(niche)))
    reporter.console.print(table)
    return 0


if __name__ == "__main__":
    sys.exit(fail_plainly(main, Args, __doc__))
