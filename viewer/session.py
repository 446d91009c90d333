"""What is being watched: the animals, which of them, its age and lesions. No drawing, no keys."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from agents import checkpoint
from agents.life import live
from core.errors import InvalidArgument, UnknownName, unknown_name
from envs.registration import world_class
from envs.world import World
from viewer.driving import Driver
from viewer.kept_lives import KeptLives, Moment, Sibling, state_before
from viewer.life_line import LifeLine
from viewer.shown import Shown
from viewer.snapshots import Snapshots

Progress = Callable[[int, int], None]


class Session(Shown):
    """Animals under observation; every change goes through the same tick as everywhere else.

    Attributes:
        line: fitness and control of these animals along their life.
        sibling: the same animals without a learner.
        interventions: (tick, words) of what was done to the animal on show since birth.

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
        self.folder = folder
        super().__init__()
        self.snapshots = Snapshots()
        self.line: LifeLine
        self.sibling: Sibling
        self.twin: Session | None = None
        self.interventions: list[tuple[int, str]] = []
        self.change(world, agent)

    def change(self, world: Any = None, agent: str | None = None) -> None:
        """Show newborns of another world or agent; nothing changes where that is impossible."""
        world, agent = world or self.world, agent or self.agent
        lives = KeptLives(world, agent, self.animals, self.seed, self.folder)
        moment = lives.newborn()
        self.lives, self.world, self.agent, self.twin = lives, world, agent, None
        self._show(moment)

    def step(self) -> None:
        """One tick, of the sibling and the twin as well."""
        self.snapshots.note(self)
        live(self.population, 1, [self.history, self.line])
        self.sibling.reach(self.line.lived)
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
        self.interventions.clear()
        if self.driver is not None:
            self.drive(True)
        if self.twin is not None:
            self.twin.next_animal(by)

    def be_newborn(self) -> None:
        """Start the same animals' lives again."""
        self._show(self.lives.newborn())

    def grow(self, steps: int | None = None, progress: Progress = lambda done, total: None) -> None:
        """Show the same animals at an age of ``steps`` ticks: from what is kept, or by letting them live now."""
        steps = grown_steps(self.world) if steps is None else steps
        self.drive(False)  # what is kept is the life of an animal of its own
        if not self._go_to(steps):
            part = max(1, steps // 200)
            progress(0, steps)
            for _ in self.growing(steps):
                if self.line.lived % part == 0:
                    progress(self.line.lived, steps)
            progress(steps, steps)
        self.snapshots.clear()

    def growing(self, steps: int) -> Iterator[bool]:
        """Live from the last kept age to ``steps`` ticks of age, and keep the usual ages and the last one on the way.

        Yields:
            after every tick, whether it was lived before: the last ticks before kept ages are seen again, in order.
        """
        ages = sorted({age for age in self.lives.ages if age < steps} | {steps})
        seen = list(itertools.takewhile(self.lives.keeps, ages))
        self.drive(False)
        self.be_newborn()
        for age in seen:
            moment = self.lives.load(age)
            if moment is None:
                break
            self._show(moment)
            for _ in self._live_to(age):
                yield True
        for age in (age for age in ages if age > self.line.lived):
            for _ in self._live_to(state_before(age)):
                yield False
            kept = self.lives.keep(Moment(self.population, self.line, self.sibling), age)
            for _ in self._live_to(age):
                yield False
            self.lives.complete(kept, self.line, age)
        self.lives.tidy()
        self.future = self.lives.future()

    def go_to(self, share: float, progress: Progress = lambda done, total: None) -> None:
        """Show the animals at the usual age that is nearest to ``share`` of their life, from 0 to 1."""
        age = min((0, *self.lives.ages), key=lambda age: abs(age - share * self.lives.steps))
        if age == 0:
            self.be_newborn()
        else:
            self.grow(age, progress)

    def _go_to(self, steps: int) -> bool:
        """Show an age that is kept, together with the ticks before it; returns whether it was."""
        moment = self.lives.load(steps)
        if moment is not None:
            self._show(moment)
            for _ in self._live_to(steps):
                pass
        return moment is not None

    def _live_to(self, steps: int) -> Iterator[None]:
        while self.line.lived < steps:
            live(self.population, 1, [self.history, self.line])
            self.sibling.reach(self.line.lived)
            yield

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
        self.lives = KeptLives(self.world, self.agent, self.animals, self.seed, self.folder)
        self.history.row = 0
        moment = self.lives.newborn()
        moment.line.lived = round(float(population.steered.age.max()) / population.world.dt)  # what was before is not known
        self._show(Moment(population, moment.line, moment.sibling))

    def _show(self, moment: Moment) -> None:
        self.show(moment.population)
        self.line, self.sibling = moment.line, moment.sibling
        self.interventions.clear()
        self.future = self.lives.future()
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
            self._note("driven")
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
        self._note(f"{part.replace('_', ' ')} {'removed' if missing else 'restored'}")
        return missing

    def manipulate(self, name: str, **parameters: Any) -> None:
        """Throw a switch of the world for the shown animal, and for its twin."""
        for session in (self, *([self.twin] if self.twin else [])):
            session.population.world.manipulate(name, [self.row], **parameters)
            session.snapshots.clear()
        self._note(name.replace("_", " "))

    def _note(self, words: str) -> None:
        """From an intervention on, the life is another one than was kept."""
        self.interventions.append((self.line.lived, words))
        self.future = None


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
