"""Hand-over rules in which steering keeps a tally of how each does when in charge; they work with any learner."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from agents.hand_over.base import HandOver
from core.batch_state import BatchState
from core.interfaces import Proposal, Reflex, Verdict


class Outcome(HandOver):
    """Steering keeps a tally of the reward in blocks of 10 s with either in charge, and lets the better act.

    Works with any learner, since it looks at nothing but reward. A learner's block includes the urgent acts with
    which the reflex overrode it. The learner gets a block when its mean
    exceeds the reflex's by two standard errors, or on probation in one block of ten; the reflex still
    overrides when urgent. Older blocks fade, since learners change.
    """

    name = "outcome"
    proven = "No worse than the reflex in the long run if blocks are independent and stationary, less the probation's cost."
    block: ClassVar[float] = 10.0
    probation: ClassVar[float] = 0.1
    memory: ClassVar[float] = 100.0
    too_urgent: ClassVar[float] = 0.9

    def _make_state(self, num_animals: int) -> BatchState:
        two = np.zeros(2)
        return BatchState(num_animals, left=0, learner=False, total=0.0, count=two, mean=two, square=two)

    def choose(self, reflex: Reflex, proposal: Proposal, age: np.ndarray) -> np.ndarray:
        tally = self.state
        starts = tally.left <= 0
        if starts.any():
            self._close_block(starts & (age > 0.0))
            count = np.maximum(tally.count, 1e-9)
            variance = np.maximum(tally.square / count - (tally.mean) ** 2, 1e-6)
            error = np.sqrt(variance[:, 0] / count[:, 0] + variance[:, 1] / count[:, 1])
            proven = (tally.count.min(axis=1) >= 5.0) & (tally.mean[:, 1] - tally.mean[:, 0] > 2.0 * error)
            draw = self.streams.uniform("hand-over", 1, starts)[:, 0]
            tally.learner = np.where(starts, np.where(proven, draw >= self.probation, draw < self.probation), tally.learner)
            tally.left = np.where(starts, max(1, round(self.block / self.dt)), tally.left)
            tally.total[starts] = 0.0
        tally.left -= 1
        return tally.learner & (reflex.urgency < self.too_urgent) & ~proposal.defers

    def _close_block(self, mask: np.ndarray) -> None:
        tally = self.state
        who = tally.learner.astype(int)
        for side in (0, 1):
            here = mask & (who == side)
            keep = 1.0 - 1.0 / self.memory
            count = keep * tally.count[:, side] + 1.0
            mean = tally.mean[:, side] + (tally.total - tally.mean[:, side]) / count
            square = keep * tally.square[:, side] + tally.total**2
            tally.count[here, side], tally.mean[here, side], tally.square[here, side] = (
                count[here],
                mean[here],
                square[here],
            )

    def learn(self, verdict: Verdict, in_charge: np.ndarray, ended: np.ndarray) -> None:
        self.state.total += verdict.judged


class JumpStart(HandOver):
    """In each episode the reflex acts first and the learner for the rest; its part grows while returns hold (Uchendu et al. 2022).

    Five episodes of the reflex alone set the mark: its mean return less a standard error. After every five episodes whose mean
    return is not below the mark, the reflex's part shrinks by a fifth. Returns are sums of what steering judged.
    """

    name = "jump_start"
    proven = (
        "A sample bound for exploration with a guide that covers good states (Uchendu et al. 2022); never worse than the "
        "reflex is not among what is proven, though the mark is checked."
    )
    may_defer = False
    episodes: ClassVar[int] = 5
    shrink: ClassVar[float] = 0.8

    def _make_state(self, num_animals: int) -> BatchState:
        zeros = dict.fromkeys(("guide", "total", "mean", "square", "mark"), 0.0)
        return BatchState(num_animals, marked=False, step=0, longest=0, count=0, **zeros)

    def choose(self, reflex: Reflex, proposal: Proposal, age: np.ndarray) -> np.ndarray:
        return self.state.marked & (self.state.step >= self.state.guide)

    def learn(self, verdict: Verdict, in_charge: np.ndarray, ended: np.ndarray) -> None:
        tally = self.state
        tally.step += 1
        tally.total += verdict.judged
        if not ended.any():
            return
        tally.longest = np.where(ended, np.maximum(tally.longest, tally.step), tally.longest)
        tally.count += ended
        share = np.where(ended, 1.0 / np.maximum(tally.count, 1), 0.0)
        tally.mean += share * (tally.total - tally.mean)
        tally.square += share * (tally.total**2 - tally.square)
        for values in (tally.step, tally.total):
            values[ended] = 0
        due = ended & (tally.count >= self.episodes)
        first = due & ~tally.marked
        error = np.sqrt(np.maximum(tally.square - tally.mean**2, 0.0) / self.episodes)
        tally.mark = np.where(first, tally.mean - error, tally.mark)
        tally.guide = np.where(first, tally.longest, tally.guide)
        tally.marked |= first
        passed = due & ~first & (tally.mean >= tally.mark)
        tally.guide = np.where(passed, np.where(tally.guide > 1.0, self.shrink * tally.guide, 0.0), tally.guide)
        for values in (tally.count, tally.mean, tally.square):
            values[due] = 0
