"""The compiled kernels of learning once more, in plain NumPy and for one animal each; tests compare the two."""

from __future__ import annotations

import numpy as np

from learning import node_perturbation_kernels, thought_assessors, three_factor
from learning.pattern_separator import PatternSeparator

Traces = list[tuple[np.ndarray, float]]
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


def read_out(active: np.ndarray, synapses: np.ndarray, options: int) -> tuple[np.ndarray, np.ndarray]:
    """Values and evidence of :func:`learning.three_factor.read_out`, (options,) each."""
    own = three_factor.fields(options)
    units = synapses[active]
    return units[:, own["shared"]].sum() + units[:, own["weights"]].sum(axis=0), units[:, own["visits"]].mean(axis=0)


def update(
    trace: three_factor.Trace, modulator: float, rate: float, plasticity: three_factor.Plasticity, synapses: np.ndarray
) -> None:
    """:func:`learning.three_factor.update` of the first animal, in place."""
    options, portion = len(plasticity.portion), plasticity.portion
    past = zip(trace.past_units[0], trace.past_option[0], trace.strength[0], strict=True)
    for units, option, eligibility in past:
        if option >= 0 and eligibility >= 1e-4:
            visits = synapses[0, units, options + option]
            own = np.maximum(plasticity.floor, 1.0 / (1.0 + visits / plasticity.anneal))
            change = modulator * eligibility * rate / len(units) * own
            np.add.at(synapses[0], (units, 2 * options), portion[option] * change)
            np.add.at(synapses[0], (units, option), (1.0 - portion[option]) * change)


class Assessors:
    """:func:`learning.thought_assessors.correct_rows` of one animal."""

    def __init__(self, table: np.ndarray, settings: thought_assessors.Settings) -> None:
        self.table, self.settings = table, settings
        self.options = (table.shape[1] - 1) // 2
        self.visits = np.zeros((len(table), self.options))
        self.trace: Traces = []
        self.late: LateTraces = []

    def correct(
        self,
        before: np.ndarray,
        option: int,
        channels: np.ndarray,
        after: np.ndarray,
        *,
        ended: bool,
        rate: float,
        shunned: np.ndarray,
    ) -> None:
        """Correct by one step, from active units before to active units after."""
        table, settings, options = self.table, self.settings, self.options
        now, then = table[before].sum(axis=0), table[after].sum(axis=0)
        fading = settings.coming_horizon * settings.decay
        faded = [(units, strength * fading) for units, strength in self.trace]
        self.trace = [(before, 1.0), *faded][: thought_assessors.MEMORY]
        share = rate / len(before)
        if option >= 0:
            best = np.maximum(then[options : 2 * options][~shunned].max(axis=0, initial=0.0), 0.0)
            leads_on = 0.0 if ended or np.array_equal(before, after) else settings.horizon
            own = np.maximum(settings.floor, 1.0 / (1.0 + self.visits[before, option] / settings.anneal))[:, None]
            at_once = np.where(settings.delay == 0.0, channels - now[option], 0.0)
            table[before, option] += own * share * at_once
            table[before, options + option] += own * share * (channels + leads_on * best - now[options + option])
        error = channels + (0.0 if ended else settings.coming_horizon) * then[-1] - now[-1]
        for units, strength in self.trace:
            if strength > 0.01:
                table[units, 2 * options] += share * strength * error
        self._blame(before, option, channels, share)
        if option >= 0:
            self.visits[before, option] += 1.0
        if ended:
            self.trace, self.late = [], []

    def _blame(self, before: np.ndarray, option: int, channels: np.ndarray, share: float) -> None:
        table, delay = self.table, self.settings.delay
        if option >= 0 and ((channels > 0.0) & (delay == 0.0)).any():
            if not self.late or self.late[0][1] != option or not np.array_equal(self.late[0][0], before):
                self.late = [(before, option, np.zeros(len(channels))), *self.late][: thought_assessors.LATE]
            self.late[0] = (before, option, self.late[0][2] + delay)
        for channel in np.flatnonzero(delay):
            causes = [(units, act, strength[channel]) for units, act, strength in self.late if strength[channel] > 1e-4]
            expected = sum(strength * table[units, act, channel].sum() for units, act, strength in causes)
            norm = 0.01 + sum(strength**2 for *_, strength in causes)
            for units, act, strength in causes:
                table[units, act, channel] += share * (channels[channel] - expected) * strength / norm
        self.late = [(units, act, strength * (1.0 - delay)) for units, act, strength in self.late]


def learn(
    reward: float,
    rate: float,
    consolidation: float,
    settings: node_perturbation_kernels.Settings,
    trace: list[tuple[np.ndarray, np.ndarray, bool]],
    table: np.ndarray,
) -> None:
    """:func:`learning.node_perturbation_kernels.learn_rows`; ``trace`` is newest first and holds this step already."""
    if reward == 0.0:
        return
    outputs = trace[0][1].size
    motor, bias = slice(0, outputs), slice(outputs, 2 * outputs)
    third = np.sign(reward) if settings.binary else reward
    for eligible, (units, deviation, in_charge) in zip(settings.kernel, trace, strict=False):
        if eligible == 0.0:
            continue
        limit, teaches = settings.bound / len(units), in_charge or third > 0.0
        table[units, motor], table[units, bias] = (
            table[units, motor] + consolidation * eligible * table[units, bias],
            table[units, bias] * (1.0 - consolidation * eligible),
        )
        total = table[units, motor] + table[units, bias] + teaches * rate * third * eligible / len(units) * deviation
        table[units, bias] = np.clip(total, -limit, limit) - table[units, motor]
        tally = 2 * outputs + (0 if in_charge else 1)
        table[units, tally] += eligible * settings.tally_share * (reward - table[units, tally])
