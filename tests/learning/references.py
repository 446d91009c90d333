"""The compiled kernels of learning once more, in plain NumPy and for one animal each; tests compare the two."""

from __future__ import annotations

import numpy as np

from learning import cortex_kernels, delayed, three_factor
from learning.pattern_separator import PatternSeparator

LateTraces = list[tuple[np.ndarray, int, np.ndarray]]


def encode(separator: PatternSeparator, rows: np.ndarray, inputs: np.ndarray, active: np.ndarray) -> None:
    """:meth:`PatternSeparator.encode` from normalised inputs (animals, size)."""
    for row in rows:
        windows = inputs[row][separator.first[:, None] + np.arange(separator.window)]
        mismatch = np.zeros((separator.groups, separator.per_group), np.float32)
        for place in range(separator.window):
            off = windows[:, place, None] - separator.preferred[row, :, place]
            mismatch += separator.sampled[row, :, place] * off * off
        order = np.argsort(mismatch, axis=1, kind="stable")[:, : separator.winners]
        active[row] = (order + np.arange(separator.groups)[:, None] * separator.per_group).ravel()


def change(
    table: np.ndarray, units: np.ndarray, column: int, visits: int, step: float, plasticity: three_factor.Plasticity
) -> None:
    """:func:`learning.three_factor.change`, in place."""
    own = np.ones(len(units))
    if visits >= 0:
        own = np.maximum(plasticity.floor, 1.0 / (1.0 + table[units, visits] / plasticity.anneal))
    table[units, column] += own * plasticity.portion * step


class Forecasts:
    """The forecasts of one animal: :func:`learning.cortex_kernels.decide` and ``close_bouts``."""

    def __init__(self, table: np.ndarray, lay: cortex_kernels.Layout, appraised: bool) -> None:
        self.table, self.lay, self.appraised = table, lay, appraised
        self.trace: list[tuple[np.ndarray, float]] = []

    def of(self, units: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """(options, channels) within reach, and at once."""
        lay = self.lay
        shape, size = (lay.options, lay.channels), lay.options * lay.channels
        total = self.table[units].sum(axis=0)
        reach = total[:size].reshape(shape).copy()
        reach[1:] += reach[0]
        once = total[lay.once : lay.once + size].reshape(shape) if lay.once >= 0 else np.zeros(shape)
        return np.maximum(reach, 0.0) if self.appraised else reach, once

    def worth(self, units: np.ndarray, worth: np.ndarray) -> np.ndarray:
        """(options,) appraisal times forecast."""
        reach, once = self.of(units)
        if self.lay.once < 0:
            return reach @ worth
        return reach @ np.maximum(worth, 0.0) + np.maximum(once, 0.0) @ np.minimum(worth, 0.0)

    def close(
        self,
        units: np.ndarray,
        option: int,
        gained: np.ndarray,
        ahead: np.ndarray,
        reflex_ahead: np.ndarray,
        *,
        steps: int,
        ended: bool,
        resembles: int,
        unchanged: bool,
        rate: float,
        fading: cortex_kernels.Fading,
        plasticity: three_factor.Plasticity,
    ) -> None:
        """End an act that began with these active units."""
        table, lay = self.table, self.lay
        reach, once = self.of(units)
        follows = 0.0 if ended else fading.discount**steps
        by_reflex = option == 0
        act = resembles if by_reflex else option
        self.trace = [(units, 1.0), *self.trace][: cortex_kernels.TRACE]
        for channel in range(lay.channels):
            error = 0.0
            if by_reflex:
                error = gained[channel] + follows * reflex_ahead[channel] - reach[0, channel]
                for past, strength in self.trace:
                    if strength > 1e-3:
                        change(table, past, channel, lay.visits, rate * strength * error, plasticity)
                if lay.once >= 0:
                    at_once = rate * (gained[channel] - once[0, channel])
                    change(table, units, lay.once + channel, lay.visits, at_once, plasticity)
            if act > 0:
                column, counts = act * lay.channels + channel, lay.visits + act
                beyond = reach[act, channel] if unchanged else ahead[channel]
                error = gained[channel] + follows * beyond - reach[act, channel]
                change(table, units, column, counts, rate * error, plasticity)
                if lay.once >= 0:
                    at_once = rate * (gained[channel] - once[act, channel])
                    change(table, units, lay.once + column, counts, at_once, plasticity)
            share = np.maximum(0.005, 1.0 / (1.0 + table[units, lay.seen]))
            table[units, lay.error + channel] += share * (error**2 - table[units, lay.error + channel])
        fade = fading.trace_decay * fading.discount**steps if by_reflex else 0.0
        self.trace = [(past, strength * fade) for past, strength in self.trace]
        table[units, lay.seen] += 1.0
        if by_reflex:
            table[units, lay.visits] += 1.0
        if act > 0:
            table[units, lay.visits + act] += 1.0


class Blame:
    """:class:`learning.delayed.DelayedCauses` of one animal."""

    def __init__(
        self, table: np.ndarray, share: np.ndarray, first_column: int, plasticity: three_factor.Plasticity
    ) -> None:
        self.table, self.share, self.first, self.plasticity = table, share, first_column, plasticity
        self.late: LateTraces = []

    def step(self, units: np.ndarray, done: int, channels: np.ndarray, rate: float) -> None:
        """One step."""
        count, late = len(channels), self.late
        if done > 0 and ((channels > 0.0) & (self.share == 0.0)).any():
            if not late or late[0][1] != done or not np.array_equal(late[0][0], units):
                late = [(units, done, np.zeros(count)), *late][: delayed.LATE]
            late[0] = (units, done, late[0][2] + self.share)
        for channel in np.flatnonzero(self.share):
            causes = [(past, self.first + act * count + channel, s[channel]) for past, act, s in late if s[channel] > 1e-4]
            expected = sum(strength * self.table[past, column].sum() for past, column, strength in causes)
            norm = 0.01 + sum(strength**2 for *_, strength in causes)
            for past, column, strength in causes:
                step = rate * (channels[channel] - expected) * strength / norm
                change(self.table, past, column, -1, step, self.plasticity)
        self.late = [(past, act, strength * (1.0 - self.share)) for past, act, strength in late]


def teach_motor(
    reward: float,
    rate: float,
    consolidation: float,
    eligibility: np.ndarray,
    bound: float,
    trace: list[tuple[np.ndarray, np.ndarray, np.ndarray]],
    table: np.ndarray,
) -> None:
    """The motor map's rule; ``trace`` is newest first, holds this step, and has the map's own deviation and the reflex's."""
    if reward == 0.0:
        return
    axes, third = trace[0][1].size, np.sign(reward)
    motor, bias = slice(0, axes), slice(axes, 2 * axes)
    judged = [(weight, *past) for weight, past in zip(eligibility, trace, strict=False) if weight > 0.01]
    for weight, units, *_ in judged:
        moved = consolidation * weight * table[units, bias]
        table[units, motor] += moved
        table[units, bias] -= moved
    for weight, units, own, seen in judged:
        table[units, bias] += rate * weight / len(units) * (third * own + max(0.0, third) * seen)
    for _, units, *_ in judged:
        limit = bound / len(units)
        total = np.clip(table[units, motor] + table[units, bias], -limit, limit)
        table[units, bias] = total - table[units, motor]
