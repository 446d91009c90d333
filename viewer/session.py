"""What is being watched: the animals, which of them, its age and lesions. No drawing, no keys."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from agents import checkpoint
from agents.lesions import lesionable
from agents.life import live
from agents.population import Population
from envs.errors import NestlingError, UnknownName, unknown_name
from envs.sources import source_digest, user_cache
from viewer.history import History

GROWN_STEPS = 40_000
Progress = Callable[[int, int], None]


class Session:
    """Animals under observation; every change goes through the same tick as everywhere else.

    Args:
        world, agent: by name.
        animals: how many live beside each other; one is shown.
        seed: of the first animal.
        folder: where grown animals are kept; None takes the user's cache.
    """

    def __init__(
        self, world: Any, agent: str = "steered", animals: int = 4, seed: int = 0, folder: Path | None = None
    ) -> None:
        self.world, self.agent, self.animals, self.seed = world, agent, animals, seed
        self.folder = folder or user_cache() / "grown"
        self.row, self.history = 0, History()
        self.population = Population(agent, world, animals, seed=seed)
        self.innate = {"reflex", "reward", *self.population.steered.steering.lesionable}

    def step(self) -> None:
        """One tick."""
        live(self.population, 1, [self.history])

    def next_animal(self) -> None:
        """Show the next animal."""
        self.row = (self.row + 1) % self.animals
        self.history.row = self.row
        self.history.clear()

    def be_newborn(self) -> None:
        """Start the same animals' lives again."""
        self._show(Population(self.agent, self.world, self.animals, seed=self.seed))

    def grow(self, steps: int = GROWN_STEPS, progress: Progress = lambda done, total: None) -> None:
        """Show the same animals at an age of ``steps`` ticks: from a kept checkpoint, or by letting them live now."""
        path = self.folder / f"{self._key(steps)}.safetensors"
        if path.is_file():
            try:
                self._show(checkpoint.load(path))
                return
            except NestlingError:
                path.unlink()
        population = Population(self.agent, self.world, self.animals, seed=self.seed)
        part = max(1, steps // 100)
        for done in range(0, steps, part):
            progress(done, steps)
            live(population, min(part, steps - done))
        progress(steps, steps)
        checkpoint.save(population, path)
        self._show(population)

    def _key(self, steps: int) -> str:
        content = repr((str(self.world), self.agent, self.animals, self.seed, steps, source_digest())).encode()
        return hashlib.blake2b(content, digest_size=8).hexdigest()

    def _show(self, population: Population) -> None:
        self.population = population
        self.history.clear()

    def toggle_lesion(self, part: str) -> bool:
        """Remove a part from the shown animal, or restore it; returns whether it is missing now."""
        parts = lesionable(self.population)
        if part not in parts:
            raise unknown_name(f"lesion of agent {self.agent}", part, parts)
        missing = not parts[part][self.row]
        self.population.lesion(part, [self.row], missing)
        return missing

    def manipulate(self, name: str, **parameters: Any) -> None:
        """Throw a switch of the world for the shown animal."""
        self.population.world.manipulate(name, [self.row], **parameters)

    def option_values(self) -> np.ndarray | None:
        """(options,) the learner's values at its last decision, if it has any."""
        learner = self.population.learner
        return None if learner is None else learner.option_values(self.row)

    @property
    def age(self) -> float:
        """Seconds of life."""
        return float(self.population.steered.age[self.row])


def parse_age(age: str) -> int:
    """``"newborn"``, ``"grown"`` or a number of steps, as steps.

    Raises:
        UnknownName: anything else.
    """
    if age in ("newborn", "grown"):
        return 0 if age == "newborn" else GROWN_STEPS
    if age.isdecimal():
        return int(age)
    raise UnknownName(f"An age is newborn, grown, or a whole number of steps, not {age!r}.")
