"""Habit: a learner that keeps the mean reward of each motor programme, and mostly takes the best. (Say what yours does.)"""

from __future__ import annotations

from typing import Any

import numpy as np

from envs.messages import Gains, Proposal, Reflex
from envs.rows import Rows
from learning.subsystem import Anatomy, Experience, Learner

_RATE, _EXPLORE = 0.05, 0.1  # CHANGE: innate settings; chosen


class Habit(Learner):
    """Mean reward of each of steering's motor programmes, wherever it is used."""

    name = "habit"
    lesionable = ("plasticity",)

    def __init__(self, rows: int, anatomy: Anatomy, may_defer: bool = True) -> None:
        super().__init__(rows, anatomy, may_defer)
        self.programmes = np.asarray(anatomy.repertoire.commands)
        count = len(self.programmes)
        self.own = Rows(rows, taste=np.zeros(count))  # what was drawn at birth
        self.learned = Rows(rows, value=np.zeros(count))
        self.act = Rows(rows, option=0)

    def birth(self, seeds: np.ndarray, rows: np.ndarray) -> None:
        """Faint tastes at random, nothing learned."""
        self.streams.seed(seeds, rows)
        for part in (self.learned, self.act, self.lesions):
            part.restart(rows)
        self.own.taste[rows] = 1e-3 * self.streams.uniform("wiring", len(self.programmes), rows)[rows]

    def begin(self, rows: np.ndarray) -> None:
        """A new day: nothing to forget."""

    def propose(self, context: np.ndarray, reflex: Reflex, gains: Gains) -> Proposal:
        """CHANGE: what to do in a context (rows, anatomy.senses.size)."""
        draw = self.streams.uniform("exploration", 2)
        tries = draw[:, 0] < _EXPLORE * gains.exploration
        best = (self.learned.value + self.own.taste).argmax(axis=1)
        self.act.option = np.where(tries, (draw[:, 1] * len(self.programmes)).astype(int), best)
        proposal = Proposal.plain(self.programmes[self.act.option])
        proposal.explores, proposal.option = tries, self.act.option.copy()
        # Rules of hand-over ask what it is worth to act; fill in what your learner knows.
        proposal.advantage = proposal.confidence = self.learned.value.max(axis=1)
        proposal.familiarity = np.ones(self.rows)
        return proposal

    def learn(self, context: np.ndarray, proposal: Proposal, experience: Experience) -> None:
        """CHANGE: learn from one tick; ``experience.verdict.reward`` is steering's judgement."""
        everyone, option = np.arange(self.rows), proposal.option
        rate = _RATE * experience.gains.learning_rate * experience.in_charge * ~self.lesions.plasticity
        error = experience.verdict.reward - self.learned.value[everyone, option]
        self.learned.value[everyone, option] += rate * error

    def _state_parts(self) -> dict[str, Any]:
        return {
            "wiring": self.own, "learned": self.learned, "act": self.act, "lesions": self.lesions, "streams": self.streams,
        }  # fmt: skip

    def read_outs(self) -> dict[str, np.ndarray]:
        """What was learned."""
        return {"value": self.learned.value}
