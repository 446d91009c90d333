"""Classical conditioning of flies: tubes with an odour, and the T-maze that asks what they learned (Tully and Quinn 1985)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from agents.catalogue import agent_spec
from agents.genome import Genome
from agents.population import Population
from envs.odour_choice.world import OdourChoice
from learning.cortex import Cortex
from learning.cortical_genome import CorticalGenome
from learning.mushroom_body import MushroomBody

MILD, HUNGRY, FED = 0.6, 0.35, 0.95  # filled share of the store
CYCLE, PAUSE = 60.0, 30.0  # s of an odour and of air (Tully and Quinn 1985)
PAIR = ("octanol", "methylcyclohexanol")
OTHER = "benzaldehyde"
_SETTLING, _TEST = 20.0, 120.0  # s of a test before places count, and of all of it
_FEEDS = 4  # steps between feedings that keep a store as it is


class Flies:
    """Newborn flies whose reflex stays in charge, so that what is learned shows in the reflex alone.

    Args:
        animals: how many.
        seed: of the first.
        lesions: parts that are missing from birth.
        store: filled share of the store at which they are kept.
        genes: of the cortex, where they are not the usual ones.
    """

    def __init__(
        self, animals: int, seed: int, *, lesions: tuple[str, ...] = (), store: float = MILD, **genes: Any
    ) -> None:
        spec = agent_spec("steered-never")
        if genes:
            spec = replace(spec, genome=Genome(replace(CorticalGenome(), **genes)))
        self.population = Population(spec, "OdourChoice", animals, seed=seed)
        self.world, self.store = self.population.world, store
        for part in lesions:
            self.population.lesion(part)

    def live(self, seconds: float, watch: Callable[[], None] | None = None) -> None:
        """So many seconds with a store that stays as it is; ``watch`` is called after each step."""
        for step in range(round(seconds / OdourChoice.dt)):
            if step % _FEEDS == 0:
                self.world.manipulate("feed", share=self.store)
            self.population.tick()
            if watch is not None:
                watch()

    def tube(self, odour: str, given: str, seconds: float, **blend: Any) -> None:
        """Hold the flies in a tube that smells of ``odour``, with ``given`` (sugar, shock or nothing)."""
        self.world.manipulate("train", odour=odour, given=given, **blend)
        self.live(seconds)

    def air(self, seconds: float, given: str = "nothing") -> None:
        """Hold them in clean air."""
        self.tube("air", given, seconds)

    def cycle(self, trained: str, other: str, given: str = "shock", seconds: float = CYCLE, **blend: Any) -> None:
        """One cycle of training: an odour with what it announces, air, another odour alone, air."""
        self.tube(trained, given, seconds, other=other, **blend)
        self.air(PAUSE)
        self.tube(other, "nothing", seconds, other=trained, **blend)
        self.air(PAUSE)

    def shares(self, left: str, right: str, blend: float = 0.0) -> np.ndarray:
        """(animals,) time on the side of ``left`` less that on the side of ``right``, as a share of a test in the T-maze.

        Odours are swapped for every other fly. Nothing is learned meanwhile, and the flies are left as they were before.
        """
        saved = self.population.get_state()
        self.population.lesion("plasticity")
        swapped = np.arange(self.population.animals) % 2 == 1
        self.world.manipulate("maze", ~swapped, left=left, right=right, blend=blend)
        self.world.manipulate("maze", swapped, left=right, right=left, blend=blend)
        on_left, at = np.zeros(self.population.animals), self.world.body
        steps = 0

        def watch() -> None:
            nonlocal on_left, steps
            steps += 1
            if steps * OdourChoice.dt > _SETTLING:
                on_left -= np.where(np.abs(at.at) > 0.02, np.sign(at.at), 0.0)

        self.live(_TEST, watch)
        self.population.set_state(saved)
        return np.where(swapped, -1.0, 1.0) * on_left / (steps - _SETTLING / OdourChoice.dt)

    def firing(self, odour: str, **blend: Any) -> np.ndarray:
        """(animals, cells) bool: Kenyon cells that fire in a tube of an odour; the flies are left as they were before."""
        saved = self.population.get_state()
        self.tube(odour, "nothing", 2 * OdourChoice.dt, **blend)
        fires = self.fires_now()
        self.population.set_state(saved)
        return fires

    @property
    def mushroom_body(self) -> MushroomBody:
        """Of all flies."""
        learner = self.population.learner
        assert isinstance(learner, Cortex)
        assert learner.mushroom_body is not None
        return learner.mushroom_body

    def fires_now(self) -> np.ndarray:
        """(animals, cells) bool: Kenyon cells that fire at this moment."""
        code = self.mushroom_body.code
        fires = np.zeros((self.population.animals, code.cells), bool)
        for row, count in enumerate(code.firing.number):
            fires[row, code.firing.cells[row, :count]] = True
        return fires


def performance_index(
    train: Callable[[Flies, str, str], None],
    animals: int,
    seed: int,
    *,
    test: Callable[[Flies, str, str], np.ndarray] | None = None,
    **born: Any,
) -> np.ndarray:
    """(animals,) or (animals, tests): how much the odour that was trained is avoided, from -1 to 1.

    Mean of two reciprocal halves, in which either odour of the pair is trained.

    Args:
        train: of flies, the odour that is trained and the other one.
        animals, seed: as in :class:`Flies`.
        test: of the same; by default a choice between both.
        born: further arguments of :class:`Flies`.
    """
    halves = []
    for trained, other in (PAIR, PAIR[::-1]):
        flies = Flies(animals, seed, **born)
        train(flies, trained, other)
        halves.append(flies.shares(other, trained) if test is None else test(flies, trained, other))
    return np.mean(halves, axis=0)
