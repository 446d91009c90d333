"""Record a life of each world for the docs: a page that plays it, and the moving picture of the README."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

sys.path[:1] = [str(Path(__file__).resolve().parents[1]), str(Path.cwd())]  # not this folder: it would hide packages
from scripts.common import Reporter, fail_plainly

_AGES = 20
_SIZE = (800, 450)
_RATE, _TICKS = 10, 2  # pictures a second, and ticks between them


@dataclass
class Args:
    """Record worlds."""

    worlds: Annotated[tuple[str, ...], tyro.conf.Positional] = ()
    """Worlds by name; empty for all that have a steering subsystem of their own."""
    seed: int = 0
    """Seed of the animal."""
    out: Path = Path("docs/lives")
    """Folder of the pages, one NAME.html each."""
    picture: Path | None = Path("docs/images/growing_up.gif")
    """The moving picture: a mouse from birth to old age. None for none."""


def main(args: Args) -> int:
    """Live, record, write."""
    from rich.progress import Progress

    from envs.registration import world_class
    from steering.registration import steered_worlds
    from viewer.player.player import player

    chosen = args.worlds or tuple(steered_worlds())
    for world in chosen:
        world_class(world)
    args.out.mkdir(parents=True, exist_ok=True)
    with Progress(console=Reporter().console) as bar:
        for world in chosen:
            task = bar.add_task(world, total=None)
            page = player(
                world, seed=args.seed, progress=lambda done, total, task=task: bar.update(task, completed=done, total=total)
            )
            path = page.save(args.out / f"{world}.html")
            bar.console.print(f"wrote {path}, {path.stat().st_size / 1e6:.1f} MB, {bar.tasks[task].elapsed:.0f} s")
        if args.picture is not None and not args.worlds:
            _growing_up(args.picture, args.seed, bar)
    return 0


def _growing_up(path: Path, seed: int, bar) -> None:
    """Some seconds of a newborn mouse, a glimpse of each of twenty ages, and some seconds of the old one."""
    from core.canvas import pixels
    from viewer.record import Recorder
    from viewer.session import Session
    from viewer.stage import compose

    session = Session("LoomingEscape", "steered", 1, seed)
    task = bar.add_task("the moving picture", total=None)
    session.grow(session.lives.steps, lambda done, total: bar.update(task, completed=done, total=total))
    with Recorder(path, _RATE) as recorder:
        for age in range(_AGES + 1):
            session.go_to(age / _AGES)
            for _ in range(40 if age == 0 else 60 if age == _AGES else 3):
                for _ in range(_TICKS):
                    session.step()
                recorder.add(pixels(compose(session, size=_SIZE)))


if __name__ == "__main__":
    sys.exit(fail_plainly(main, Args, __doc__))
