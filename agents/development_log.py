"""How animals grow, told while they live: to TensorBoard, to Weights & Biases, or to any function."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from agents.population import Population
from agents.steered_world import Tick
from core.errors import InvalidArgument, whole_number

Write = Callable[[dict[str, float], int], None]
"""Takes values by name, and the number of ticks lived."""


class DevelopmentLog:
    """An observer of :func:`agents.life.live` that writes averages over all animals, once every so many ticks.

    It writes ``fitness_per_step`` (the world's verdict), ``reward_per_step`` (steering's judgement), ``learner_share`` (0 to 1, the
    share of steps with the learner in charge), ``deaths`` (a count) and, where episodes ended, ``episode_fitness`` (their mean).

    Args:
        write: where to; :func:`tensorboard`, :func:`weights_and_biases`, or a function of your own.
        every: ticks between two writings, at least 1. What is left at the end of a life is not written.

    Raises:
        InvalidArgument: ``every`` is not a whole number from 1.
    """

    def __init__(self, write: Write, every: int = 1000) -> None:
        self._write, self._every = write, whole_number("every", every)
        self._ticks = 0
        self._episode: np.ndarray | None = None
        self._begin()

    def _begin(self) -> None:
        self._steps = self._fitness = self._reward = self._by_learner = self._deaths = 0.0
        self._episodes: list[float] = []

    def __call__(self, population: Population, tick: Tick) -> None:
        """Add a tick; write if it is time."""
        stepped, ended = tick.stepped, tick.ended
        self._episode = (0.0 if self._episode is None else self._episode) + tick.fitness
        self._steps += stepped.sum()
        self._fitness += tick.fitness[stepped].sum()
        self._reward += tick.verdict.judged[stepped].sum()
        self._by_learner += tick.in_charge[stepped].sum()
        self._deaths += tick.terminated.sum()
        if ended.any():
            self._episodes.extend(self._episode[ended])
            self._episode[ended] = 0.0
        self._ticks += 1
        if self._ticks % self._every == 0:
            self._write(self._averages(), self._ticks)
            self._begin()

    def _averages(self) -> dict[str, float]:
        steps = max(1.0, self._steps)
        values = {
            "fitness_per_step": self._fitness / steps,
            "reward_per_step": self._reward / steps,
            "learner_share": self._by_learner / steps,
            "deaths": self._deaths,
        }
        if self._episodes:
            values["episode_fitness"] = float(np.mean(self._episodes))
        return {name: float(value) for name, value in values.items()}


def tensorboard(folder: Path | str) -> Write:
    """Writes event files that ``tensorboard --logdir FOLDER`` shows.

    Raises:
        InvalidArgument: TensorBoard or torch is not installed.
    """
    _require("TensorBoard", "tensorboard", "torch")
    from torch.utils.tensorboard import SummaryWriter

    writer = SummaryWriter(str(folder))

    def write(values: dict[str, float], ticks: int) -> None:
        for name, value in values.items():
            writer.add_scalar(f"development/{name}", value, ticks)
        writer.flush()

    return write


def weights_and_biases(**options: Any) -> Write:
    """Writes a run of Weights & Biases; ``options`` are those of ``wandb.init``, such as ``project`` and ``mode="offline"``.

    Raises:
        InvalidArgument: it is not installed.
    """
    _require("Weights & Biases", "wandb")
    import wandb

    run = wandb.init(**options)

    def write(values: dict[str, float], ticks: int) -> None:
        run.log({f"development/{name}": value for name, value in values.items()}, step=ticks)

    return write


def _require(kind: str, *packages: str) -> None:
    missing = [package for package in packages if importlib.util.find_spec(package) is None]
    if missing:
        raise InvalidArgument(f"Logging to {kind} needs {' and '.join(missing)}: pip install {' '.join(missing)}")
