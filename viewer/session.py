"""What is being watched: the animals, which of them, its age and lesions. No drawing, no keys."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from agents import checkpoint
from agents.life import live
from agents.population import Population
from core.code_digest import code_digest
from core.errors import InvalidArgument, NestlingError, UnknownName, unknown_name
from core.files import user_cache
from envs.registration import world_class
from envs.world import World
from viewer.driving import Driver
from viewer.shown import Shown
from viewer.snapshots import Snapshots

Progress = Callable[[int, int], None]


class Session(Shown):
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
        super().__init__()
        self.snapshots = Snapshots()
        self.twin: Session | None = None
        self.change(world, agent)

    def change(self, world: Any = None, agent: str | None = None) -> None:
        """Show newborns of another world or agent; nothing changes where that is impossible."""
        world, agent = world or self.world, agent or self.agent
        population = Population(agent, world, self.animals, seed=self.seed)
        self.world, self.agent, self.twin = world, agent, None
        self._show(population)

    def step(self) -> None:
        """One tick, of the twin as well."""
        self.snapshots.note(self)
        live(self.population, 1, [self.history])
        if self.twin is not None:
            self.twin.step()

    def step_back(self) -> bool:
        """Take back one tick; returns whether the past was kept that far."""
        twin = self.twin
        self.twin = None  # the twin goes back by itself
        went = self.snapshots.back(self)
        self.twin = twin
        if twin is not None and went:
            twin.step_back()
        return went

    def next_animal(self, by: int = 1) -> None:
        """Show the next animal, or the one before."""
        self.row = (self.row + by) % self.animals
        self.history.row = self.row
        self.history.clear()
        self.snapshots.clear()
        if self.driver is not None:
            self.drive(True)
        if self.twin is not None:
            self.twin.next_animal(by)

    def be_newborn(self) -> None:
        """Start the same animals' lives again."""
        self._show(Population(self.agent, self.world, self.animals, seed=self.seed))

    def grow(self, steps: int | None = None, progress: Progress = lambda done, total: None) -> None:
        """Show the same animals at an age of ``steps`` ticks: from a kept checkpoint, or by letting them live now."""
        steps = grown_steps(self.world) if steps is None else steps
        path = self.folder / f"{self._key(steps)}.safetensors"
        if path.is_file():
            try:
                self._show(checkpoint.load(path))
                return
            except NestlingError:
                path.unlink()
        population = Population(self.agent, self.world, self.animals, seed=self.seed)
        self._show(population)  # it is seen while it grows
        part = max(1, steps // 200)
        for done in range(0, steps, part):
            progress(done, steps)
            live(population, min(part, steps - done), [self.history])
        progress(steps, steps)
        checkpoint.save(population, path)
        self.snapshots.clear()

    def compare(self, shown: bool, progress: Progress = lambda done, total: None) -> None:
        """Put the newborn of the same seed beside the grown animal, or take it away."""
        self.twin = None
        if shown:
            if self.age == 0.0:
                self.grow(progress=progress)
            twin = Session(self.world, self.agent, self.animals, self.seed, self.folder)
            twin.next_animal(self.row)
            self.twin = twin

    def open(self, path: Path) -> None:
        """Show the animals of a checkpoint.

        Raises:
            BadCheckpoint: it is damaged, or of another version.
            InvalidArgument: it is of another world or agent than this session's.
        """
        header = checkpoint.read_header(path)
        if (header.world, header.agent) != (self.population.world_name, self.agent):
            raise InvalidArgument(
                f"{path} holds {header.agent} animals of {header.world}, not {self.agent} of {self.population.world_name}; "
                f"start the viewer with: {header.world} --agent {header.agent}"
            )
        population = checkpoint.load(path)
        self.animals, self.seed, self.row = population.animals, int(population.seeds[0]), 0
        self.history.row = 0
        self._show(population)

    def _key(self, steps: int) -> str:
        content = repr((str(self.world), self.agent, self.animals, self.seed, steps, code_digest())).encode()
        return hashlib.blake2b(content, digest_size=8).hexdigest()

    def _show(self, population: Population) -> None:
        self.show(population)
        self.history.clear()
        self.snapshots.clear()
        if self.driver is not None:
            self.drive(True)

    def drive(self, on: bool) -> None:
        """Let the one who watches be the shown animal's cortex, or give it back."""
        self.snapshots.clear()
        self.population.driver, self.driver = None, None
        self.population.driven[:] = False
        if on:
            self.driver = self.population.driver = Driver(self.population.world.single_action_space, self.row)
            self.population.driven[self.row] = True

    def toggle_lesion(self, part: str) -> bool:
        """Remove a part from the shown animal, or restore it; returns whether it is missing now."""
        parts = self.population.lesionable()
        if part not in parts:
            raise unknown_name(f"lesion of agent {self.agent}", part, parts)
        missing = not parts[part][self.row]
        for session in (self, *([self.twin] if self.twin else [])):
            session.population.lesion(part, [self.row], missing)
            session.snapshots.clear()
        return missing

    def manipulate(self, name: str, **parameters: Any) -> None:
        """Throw a switch of the world for the shown animal, and for its twin."""
        for session in (self, *([self.twin] if self.twin else [])):
            session.population.world.manipulate(name, [self.row], **parameters)
            session.snapshots.clear()


def grown_steps(world: Any) -> int:
    """Ticks after which the viewer calls an animal of this world grown."""
    kind: type[World] = world_class(world)
    return kind.grown_episodes * kind.episode_steps


def parse_age(age: str, world: Any = "LoomingEscape") -> int:
    """``"newborn"``, ``"grown"`` or a number of steps, as steps.

    Raises:
        UnknownName: anything else.
    """
    if age in ("newborn", "grown"):
        return 0 if age == "newborn" else grown_steps(world)
    if age.isdecimal():
        return int(age)
    raise UnknownName(f"An age is newborn, grown, or a whole number of steps, not {age!r}.")
