"""Write lives as data: trajectories of animals as a Minari dataset, for offline learning and imitation with other libraries."""

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
    """Export trajectories."""

    world: Annotated[str, tyro.conf.Positional]
    """World by name, or package.module:Class."""
    agent: str = "steered"
    """Agent by name."""
    age: str = "grown"
    """newborn, grown, or a number of steps that the animals have lived before."""
    animals: int = 8
    """How many animals."""
    episodes: int = 5
    """Whole episodes of each animal, about: so many times the longest are lived."""
    seed: int = 0
    """Seed of the first animal; animal i has seed + i."""
    minari: str = ""
    """Name of the dataset; by default nestling/<world>/<agent>-<age>-v0."""


def main(args: Args) -> int:
    """Check the name, let the animals grow and live, write."""
    from rich.progress import Progress

    from agents.life import live
    from agents.population import Population
    from agents.trajectories import TrajectoryRecorder
    from benchmark.results.minari_export import check_dataset, write_dataset
    from core.errors import whole_number
    from scripts.templating import snake_case
    from viewer.session import Session, parse_age

    whole_number("episodes", args.episodes, least=1)
    age = parse_age(args.age, args.world)
    session = Session(args.world, args.agent, args.animals, args.seed)
    world = snake_case(session.population.world_name.rpartition(":")[2]).replace("_", "-")
    name = args.minari or f"nestling/{world}/{args.agent.replace('+', '-')}-{args.age}-v0"
    check_dataset(name)
    recorder, reporter = TrajectoryRecorder(), Reporter()
    with Progress(console=reporter.console) as bar:
        if age:
            growing = bar.add_task("growing up", total=age)
            session.grow(age, lambda done, total: bar.update(growing, completed=done))
        population: Population = session.population
        steps = (args.episodes + 1) * population.world.max_episode_steps
        for _ in bar.track(range(steps), description="recording"):
            live(population, 1, [recorder])
    episodes = recorder.stop(population)
    about = f"{len(episodes)} episodes of {args.animals} animals ({args.agent}, {args.age}) in {population.world_name}."
    write_dataset(name, population, episodes, about)
    print(f"wrote {name}: {about} Read it with minari.load_dataset({name!r}).")
    return 0


if __name__ == "__main__":
    sys.exit(fail_plainly(main, Args, __doc__))
