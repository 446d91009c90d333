"""Acts that are held for a while: the one that runs, what was decided when it began, and what it brought so far.

A bout is a semi-Markov option (Sutton, Precup and Singh 1999). The cortex decides, opens and closes bouts; this file keeps their
records, and hands them to the kernels of :mod:`learning.cortex_kernels`.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from core.batch_state import BatchState, RecordState
from core.interfaces import Reflex
from learning.cortex_kernels import (
    DEFER,
    TRACE,
    Caution,
    Decided,
    Fading,
    Felt,
    Layout,
    Memory,
    Situation,
    accumulate,
    close_bouts,
    decide,
    nearest_programme,
    needs_decision,
    open_bouts,
)
from learning.goals import GoalSeeking
from learning.three_factor import Plasticity


class Bouts:
    """The bouts of ``num_animals`` animals.

    Args:
        num_animals: how many.
        active: units of the code that are active at a time.
        options: acts to choose from.
        channels: what is forecast of each.
        programmes: (programmes, axes) the fixed motor programmes.
        watches: share of its size by which an act of the reflex may differ from a programme that it resembles; 0 for never.

    Attributes:
        running: the act that runs, and why it was chosen.
        now, past: active units, forecasts and worth at the last decision, and where the running act began.
        felt: what was gained, and what was done, since it began.
        trace: which deferred acts are still eligible.
        limits: the least and the most that can lie ahead, by all that was ever felt.
    """

    def __init__(
        self, num_animals: int, *, active: int, options: int, channels: int, programmes: np.ndarray, watches: float
    ) -> None:
        self.num_animals, self._programmes, self._watches = num_animals, programmes, watches
        self.running = RecordState(
            num_animals,
            running=False,
            left=0,
            steps=0,
            option=-1,
            chosen=-1,
            urgency=0.0,
            arousal=0.0,
            explores=False,
            lower_bound=0.0,
            familiarity=0.0,
            best_value=0.0,
            defer_value=0.0,
        )
        decided = {
            "units": np.zeros(active, np.int32),
            "reach": np.zeros((options, channels), np.float32),
            "once": np.zeros((options, channels), np.float32),
            "ahead": np.zeros(channels),
            "total": np.zeros(options),
        }
        self.now, self.past = BatchState(num_animals, **decided), BatchState(num_animals, **decided)
        self.felt = BatchState(num_animals, gained=np.zeros(channels), acted=np.zeros(programmes.shape[1]))
        self.trace = BatchState(num_animals, units=np.zeros((TRACE, active), np.int32), strength=np.zeros(TRACE))
        self.limits = BatchState(num_animals, ahead=np.zeros((2, channels), np.float32))
        self._group_for_kernels()

    def _group_for_kernels(self) -> None:
        self._now, self._past = (
            Decided(each.units, each.reach, each.once, each.ahead, each.total) for each in (self.now, self.past)
        )

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._group_for_kernels()  # the arrays of a copy are its own

    def begin(self, mask: np.ndarray) -> None:
        """A new episode of the chosen animals (bool mask): no act runs, and none is eligible."""
        for part in (self.running, self.felt, self.trace):
            part.restart(mask)

    def over(self, reflex: Reflex, goals: GoalSeeking) -> np.ndarray:
        """(animals,) bool: whose act is over, because its time is, something happened, or a goal came within reach."""
        return needs_decision(self.running.records, reflex.urgency, reflex.arousal, goals.aim.usable, goals.aim.offered)

    def decide(
        self, rows: np.ndarray, table: np.ndarray, lay: Layout, weight: np.ndarray, situation: Situation, caution: Caution
    ) -> None:
        """Choose the next act of the given rows, whose active units are in ``now``."""
        decide(rows, table, lay, weight, situation, caution, self._now, self.running.records)

    def know_nothing(self, rows: np.ndarray) -> None:
        """The animals of the given rows have no forecasts, and so no reason to choose anything."""
        for name in ("lower_bound", "familiarity", "best_value", "defer_value"):
            getattr(self.running, name)[rows] = 0.0
        self.now.total[rows] = 0.0
        self.running.explores[rows] = False
        self.running.chosen[rows] = 1  # the first programme of a repertoire is rest

    def open(self, rows: np.ndarray, in_charge: np.ndarray, steps: np.ndarray) -> None:
        """Begin the act that was decided, for ``steps`` (options,); it is the reflex's where the learner is not in charge."""
        running, felt = self.running.records, self.felt
        open_bouts(rows, in_charge, running, self._now, self._past, felt.gained, felt.acted, steps)

    def add(self, brought: np.ndarray, action: np.ndarray, step_weight: float, horizon: float) -> None:
        """Add what a step brought (animals, channels), and what was done in it (animals, axes)."""
        felt = self.felt
        accumulate(self.running.records, brought, action, step_weight, horizon, felt.gained, felt.acted, self.limits.ahead)

    def carried_out(self, action: np.ndarray) -> np.ndarray:
        """(animals,) the option that is carried out, whoever chose it; 0 where it resembles none."""
        done = self.running.option.copy()
        by_reflex = np.flatnonzero(done == DEFER)
        if by_reflex.size:
            nearest_programme(by_reflex, action, self._programmes, self._watches, done)
        return done

    def close(
        self,
        rows: np.ndarray,
        ended: np.ndarray,
        rate: np.ndarray,
        *,
        table: np.ndarray,
        lay: Layout,
        is_delayed: np.ndarray,
        fading: Fading,
        plasticity: Plasticity,
    ) -> None:
        """Credit the acts of the given rows, which are over, with what they brought and what lies ahead.

        Args:
            rows: row numbers.
            ended: (animals,) bool, nothing follows.
            rate: (animals,) learning rate.
            table: (animals, units, width) the cortex's weights.
            lay: where in the table is what.
            is_delayed: (channels,) bool, channels whose causes lie further back than an act.
            fading: of value and of eligibility.
            plasticity: how active units share a correction.
        """
        running, past, now = self.running, self.past, self.now
        resembles = np.zeros(self.num_animals, np.int64)
        watched = rows[running.option[rows] == DEFER]
        if watched.size and self._watches > 0.0:
            mean = self.felt.acted / np.maximum(1, running.steps)[:, None]
            nearest_programme(watched, mean, self._programmes, self._watches, resembles)
        felt = Felt(
            gained=self.felt.gained,
            ahead=now.ahead,
            reflex_ahead=now.reach[:, DEFER].copy(),
            ended=ended,
            resembles=resembles,
            unchanged=(past.units == now.units).all(axis=1),
        )
        memory = Memory(table, self.trace.units, self.trace.strength)
        close_bouts(rows, running.records, self._past, felt, fading, rate, lay, is_delayed, plasticity, memory)

    def state_parts(self) -> dict[str, Any]:
        """Parts with ``get_state`` and ``set_state``, by the name under which they are saved."""
        return {
            "bout": self.running,
            "now": self.now,
            "past": self.past,
            "felt": self.felt,
            "limits": self.limits,
            "trace": self.trace,
        }
