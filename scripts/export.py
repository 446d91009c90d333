"""Write lives as data: trajectories of animals as a Minari dataset, for offline learning and imitation with other libraries."""

from __future__ import annotations

import re
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
    """Most episodes of each animal; so many times the longest one are lived, and what still runs then is cut."""
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
    name = args.minari or f"nestling/{world}/{re.sub(r'[^a-z0-9]+', '-', args.agent.casefold())}-{args.age}-v0"
    check_dataset(name)
    recorder, reporter = TrajectoryRecorder(), Reporter()
    with Progress(console=reporter.console) as bar:
        if age:
            growing = bar.add_task("growing up", total=age)
            session.grow(age, lambda done, total: bar.update(growing, completed=done))
        population: Population = session.population
        steps = args.episodes * population.world.max_episode_steps
        steps += int(population.world.max_episode_steps - population.world.elapsed.min()) if age else 0
        for _ in bar.track(range(steps), description="recording"):
            live(population, 1, [recorder])
    episodes = _first(recorder.stop(population), args.episodes)
    about = f"{len(episodes)} episodes of {args.animals} animals ({args.agent}, {args.age}) in {population.world_name}."
    write_dataset(name, population, episodes, about)
    print(f"wrote {name}: {about} Read it with minari.load_dataset({name!r}).")
    return 0


def _first(episodes, count: int):
    """The first so many episodes of each animal."""
    kept: dict[int, int] = {}
    chosen = []
    for episode in episodes:
        kept[episode.animal] = kept.get(episode.animal, 0) + 1
        if kept[episode.animal] <= count:
            chosen.append(episode)
    return chosen


if __name__ == "__main__":
    sys.exit(fail_plainly(main, Args, __doc__))
