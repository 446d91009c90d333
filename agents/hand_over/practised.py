"""Earned control with practice: what has not been earned yet is tried out where it cannot do great harm."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from agents.hand_over.earned import Earned
from core.batch_state import BatchState
from core.interfaces import Proposal, Reflex, Verdict


class Practised(Earned):
    """The learner earns control act by act, practises what it has not earned, and is guided while it is young.

    *Practice*: in a share of its bouts that rises in a straight line to all of them at ``until`` of life, the learner acts wherever it
    prefers to, proven or not. Without practice there is no evidence of what it could do where the reflex insists, so that a veto would
    last for life. *Guidance*: in ``guidance`` of the other bouts the reflex acts even where control has been earned, so that what is
    learned rests on more than the learner's own habits. *Harm*: an urgent reflex allows no practice before its urgency has lasted for
    ``patience`` of a life without harm, and never after it. Harm is one step that steering judges at -``harm`` or below.

    The schedule of practice is that of ``annealed``, which ends higher than :class:`Earned` where urgency is harmless.
    """

    name = "practised"
    proven = "Nothing: practice is unproven by definition; where great harm was met, an urgent reflex keeps its veto as in `earned`."
    until: ClassVar[float] = 0.5
    guidance: ClassVar[float] = 0.5
    harm: ClassVar[float] = 1.0

    def _make_state(self, num_animals: int) -> BatchState:
        own = {"practises": False, "guided": False, "urgent": False, "urgent_time": 0.0, "harmed": False}
        return BatchState(num_animals, **(self._record_of_the_reflex() | own))

    def choose(self, reflex: Reflex, proposal: Proposal, age: np.ndarray) -> np.ndarray:
        earned = super().choose(reflex, proposal, age)
        record = self.state
        draw = self.streams.uniform("hand-over", 2, proposal.new_decision)
        chance = np.minimum(1.0, self.share_of_life(age) / self.until)
        record.practises = np.where(proposal.new_decision, draw[:, 0] < chance, record.practises)
        record.guided = np.where(proposal.new_decision, draw[:, 1] < self.guidance, record.guided)
        record.urgent = reflex.urgency >= self.too_urgent
        harmless = ~record.harmed & (record.urgent_time >= self.patience * self.lifetime)
        practice = record.practises & (harmless | ~record.urgent)
        guided = record.guided & ~record.practises & ~self.futile()
        return np.where(guided, False, earned | practice & ~proposal.defers)

    def learn(self, verdict: Verdict, in_charge: np.ndarray, ended: np.ndarray) -> None:
        """Keep the reflex's record, and whether urgency has been harmless."""
        super().learn(verdict, in_charge, ended)
        record = self.state
        record.urgent_time = record.urgent_time + self.dt * record.urgent
        record.harmed |= verdict.judged <= -self.harm
