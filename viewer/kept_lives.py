"""Lives that were lived once and are kept in the user's cache, at about twenty ages each, so that one can be there at once."""

from __future__ import annotations

import contextlib
import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from agents import checkpoint
from agents.life import live
from agents.population import Population
from core.code_digest import code_digest
from core.errors import NestlingError
from core.files import user_cache, write_whole
from core.packed import pack, unpack
from envs.registration import world_class
from viewer.history import LENGTH
from viewer.life_line import LifeLine

_AGES = 20
_MOST_BYTES = 1_000_000_000  # of all kept lives; the oldest go first


class Sibling:
    """The same animals without a learner, for comparison; they live as far as they are asked to.

    Args:
        world, animals, seed: as for a population.
    """

    def __init__(self, world: Any, animals: int, seed: int) -> None:
        self.population = Population("reflex", world, animals, seed=seed)
        self.line = LifeLine(world, animals)

    def reach(self, ticks: int) -> None:
        """Live until ``ticks`` of age, unless that is over already."""
        live(self.population, max(0, ticks - self.line.lived), [self.line])


@dataclass
class Moment:
    """Animals at an age, with the lines of their lives so far, and their siblings."""

    population: Population
    line: LifeLine
    sibling: Sibling


class KeptLives:
    """The kept ages of one population's life.

    An age is kept as the state of 600 ticks before it, so that what led to it can be seen again.

    Args:
        world, agent, animals, seed: whose life it is.
        folder: None takes the user's cache.
    """

    def __init__(self, world: Any, agent: str, animals: int, seed: int, folder: Path | None = None) -> None:
        self.world, self.agent, self.animals, self.seed = world, agent, animals, seed
        self.folder = folder or user_cache() / "grown"
        kind = world_class(world)
        self.steps = kind.life_episodes * kind.episode_steps
        self.ages = [round(self.steps * index / _AGES) for index in range(1, _AGES + 1)]

    def newborn(self) -> Moment:
        """The animals at birth."""
        population = Population(self.agent, self.world, self.animals, seed=self.seed)
        return Moment(population, LifeLine(self.world, self.animals), Sibling(self.world, self.animals, self.seed))

    def load(self, steps: int) -> Moment | None:
        """The state from which ``steps`` ticks of age are reached in 600 ticks or fewer; None where it is not kept.

        What is damaged is removed.
        """
        paths = self._paths(steps)
        if not all(path.is_file() for path in paths):
            return None
        moment = self.newborn()
        try:
            moment.population, moment.sibling.population = checkpoint.load(paths[0]), checkpoint.load(paths[1])
            self._read_lines(paths[2], own=moment.line, sibling=moment.sibling.line)
        except (NestlingError, KeyError):
            for path in paths:
                path.unlink(missing_ok=True)
            return None
        return moment

    def future(self) -> LifeLine | None:
        """The line of this life up to the highest usual age that is kept; None where there is none."""
        age, line = max((age for age in self.ages if self.keeps(age)), default=0), LifeLine(self.world, self.animals)
        if age == 0:
            return None
        try:
            self._read_lines(self._paths(age)[2], reached=line)
        except (NestlingError, KeyError):
            return None
        return line

    @staticmethod
    def _read_lines(path: Path, **lines: LifeLine) -> None:
        state, _ = unpack(path)
        for owner, line in lines.items():
            line.set_state({key.partition(".")[2]: value for key, value in state.items() if key.startswith(f"{owner}.")})

    def keep(self, moment: Moment, steps: int) -> dict[str, np.ndarray]:
        """Keep the state that leads to ``steps`` ticks of age, where there is room for it; :meth:`complete` makes it count."""
        own, sibling, _ = self._paths(steps)
        with contextlib.suppress(OSError):  # a full disk must not end a life
            checkpoint.save(moment.sibling.population, sibling)
            checkpoint.save(moment.population, own)
        lines = {"own": moment.line, "sibling": moment.sibling.line}
        return {f"{owner}.{key}": value for owner, line in lines.items() for key, value in line.get_state().items()}

    def complete(self, kept: dict[str, np.ndarray], line: LifeLine, steps: int) -> None:
        """The age was reached: add the lines as they were when the state was ``kept``, and as they are now."""
        kept |= {f"reached.{key}": value for key, value in line.get_state().items()}
        with contextlib.suppress(OSError):
            write_whole(self._paths(steps)[2], pack(kept, {"steps": steps}))

    def keeps(self, steps: int) -> bool:
        """Whether an age is kept."""
        return all(path.is_file() for path in self._paths(steps))

    def tidy(self) -> None:
        """Remove the files that were written first while all kept lives together are large."""
        files = sorted(self.folder.glob("*.safetensors"), key=lambda file: file.stat().st_mtime, reverse=True)
        total = 0
        for file in files:
            total += file.stat().st_size
            if total > _MOST_BYTES:
                file.unlink(missing_ok=True)

    def _paths(self, steps: int) -> tuple[Path, Path, Path]:
        content = repr((str(self.world), self.agent, self.animals, self.seed, steps, code_digest())).encode()
        key = hashlib.blake2b(content, digest_size=8).hexdigest()
        own, sibling, lines = (self.folder / f"{key}{kind}.safetensors" for kind in ("", ".sibling", ".lines"))
        return own, sibling, lines


def state_before(age: int) -> int:
    """The tick whose state is kept for an age: so many ticks before it as the viewer remembers."""
    return max(0, age - LENGTH)
