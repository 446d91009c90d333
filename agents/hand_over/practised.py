"""The rule of whole animals (agents named ``steered``): control is earned act by act, and a youth of practice gives it its chance."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from agents.hand_over.earned import Earned, evidence_of
from agents.hand_over.kernels import NEITHER, Youth, choose_practised, learn_practised
from core.batch_state import RecordState
from core.interfaces import Proposal, Reflex, Verdict


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

    def __init__(self, num_animals: int, dt: float, rest: np.ndarray | None = None, lifetime: float = math.inf) -> None:
        super().__init__(num_animals, dt, rest, lifetime)
        self._youth = Youth(
            until=self.until,
            peak=self.peak,
            guidance=self.guidance,
            surely=self.surely,
            fewest=float(self.fewest),
            harm=self.harm,
            patience=self.patience * lifetime,
        )

    def _make_state(self, num_animals: int) -> RecordState:
        own = {"practises": False, "guided": False, "urgent": False, "urgent_time": 0.0, "harmed": False}
        now = {"practising": False, "guiding": False}
        bout = {"arm": NEITHER, "bout_judged": 0.0, "bout_steps": 0}
        arms = {f"{arm}_{what}": 0.0 for arm in ("own", "guided") for what in ("bouts", "mean", "squares")}
        return RecordState(num_animals, **(self._record_of_the_reflex() | own | now | bout | arms | {"ahead": False}))

    def choose(self, reflex: Reflex, proposal: Proposal, age: np.ndarray) -> np.ndarray:
        chosen, new = np.zeros(self.num_animals, bool), proposal.new_decision
        choose_practised(
            reflex.urgency,
            reflex.arousal,
            self._alike(reflex.action, proposal.action),
            evidence_of(proposal),
            self._proof,
            self.share_of_life(age),
            new,
            proposal.adopted,
            self.streams.uniform("hand-over", 2, new),
            self._youth,
            self.state.records,
            chosen,
        )
        return chosen

    def practising(self) -> np.ndarray:
        return self.state.practising.copy()

    def guiding(self) -> np.ndarray:
        return self.state.guiding.copy()

    def learn(self, verdict: Verdict, in_charge: np.ndarray, ended: np.ndarray) -> None:
        """Keep the reflex's record, whether urgency has been harmless, and what the running bout brings."""
        super().learn(verdict, in_charge, ended)
        learn_practised(verdict.judged, self._youth, self.dt, self.state.records)
