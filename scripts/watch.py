"""Watch animals live: innate steering from the first step, learning that takes over with time.

Without a screen, or with --headless, --record writes the same frames to a file. --record life.html writes a player instead: one page
that needs nothing else, with the whole life of one animal, whole and without some of its parts.
"""

from __future__ import annotations

import contextlib
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

sys.path[:1] = [str(Path(__file__).resolve().parents[1]), str(Path.cwd())]  # not this folder: it would hide packages
from scripts.common import Reporter, fail_plainly


@dataclass
class Args:
    """Open the viewer."""

    world: Annotated[str, tyro.conf.Positional] = "LoomingEscape"
    """World by name, or package.module:Class."""
    agent: str = "steered"
    """Agent by name."""
    age: str = "newborn"
    """newborn, grown, or a number of steps."""
    lesion: tuple[str, ...] = ()
    """Parts to remove from the shown animal once it has its age: learning, reflex, reward, or parts of the species. A player shows the
    animal without each of them in turn, from birth on; learning, reflex and reward by default."""
    checkpoint: Path | None = None
    """Show the animals of a checkpoint; it must be of this world and agent."""
    record: Path | None = None
    """Record to FILE.mp4, .gif or .png (a filmstrip), or a whole life to FILE.html (a player; opens no window)."""
    steps: int | None = None
    """Stop after this many steps; recordings without a window take 600 by default, players a whole life."""
    headless: bool = False
    """Open no window."""
    seed: int = 0
    """Seed of the first animal; animal i has seed + i."""
    animals: int = 4
    """How many live beside each other; the tab key goes through them."""


def main(args: Args) -> int:
    """Watch, or record."""
    from rich.progress import Progress

    from core.errors import InvalidArgument
    from envs.registration import worlds
    from viewer.record import KINDS, Recorder, check_target, pace
    from viewer.session import Session, parse_age

    swallowed = [part for part in args.lesion if part.casefold() in {name.casefold() for name in worlds.names()}]
    if swallowed:
        raise InvalidArgument(
            f"--lesion takes every word that follows it, {swallowed[0]} too. Name the world first: watch.py {swallowed[0]} --lesion ..."
        )
    if args.headless and args.record is None:
        raise InvalidArgument("--headless shows nothing by itself; say where to record: --record life.mp4")
    if args.steps is not None and args.steps < 1:
        raise InvalidArgument(f"--steps must be at least 1, not {args.steps}.")
    age, reporter = parse_age(args.age, args.world), Reporter()
    if args.record is not None and args.record.suffix.lower() == ".html":
        return _record_player(args, reporter)
    if args.record:
        check_target(args.record, (*KINDS, ".html"))
    session = Session(args.world, args.agent, args.animals, args.seed)
    for part in dict.fromkeys(args.lesion):
        session.toggle_lesion(part)
    if args.checkpoint:
        session.open(args.checkpoint)
    if age:
        with Progress(console=reporter.console) as bar:
            task = bar.add_task("growing up", total=age)
            session.grow(age, lambda done, total: bar.update(task, completed=done))
        for part in dict.fromkeys(args.lesion):
            session.toggle_lesion(part)
    frames = args.steps or 600
    rate, each = pace(session.population.world)
    sound = session.population.world.metadata.get("sound_rate")
    with Recorder(args.record, rate, frames // each, sound) if args.record else contextlib.nullcontext() as recorder:
        window = None if args.headless else _open_window(session, recorder)
        if window is not None:
            window.run(args.steps)
        elif recorder is not None:
            _record(session, recorder, frames, each, reporter)
    if args.record:
        print(f"wrote {args.record}")
    return 0


def _record_player(args: Args, reporter: Reporter) -> int:
    """A page with the whole life of one animal."""
    from rich.progress import Progress

    from core.errors import InvalidArgument
    from viewer.player.player import Player
    from viewer.player.recording import LESIONS, record_life
    from viewer.record import check_target

    if args.checkpoint is not None or args.age != "newborn":
        raise InvalidArgument(
            "A player shows a whole life from birth on; leave out --age and --checkpoint, or record a film."
        )
    check_target(args.record, (".html",))
    with Progress(console=reporter.console) as bar:
        task = bar.add_task("living and recording", total=None)
        recording = record_life(
            args.world,
            args.agent,
            args.seed,
            args.lesion or LESIONS,
            args.steps,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
        bar.update(task, description="writing")
        page = Player(recording)
        path = page.save(args.record)
    print(f"wrote {path}: {len(page.html) / 1e6:.1f} MB, {recording.curves.steps:,} steps; open it in any browser")
    return 0


def _open_window(session, recorder):
    """The window, or None where there is no screen but something to record to."""
    from viewer.window import NoDisplay, Window

    try:
        return Window(session, recorder)
    except NoDisplay as error:
        if recorder is None:
            raise
        print(f"{error}\nThere is no screen, so the life is only recorded.", file=sys.stderr)
        return None


def _record(session, recorder, steps: int, each: int, reporter: Reporter) -> None:
    """A picture after every ``each`` steps, and the sound of all of them."""
    from rich.progress import track

    from core.canvas import pixels
    from viewer.stage import compose

    world = session.population.world
    for step in track(range(1, steps + 1), "recording", console=reporter.console):
        session.step()
        heard = world.sound(session.row)
        if heard is not None:
            recorder.add_sound(heard)
        if step % each == 0 or step == steps:
            recorder.add(pixels(compose(session)))


if __name__ == "__main__":
    sys.exit(fail_plainly(main, Args, __doc__, "interrupted; a film is whole up to here, a page was not written"))
