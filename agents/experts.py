"""Hand-written policies on the animal's own senses: what could be reached without hidden state."""

from __future__ import annotations

import abc
from typing import ClassVar

import numpy as np

from core.batch_state import BatchState
from core.registry import Registry
from core.renamed import renamed_attributes
from core.streams import RowStreams
from envs.registration import short_name
from envs.world import World


@renamed_attributes(rows="num_animals")
class Expert(abc.ABC):
    """A policy on senses and its own memory, for all rows of a world."""

    world: ClassVar[str]

    def __init__(self, world: World) -> None:
        self.senses, self.num_animals, self.dt = world.senses, world.num_envs, world.dt
        self.streams = RowStreams(self.num_animals, ("expert",))
        self.memory = self._make_memory(self.num_animals)

    @abc.abstractmethod
    def _make_memory(self, num_animals: int) -> BatchState:
        """What the expert keeps in mind."""

    @abc.abstractmethod
    def act(self, senses: np.ndarray) -> np.ndarray:
        """Actions for senses (animals, senses.size)."""

    def get_state(self) -> dict[str, np.ndarray]:
        """The memory, as copies."""
        return self.memory.get_state()

    def set_state(self, state: dict[str, np.ndarray]) -> None:
        """Restore what :meth:`get_state` gave."""
        self.memory.set_state(state)


class LoomingExpert(Expert):
    """Flees home from growing dark discs, ignores all others, and visits the two places where food was found most.

    Keeps a tally of meals on a grid of 12 x 12 places and goes where (tally x time since it was there) is highest.
    """

    world = "LoomingEscape"
    _GRID = 12

    def _make_memory(self, num_animals: int) -> BatchState:
        cells = self._GRID**2
        return BatchState(
            num_animals,
            home=np.zeros(2),
            knows_home=False,
            meals=np.full(cells, 0.05),
            since=np.full(cells, 10.0),
            left=0.0,
        )

    def act(self, senses: np.ndarray) -> np.ndarray:
        """Home when a strike may be under way, else the strongest smell, else the most promising place."""
        now, keep = self.senses.split(senses), self.memory
        place = now["place"].astype(float)
        dark = now["darkness"] > 0.5
        keep.home[dark & ~keep.knows_home] = place[dark & ~keep.knows_home]
        keep.home[dark] += 0.05 * (place - keep.home)[dark]
        keep.knows_home |= dark
        side = np.linspace(-1, 1, 2 * self._GRID + 1)[1::2]
        centres = np.stack(np.meshgrid(side, side, indexing="ij"), axis=-1).reshape(-1, 2)
        away = centres[None] - place[:, None]
        squared = away[..., 0] ** 2 + away[..., 1] ** 2
        here = np.exp(-0.5 * squared / 0.12**2)
        keep.since = np.minimum(keep.since + self.dt, 20.0) * (1.0 - 0.5 * here)
        keep.meals += now["taste"][:, None] * here
        worth = keep.meals / keep.meals.max(axis=1, keepdims=True) * keep.since / (0.3 + np.sqrt(squared))
        goal = away[np.arange(self.num_animals), worth.argmax(axis=1)]
        smell = now["smell"].astype(float)
        goal = np.where((np.hypot(smell[:, 0], smell[:, 1]) > 0.1)[:, None], smell, goal)
        action = 0.5 * _unit(goal)
        danger = (
            (now["contrast"] > 0.5) & (now["expansion"] > 0.0) & (now["elevation"] > 0.0) & (now["angular_size"] > 0.15)
        )
        keep.left = np.where(danger, 2.5, np.maximum(0.0, keep.left - self.dt))
        home = keep.home - place
        near = np.hypot(home[:, 0], home[:, 1]) < 0.1
        flight = np.where(near[:, None], 0.0, _unit(home))
        flight = np.where((keep.left > 0.0)[:, None] & dark[:, None], 0.0, flight)
        return np.where((danger | (keep.left > 0.0))[:, None], flight, action)


def _unit(vectors: np.ndarray) -> np.ndarray:
    return vectors / np.maximum(np.hypot(vectors[:, 0], vectors[:, 1]), 1e-9)[:, None]


experts = Registry("expert", Expert, "agents", "nestling.experts", key=lambda expert: expert.world)


def has_expert(world: World | type[World]) -> bool:
    """Whether a hand-written expert exists for this world."""
    return short_name(world.id) in experts.all()


def expert_class(world: World | type[World]) -> type[Expert]:
    """The expert of a world."""
    return experts.get(short_name(world.id))
