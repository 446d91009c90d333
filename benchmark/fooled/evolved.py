"""What evolution made of steering's constants, judged in every niche of its world, those that it never saw among them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import msgspec

from agents.genome import Genome
from benchmark.fooled.measures import Curves, of_niche
from benchmark.fooled.settings import WHOLE, niche_jobs, niche_settings, parts_of
from benchmark.running.niche_lives import live_in_niche


def judged(
    world: str, steering: str, genomes: dict[str, Genome], animals: int, seed: int, progress: Callable[[int, int], None]
) -> dict[str, dict[str, dict[str, Any]]]:
    """Niche -> name of a genome -> the numbers of the whole animal, as :func:`benchmark.fooled.measures.of_arm` has them.

    Args:
        world: by name; all of its fooled niches are lived in.
        steering: which steering subsystem; empty for the world's own.
        genomes: by name.
        animals: individuals on each side of a niche.
        seed: of the first.
        progress: told how many units of work are done, and how many there are.
    """
    settings = niche_settings((world,), (WHOLE,), (steering,) if steering else (), animals, seed=seed)
    todo = niche_jobs(msgspec.structs.replace(settings, shard=animals))
    found: dict[str, dict[str, dict[str, Any]]] = {parts_of(niche)[1]: {} for niche in settings.niches}
    done = 0
    for name, genome in genomes.items():
        for niche, rows in found.items():
            arms: dict[tuple[str, str], Curves] = {}
            for job in todo:
                if job.niche == niche:
                    arms[job.agent, job.side] = live_in_niche(job, genome)
                    done += 1
                    progress(done, len(todo) * len(genomes))
            row = of_niche(arms, settings)
            rows[name] = row["arms"].get(WHOLE) or row
    return found
