"""What one unit of work does, in whatever process or machine it lands."""

from __future__ import annotations

from typing import Any

import msgspec
import numpy as np

from agents.life import Observer, live
from agents.population import Population
from benchmark.experiments.experiment import find_signature
from benchmark.results.curves import CurveRecorder
from benchmark.running.film import FilmRecorder
from benchmark.running.suites import Cell, ExperimentCell, LifeCell
from core.code_digest import code_digest
from core.errors import NestlingError
from envs.registration import world_class

Finding = dict[str, np.ndarray] | dict[str, Any]
"""Curves and pictures of a :class:`LifeCell`, or plain values of an :class:`ExperimentCell`."""


class OtherSources(NestlingError, RuntimeError):
    """A worker has another version of the code than the command that gave it work."""


def do_cell(cell: Cell, sources: str) -> Finding:
    """Do a unit of work.

    Args:
        cell: what to do.
        sources: digest of the sources of whoever asked; a machine with others must not answer.
    """
    if sources != code_digest():
        raise OtherSources(
            f"This worker has sources {code_digest()}, but the command has {sources}; install the same version on every "
            "machine of the cluster."
        )
    return _experiment(cell) if isinstance(cell, ExperimentCell) else live_cell(cell)


def live_cell(cell: LifeCell) -> dict[str, np.ndarray]:
    """Let the animals of a cell live their whole lives; returns their curves, and pictures where asked for."""
    population = Population(cell.agent, cell.world, cell.animals, seed=cell.first_seed)
    curves = CurveRecorder(cell.animals, cell.lifetime, cell.windows)
    film = FilmRecorder(cell.lifetime, world_class(cell.world).episode_steps)
    observers: list[Observer] = [curves, film] if cell.film else [curves]
    live(population, cell.lifetime, observers)
    return curves.curves | film.films


def _experiment(cell: ExperimentCell) -> dict[str, Any]:
    signature = find_signature(cell.id)
    return signature.entry(signature.run(cell.animals, cell.seed), cell.seed) | {"id": cell.id}


def as_json(finding: Finding) -> bytes:
    """The plain values of an experiment as indented JSON."""
    return msgspec.json.format(msgspec.json.encode(finding), indent=2)
