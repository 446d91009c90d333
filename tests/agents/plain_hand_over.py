"""The rules ``earned`` and ``practised`` in plain NumPy, for all animals at once; the kernels must agree with them to the bit."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from agents.hand_over.earned import Earned
from agents.hand_over.practised import Practised
from core.batch_state import BatchState
from core.interfaces import Proposal, Reflex, Verdict

_OWN, _GUIDED, _NEITHER = 0, 1, -1


class PlainEarned(Earned):
    def _make_state(self, num_animals: int) -> BatchState:
        return BatchState(num_animals, **self._record_of_the_reflex())

    @staticmethod
    def _record_of_the_reflex() -> dict[str, float | bool]:
        """The fields of the record, with their first values."""
        numbers = dict.fromkeys(("in_need", "good", "bad", "since_other"), 0.0)
        return numbers | dict.fromkeys(("cleared", "at_stake", "explores", "agree"), False)

    def choose(self, reflex: Reflex, proposal: Proposal, age: np.ndarray) -> np.ndarray:
        margin = self.margin + self.urgent_margin * reflex.urgency**2
        doubt = np.maximum(0.0, proposal.advantage - proposal.lower_bound)  # 0 for learners that state a bound alone
        urgent = reflex.urgency >= self.too_urgent
        further = np.where(urgent, self.urgent_doubts, self.doubts) - 1.0  # the lower bound has one off already
        earned = proposal.lower_bound - further * doubt > margin
        earned &= proposal.familiarity >= self.familiar
        trusted = np.where(proposal.explores, ~urgent, earned)
        record = self.state
        record.at_stake = np.maximum(reflex.urgency, reflex.arousal) >= self.at_stake
        record.explores = proposal.explores
        record.agree = self._alike(reflex.action, proposal.action)
        return (self.futile() | trusted) & ~proposal.defers

    def learn(self, verdict: Verdict, in_charge: np.ndarray, ended: np.ndarray) -> None:
        """Keep the reflex's record: how long it was needed, and what good and bad came while it was in charge."""
        record = self.state
        as_reflex = ~in_charge | record.agree
        record.since_other = np.where(as_reflex, record.since_other + self.dt, 0.0)
        own = record.since_other >= self.credit_time
        unproven = record.at_stake & (record.explores | as_reflex)
        kept = np.where(unproven, max(0.0, 1.0 - self.dt / (self.patience * self.lifetime)), 1.0)
        record.in_need = kept * record.in_need + self.dt * unproven
        record.good = kept * record.good + np.maximum(0.0, verdict.judged) * own
        record.bad = kept * record.bad + np.maximum(0.0, -verdict.judged) * own
        record.cleared |= self._tried() & self._brings_good()

    def futile(self) -> np.ndarray:
        record = self.state
        return self._tried() & ~record.cleared & ~self._brings_good()

    def _alike(self, one: np.ndarray, other: np.ndarray) -> np.ndarray:
        """(animals,) bool: two actions are much the same: numbered ones if they are equal, graded ones by their distance from rest."""
        if np.issubdtype(np.asarray(one).dtype, np.integer):
            return np.asarray(one == other)
        from_rest = [(action - self.rest).reshape(self.num_animals, -1) for action in (one, other)]
        sizes = [np.square(action).sum(axis=1) for action in from_rest]
        return np.square(from_rest[0] - from_rest[1]).sum(axis=1) <= self.alike**2 * np.maximum(*sizes)

    def _tried(self) -> np.ndarray:
        return self.state.in_need >= (1.0 - math.exp(-1.0)) * self.patience * self.lifetime

    def _brings_good(self) -> np.ndarray:
        record = self.state
        return (record.good > 0.0) & (record.good >= self.least_good * (record.good + record.bad))


class PlainPractised(PlainEarned):
    until, peak, guidance = Practised.until, Practised.peak, Practised.guidance
    surely, fewest, harm = Practised.surely, Practised.fewest, Practised.harm

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
