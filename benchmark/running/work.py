"""What one unit of work does, in whatever process or machine it lands."""

from __future__ import annotations

from typing import Any

import numpy as np

from agents.life import Observer, live
from agents.population import Population
from benchmark.experiments.experiment import find_experiment
from benchmark.results.curves import CurveRecorder
from benchmark.results.jobs import ExperimentJob, Job, JobResult, LifeJob, NicheJob
from benchmark.running.film import FilmRecorder
from benchmark.running.niche_lives import live_in_niche
from core.code_digest import code_digest
from core.errors import NestlingError
from envs.registration import world_class


class OtherSources(NestlingError, RuntimeError):
    """A worker has another version of the code than the command that gave it work."""


def do_job(job: Job, sources: str) -> JobResult:
    """Do a unit of work.

    Args:
        job: what to do.
        sources: digest of the sources of whoever asked; a machine with others must not answer.
    """
    if sources != code_digest():
        raise OtherSources(
            f"This worker has sources {code_digest()}, but the command has {sources}; install the same version on every "
            "machine of the cluster."
        )
    if isinstance(job, NicheJob):
        return live_in_niche(job)
    return _experiment(job) if isinstance(job, ExperimentJob) else live_job(job)


def live_job(job: LifeJob) -> dict[str, np.ndarray]:
    """Let the animals of a job live their whole lives; returns their curves, and pictures where asked for."""
    population = Population(job.agent, job.world, job.animals, seed=job.first_seed)
    curves = CurveRecorder(job.animals, job.lifetime, job.windows)
    film = FilmRecorder(job.lifetime, world_class(job.world).episode_steps)
    observers: list[Observer] = [curves, film] if job.film else [curves]
    live(population, job.lifetime, observers)
    return curves.curves | film.films


def _experiment(job: ExperimentJob) -> dict[str, Any]:
    experiment = find_experiment(job.id)
    return experiment.entry(experiment.run(job.animals, job.seed), job.seed) | {"id": job.id}
