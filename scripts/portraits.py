"""Draw the same picture of one animal of each species: its code, its forecasts, their worth and its acts."""

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
    """Draw the brains of worlds side by side."""

    worlds: Annotated[tuple[str, ...], tyro.conf.Positional] = (
        "LoomingEscape",
        "SaltAppetite",
        "Birdsong",
        "Rivals",
        "Orienting",
        "Eyeblink",
        "OdourChoice",
    )
    """Worlds by name."""
    share_of_life: float = 0.1
    """Age of the animals, as a share of the species' lifetime."""
    seed: int = 0
    """Seed of the animals."""
    out: Path = Path("runs/portraits.png")
    """Where the picture goes."""


def main(args: Args) -> int:
    """Grow, draw, write."""
    from rich.progress import Progress

    from benchmark.studies.portrait import portraits
    from core.arguments import in_range
    from core.files import write_whole
    from envs.registration import world_class

    in_range("--share-of-life", args.share_of_life, 0.0, 1.0)
    kinds = {world: world_class(world) for world in args.worlds}
    ages = {world: round(args.share_of_life * kind.life_episodes) * kind.episode_steps for world, kind in kinds.items()}
    with Progress(console=Reporter().console) as bar:
        task = bar.add_task("growing up", total=len(ages))
        picture = portraits(args.worlds, ages, args.seed, lambda world: bar.update(task, advance=1, description=world))
    write_whole(args.out, picture)
    print(f"wrote {args.out}")
    return 0


if __name__ == "__main__":
    sys.exit(fail_plainly(main, Args, __doc__))
