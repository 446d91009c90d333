"""Make a short film of each world, newborn and grown side by side on the same seed, for README and docs."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import tyro

sys.path[:1] = [str(Path(__file__).resolve().parents[1]), str(Path.cwd())]  # not this folder: it would hide packages
from scripts.common import Reporter, fail_plainly


@dataclass
class Args:
    """Film worlds."""

    worlds: Annotated[tuple[str, ...], tyro.conf.Positional] = ()
    """Worlds by name; empty for all that have a steering subsystem of their own."""
    seconds: float = 20.0
    """Length of each film."""
    size: tuple[int, int] = (960, 540)
    """Pixels."""
    seed: int = 0
    """Seed of the animal."""
    out: Path = Path("docs/clips")
    """Folder of the films, one NAME.mp4 each."""


def main(args: Args) -> int:
    """Grow, film, write."""
    from rich.progress import Progress

    from core.canvas import pixels
    from envs.registration import world_class
    from steering.registration import steered_worlds
    from viewer.record import Recorder, pace
    from viewer.session import Session
    from viewer.stage import compose

    for world in args.worlds or steered_worlds():
        world_class(world)
    with Progress(console=Reporter().console) as bar:
        for world in args.worlds or steered_worlds():
            session = Session(world, "steered", 1, args.seed)
            task = bar.add_task(f"{world}: growing up", total=1)
            session.compare(True, lambda done, total, task=task: bar.update(task, completed=done, total=total))
            rate, each = pace(session.population.world)
            steps = round(args.seconds * rate * each)
            film = bar.add_task(f"{world}: filming", total=steps)
            path = args.out / f"{world}.mp4"
            sound = session.population.world.metadata.get("sound_rate")
            with Recorder(path, rate, sound_rate=sound, quality=4.0) as recorder:
                for step in range(1, steps + 1):
                    session.step()
                    heard = session.population.world.sound(session.row)
                    if heard is not None:
                        recorder.add_sound(heard)
                    if step % each == 0:
                        recorder.add(pixels(compose(session, size=args.size)))
                    bar.update(film, completed=step)
            bar.console.print(f"wrote {path}, {path.stat().st_size / 1e6:.1f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(fail_plainly(main, Args, __doc__))
