"""What the viewer remembers of one animal: the last few hundred ticks. It observes, and changes nothing."""

from __future__ import annotations

from collections import deque

import numpy as np

from agents.disagreement import Disagreement
from agents.population import Population
from agents.steered_world import Tick

LENGTH = 600
FADES = 0.97
"""What is left of a part of reward one tick later, as it is shown."""


class History:
    """An observer of row ``row``: who was in charge, where that mattered, what was wanted, rewards, fitness by day."""

    def __init__(self, row: int = 0) -> None:
        self.row = row
        self._disagreement: Disagreement | None = None
        self.clear()

    def clear(self) -> None:
        """Forget everything, for example when another animal is chosen."""
        self.in_charge: deque[bool] = deque(maxlen=LENGTH)
        self.matters: deque[bool] = deque(maxlen=LENGTH)
        self.want: deque[int] = deque(maxlen=LENGTH)
        self.reward: deque[float] = deque(maxlen=LENGTH)
        self.urgency: deque[float] = deque(maxlen=LENGTH)
        self._whole = True
        self.today, self.days, self.deaths = 0.0, deque[float](maxlen=20), 0
        self.parts: np.ndarray | None = None
        self.last: Tick | None = None

    def share_by_want(self) -> dict[int, tuple[float, int]]:
        """For each want that steering had: the learner's share of control, and of how many ticks; the most frequent first."""
        wanted, in_charge = np.array(self.want, int), np.array(self.in_charge, bool)
        found, ticks = np.unique(wanted, return_counts=True)
        most_first = np.argsort(-ticks, kind="stable")
        return {int(found[k]): (float(in_charge[wanted == found[k]].mean()), int(ticks[k])) for k in most_first}

    def copy(self) -> History:
        """What is remembered now, for itself."""
        other = History(self.row)
        for name, value in vars(self).items():
            setattr(other, name, value.copy() if isinstance(value, deque | np.ndarray) else value)
        return other

    def __call__(self, population: Population, tick: Tick) -> None:
        row = self.row
        if not self.in_charge:  # an episode that was under way when the viewer began to look is no whole one
            self._whole = bool(population.world.elapsed[row] == 1)
        self.in_charge.append(bool(tick.in_charge[row]))
        if self._disagreement is None:
            self._disagreement = Disagreement(population.world.single_action_space)
        self.matters.append(population.learner is not None and bool(self._disagreement.matters(tick)[row]))
        self.want.append(int(tick.reflex.want[row]))
        self.reward.append(float(tick.verdict.reward[row]))
        self.urgency.append(float(tick.reflex.urgency[row]))
        faded = 0.0 if self.parts is None else FADES * self.parts
        self.parts = faded + tick.verdict.parts[row]
        self.today += float(tick.fitness[row])
        self.last = tick
        if tick.ended[row]:
            if self._whole:
                self.days.append(self.today)
            self._whole = True
            self.deaths += int(tick.terminated[row])
            self.today = 0.0
