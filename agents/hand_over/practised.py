"""The rule of whole animals (agents named ``steered``): control is earned act by act, and a youth of practice gives it its chance."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import numpy as np

from agents.hand_over.earned import Earned
from core.batch_state import BatchState
from core.interfaces import Proposal, Reflex, Verdict

_OWN, _GUIDED, _NEITHER = 0, 1, -1  # arms of the comparison of bouts


class Practised(Earned):
    """In youth the learner practises what it has not earned yet; later, evidence alone decides, as in :class:`Earned`.

    Youth ends at ``until``, a share of life. *Practice*: in a share of its bouts that rises to all of them at ``peak`` of youth, slowly
    at first, and falls to none at its end, the learner acts wherever it prefers to, proven or not. Without practice there is no
    evidence of what it could do where the reflex insists, so that a veto would last for life. *Guidance*: in ``guidance`` of the
    other bouts of youth the reflex acts even where control has been earned, so that what is learned rests on more than the learner's
    own habits. Which bouts are guided is drawn at random, so the animal can compare them with those in which its learner acted.
    Guidance ends once what steering judged in a step was better in the learner's bouts by ``surely`` standard errors, after
    ``fewest`` bouts of either kind. *Harm*: an urgent reflex allows no practice before its urgency has lasted for ``patience`` of a
    life without harm, and never after it. Where urgency has proved harmless, it no longer raises what must be proven. Harm is one
    step that steering judges at -``harm`` or below.
    """

    name = "practised"
    proven = "Nothing: practice is unproven by definition; where great harm was met, an urgent reflex keeps its veto as in `earned`."
    until: ClassVar[float] = 0.5
    peak: ClassVar[float] = 0.8
    guidance: ClassVar[float] = 0.2
    surely: ClassVar[float] = 3.0
    fewest: ClassVar[int] = 10
    harm: ClassVar[float] = 1.0

    def _make_state(self, num_animals: int) -> BatchState:
        own = {"practises": False, "guided": False, "urgent": False, "urgent_time": 0.0, "harmed": False}
        now = {"practising": False, "guiding": False}
        bout = {"arm": _NEITHER, "bout_judged": 0.0, "bout_steps": 0}
        arms = {"bouts": np.zeros(2), "mean": np.zeros(2), "squares": np.zeros(2), "ahead": False}
        return BatchState(num_animals, **(self._record_of_the_reflex() | own | now | bout | arms))

    def choose(self, reflex: Reflex, proposal: Proposal, age: np.ndarray) -> np.ndarray:
        record = self.state
        over = proposal.new_decision & (record.arm != _NEITHER) & (record.bout_steps > 0)
        if over.any():
            self._compare_bouts(np.flatnonzero(over))
        harmless = ~record.harmed & (record.urgent_time >= self.patience * self.lifetime)
        calm = replace(reflex, urgency=np.where(harmless, 0.0, reflex.urgency))
        earned = super().choose(calm, proposal, age)
        record.at_stake = (
            np.maximum(reflex.urgency, reflex.arousal) >= self.at_stake
        )  # harmless or not, the reflex is tested
        draw = self.streams.uniform("hand-over", 2, proposal.new_decision)
        youth = self.share_of_life(age) / self.until
        chance = np.clip(np.minimum((youth / self.peak) ** 2, (1.0 - youth) / (1.0 - self.peak)), 0.0, 1.0)
        record.practises = np.where(proposal.new_decision, draw[:, 0] < chance, record.practises)
        record.guided = np.where(proposal.new_decision, (draw[:, 1] < self.guidance) & (youth < 1.0), record.guided)
        record.urgent = reflex.urgency >= self.too_urgent
        practice = record.practises & (harmless | ~record.urgent)
        may_guide = (youth < 1.0) & ~record.practises & ~record.ahead & ~self.futile() & ~proposal.adopted
        guided = record.guided & may_guide
        record.guiding, record.practising = guided & earned, practice & ~proposal.defers & ~earned & ~guided
        self._open_bouts(proposal.new_decision, may_guide & earned & ~proposal.explores)
        return np.where(guided, False, earned | practice & ~proposal.defers)

    def practising(self) -> np.ndarray:
        return self.state.practising.copy()

    def guiding(self) -> np.ndarray:
        return self.state.guiding.copy()

    def learn(self, verdict: Verdict, in_charge: np.ndarray, ended: np.ndarray) -> None:
        """Keep the reflex's record, whether urgency has been harmless, and what the running bout brings."""
        super().learn(verdict, in_charge, ended)
        record = self.state
        record.urgent_time = record.urgent_time + self.dt * record.urgent
        record.harmed |= verdict.judged <= -self.harm
        record.bout_judged = record.bout_judged + verdict.judged
        record.bout_steps = record.bout_steps + 1

    def _open_bouts(self, starts: np.ndarray, compared: np.ndarray) -> None:
        """Begin the bouts of the animals in ``starts``; those in ``compared`` are guided or not by the draw alone."""
        record = self.state
        record.arm[starts] = np.where(compared[starts], np.where(record.guided[starts], _GUIDED, _OWN), _NEITHER)
        record.bout_judged[starts] = 0.0
        record.bout_steps[starts] = 0

    def _compare_bouts(self, rows: np.ndarray) -> None:
        """Add the bouts that are over to running means and variances (Welford 1962), and compare the arms (Welch 1947)."""
        record = self.state
        arm, value = record.arm[rows], record.bout_judged[rows] / record.bout_steps[rows]
        record.bouts[rows, arm] += 1
        surprise = value - record.mean[rows, arm]
        record.mean[rows, arm] += surprise / record.bouts[rows, arm]
        record.squares[rows, arm] += surprise * (value - record.mean[rows, arm])
        bouts = np.maximum(record.bouts[rows], 2)
        error = np.sqrt((record.squares[rows] / (bouts * (bouts - 1))).sum(axis=1))
        gain = record.mean[rows, _OWN] - record.mean[rows, _GUIDED]
        record.ahead[rows] |= (bouts >= self.fewest).all(axis=1) & (gain > self.surely * error)
