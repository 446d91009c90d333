"""Hand-over rules: who is in charge, for each animal and tick.

``proven`` states for each rule whether "never worse than the reflex" is proven, and under what
assumption; everything else is an observation that the benchmark reports.
"""

from __future__ import annotations

import abc
from typing import Any, ClassVar

import numpy as np

from envs.messages import Proposal, Reflex, Verdict
from envs.registry import Registry
from envs.rows import Rows, nest, unnest
from envs.streams import RowStreams, check_same_layout


class HandOver(abc.ABC):
    """A rule for ``rows`` animals that live ``dt`` seconds a step."""

    name: ClassVar[str]
    proven: ClassVar[str]
    may_defer: ClassVar[bool] = True

    def __init__(self, rows: int, dt: float) -> None:
        self.rows, self.dt = rows, dt
        self.streams = RowStreams(rows, ("hand-over",))
        self.state = self._make_state(rows)

    def _make_state(self, rows: int) -> Rows:
        return Rows(rows)

    @abc.abstractmethod
    def choose(self, reflex: Reflex, proposal: Proposal, age: np.ndarray) -> np.ndarray:
        """(rows,) bool: where the learner's proposal is carried out. ``age`` in s of life, (rows,)."""

    def learn(self, verdict: Verdict, in_charge: np.ndarray, ended: np.ndarray) -> None:
        """Keep a tally, if the rule has one."""

    def birth(self, seeds: np.ndarray, rows: np.ndarray) -> None:
        """Start the life of the chosen rows (bool mask) from their seeds (rows,)."""
        self.streams.seed(seeds, rows)
        self.state.restart(rows)

    def get_state(self) -> dict[str, np.ndarray]:
        """Tallies and streams, as copies."""
        return nest("tally", self.state.get_state()) | nest("streams", self.streams.get_state())

    def set_state(self, state: dict[str, np.ndarray]) -> None:
        """Restore what :meth:`get_state` gave."""
        check_same_layout(f"hand-over rule {self.name}", self.get_state(), state)
        self.state.set_state(unnest("tally", state))
        self.streams.set_state(unnest("streams", state))


class Never(HandOver):
    """The reflex always acts; the learner only watches."""

    name = "never"
    proven = "Equal to the reflex by construction."

    def choose(self, reflex: Reflex, proposal: Proposal, age: np.ndarray) -> np.ndarray:
        return np.zeros(self.rows, bool)


class Always(HandOver):
    """The learner always acts and cannot defer: learning from scratch without an innate part in control."""

    name = "always"
    proven = "Nothing: a newborn is at chance."
    may_defer = False

    def choose(self, reflex: Reflex, proposal: Proposal, age: np.ndarray) -> np.ndarray:
        return np.ones(self.rows, bool)


class Urgency(HandOver):
    """The reflex overrides when it is urgent, else the learner acts (the override of Byrnes' Steering Subsystem)."""

    name = "urgency"
    proven = "Nothing about reward; urgent acts are the reflex's."
    threshold: ClassVar[float] = 0.45

    def choose(self, reflex: Reflex, proposal: Proposal, age: np.ndarray) -> np.ndarray:
        return (reflex.urgency < self.threshold) & ~proposal.defers


class Maturation(HandOver):
    """Control passes on a schedule of age: in each bout the learner acts with probability 1 - exp(-age / 3000 s)."""

    name = "maturation"
    proven = "Nothing: the schedule does not look at what was learned."
    time_constant: ClassVar[float] = 3000.0

    def _make_state(self, rows: int) -> Rows:
        return Rows(rows, learner=False)

    def choose(self, reflex: Reflex, proposal: Proposal, age: np.ndarray) -> np.ndarray:
        draw = self.streams.uniform("hand-over", 1, proposal.fresh)[:, 0]
        mature = draw < 1.0 - np.exp(-age / self.time_constant)
        self.state.learner = np.where(proposal.fresh, mature, self.state.learner)
        return self.state.learner & ~proposal.defers


class Earned(HandOver):
    """The learner acts where its own evidence says that it beats the reflex by a margin.

    Evidence is a lower confidence bound of the advantage over letting the reflex act (``confidence``),
    and visits of the active units (``familiarity``), after SPIBB's counts (Laroche et al. 2019) and the
    advantage gate Q(s, learner) - Q(s, reflex) > margin. It may also explore, but never while the
    reflex is urgent.
    """

    name = "earned"
    proven = (
        "With a tabular or bounded-error critic of the reflex's value, a margin of at least twice its error makes "
        "the deployed policy no worse than the reflex in any state. Here the critic is a function approximator of "
        "the mixture's value and exploration costs extra, so it is an observation, not a theorem."
    )
    margin: ClassVar[float] = 0.02
    urgent_margin: ClassVar[float] = 1.0
    familiar: ClassVar[float] = 0.6
    too_urgent: ClassVar[float] = 0.45

    def choose(self, reflex: Reflex, proposal: Proposal, age: np.ndarray) -> np.ndarray:
        margin = self.margin + self.urgent_margin * reflex.urgency**2
        earned = (proposal.confidence > margin) & (proposal.familiarity >= self.familiar)
        tries = proposal.explores & (reflex.urgency < self.too_urgent)
        return np.where(proposal.explores, tries, earned) & ~proposal.defers


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

    def _make_state(self, rows: int) -> Rows:
        two = np.zeros(2)
        return Rows(rows, left=0, learner=False, total=0.0, count=two, mean=two, square=two)

    def choose(self, reflex: Reflex, proposal: Proposal, age: np.ndarray) -> np.ndarray:
        tally = self.state
        fresh = tally.left <= 0
        if fresh.any():
            self._close_block(fresh & (age > 0.0))
            count = np.maximum(tally.count, 1e-9)
            variance = np.maximum(tally.square / count - (tally.mean) ** 2, 1e-6)
            error = np.sqrt(variance[:, 0] / count[:, 0] + variance[:, 1] / count[:, 1])
            proven = (tally.count.min(axis=1) >= 5.0) & (tally.mean[:, 1] - tally.mean[:, 0] > 2.0 * error)
            draw = self.streams.uniform("hand-over", 1, fresh)[:, 0]
            tally.learner = np.where(fresh, np.where(proven, draw >= self.probation, draw < self.probation), tally.learner)
            tally.left = np.where(fresh, max(1, round(self.block / self.dt)), tally.left)
            tally.total[fresh] = 0.0
        tally.left -= 1
        return tally.learner & (reflex.urgency < self.too_urgent) & ~proposal.defers

    def _close_block(self, rows: np.ndarray) -> None:
        tally = self.state
        who = tally.learner.astype(int)
        for side in (0, 1):
            here = rows & (who == side)
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
        self.state.total += verdict.reward


hand_over_rules = Registry("hand-over rule", HandOver, "agents", "nestling.hand_over", key=lambda rule: rule.name)


def hand_over_rule(name: Any) -> type[HandOver]:
    """The class of a rule by name, ``module:Class`` or itself."""
    return hand_over_rules.get(name)
