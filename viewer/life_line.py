"""A whole life in about a hundred numbers: fitness and control, bin by bin. It observes, and changes nothing."""

from __future__ import annotations

import numpy as np

from agents.population import Population
from agents.steered_world import Tick
from envs.registration import world_class
from envs.world import World
from learning.subsystem import Learner

_MOST_BINS = 120
_LOOK_EVERY = 20  # ticks between looks at what was learned


class LifeLine:
    """An observer of all animals of a population.

    Attributes:
        ticks: length of a bin: whole episodes, as few as keep a life within 120 bins.
        lived: ticks seen so far.
        fitness: (bins, animals) the world's verdict, for each episode's worth of ticks; NaN where nobody has lived yet.
        share: (bins, animals) part of the ticks in which learning was in charge.
        forecast_squares, received_squares: (rows, animals) sums over life for each row of the learner's live map: of the square of its
            largest entry, and of the square of what was received of that channel; no rows where the learner shows no map.

    Args:
        world: name or class.
        animals: how many.
        steps: length of the life; by default what the world says.
    """

    def __init__(self, world: type[World] | str, animals: int, steps: int | None = None) -> None:
        kind = world_class(world)
        self.steps = steps or kind.life_episodes * kind.episode_steps
        self._episode = kind.episode_steps
        episodes = max(1, -(-self.steps // self._episode))
        self.ticks = self._episode * -(-episodes // _MOST_BINS)
        bins = -(-self.steps // self.ticks)
        self.lived = 0
        self.fitness, self.share = np.full((bins, animals), np.nan), np.full((bins, animals), np.nan)
        self._sums = np.zeros((2, animals))
        self._row_names: tuple[str, ...] | None = None  # of the learner's live map, which costs more to make than a tick
        self.forecast_squares, self.received_squares = np.zeros((0, animals)), np.zeros((0, animals))

    def __call__(self, population: Population, tick: Tick) -> None:
        if population.learner is not None:
            self._note_sizes(population.learner, tick, population.steered.steering.channels)
        place, self.lived = self.lived // self.ticks, self.lived + 1
        if place >= len(self.fitness):
            return
        if (self.lived - 1) % self.ticks == 0:
            self._sums[:] = 0.0
        self._sums += tick.fitness, tick.in_charge
        seen = self.lived - place * self.ticks
        self.fitness[place] = self._sums[0] * self._episode / seen
        self.share[place] = self._sums[1] / seen

    def _note_sizes(self, learner: Learner, tick: Tick, channels: tuple[str, ...]) -> None:
        look = self.lived % _LOOK_EVERY == 0
        if look or self._row_names is None:
            shown = learner.live_map(0)
            if shown is not None:
                self._row_names = shown.row_names
        names = self._row_names
        if names is None:
            return
        if len(self.received_squares) != len(names):
            self.forecast_squares, self.received_squares = np.zeros((2, len(names), self.fitness.shape[1]))
        for index, name in enumerate(names):
            received = tick.verdict.channels[:, channels.index(name)] if name in channels else tick.verdict.reward
            self.received_squares[index] += np.square(received)
        if look:
            for animal in range(self.fitness.shape[1]):
                learned = learner.live_map(animal)
                if learned is not None:
                    self.forecast_squares[:, animal] += np.square(np.abs(learned.values).max(axis=1))

    def sizes(self, animal: int) -> np.ndarray:
        """(rows,) how large the entries of the live map usually are in this life.

        The root mean square of the largest entry of each row, or of what is received in one tick where that is more, as it is while
        nothing has been learned.
        """
        looks = max(1, -(-self.lived // _LOOK_EVERY))
        squares = self.forecast_squares[:, animal] / looks, self.received_squares[:, animal] / max(1, self.lived)
        return np.sqrt(np.maximum(*squares))

    @property
    def now(self) -> float:
        """Part of the life that is over, from 0 to 1."""
        return min(1.0, self.lived / self.steps)

    def get_state(self) -> dict[str, np.ndarray]:
        """Everything it holds, as copies."""
        return {
            "lived": np.array([self.lived]),
            "fitness": self.fitness.copy(),
            "share": self.share.copy(),
            "sums": self._sums.copy(),
            "forecast_squares": self.forecast_squares.copy(),
            "received_squares": self.received_squares.copy(),
        }

    def set_state(self, state: dict[str, np.ndarray]) -> None:
        """Go back to what :meth:`get_state` gave."""
        self.lived, self._row_names = int(state["lived"][0]), None
        self.fitness, self.share = state["fitness"].copy(), state["share"].copy()
        self._sums = state["sums"].copy()
        self.forecast_squares, self.received_squares = state["forecast_squares"].copy(), state["received_squares"].copy()
