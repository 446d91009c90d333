"""What `earned` and `practised` do in every tick, compiled: one pass over the records of all animals.

``records`` are those of the rule's state. Settings come as named tuples, times in seconds.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
from numba import njit

OWN, GUIDED, NEITHER = 0, 1, -1  # arms of the comparison of bouts


class Evidence(NamedTuple):
    """What a proposal says of itself, (animals,) each; see :class:`core.interfaces.Proposal`."""

    lower_bound: np.ndarray
    advantage: np.ndarray
    familiarity: np.ndarray
    defers: np.ndarray
    explores: np.ndarray


class Proof(NamedTuple):
    """What a learner must show, and when the reflex is futile; the class attributes of ``Earned`` of these names, and what follows.

    ``kept`` is the share of the reflex's record that a step keeps, and ``tried`` how long a reflex has had its chance.
    """

    margin: float
    urgent_margin: float
    familiar: float
    too_urgent: float
    doubts: float
    urgent_doubts: float
    at_stake: float
    least_good: float
    credit_time: float
    dt: float
    kept: float
    tried: float


class Youth(NamedTuple):
    """Practice and guidance; the class attributes of ``Practised`` of these names, and ``patience`` in seconds."""

    until: float
    peak: float
    guidance: float
    surely: float
    fewest: float
    harm: float
    patience: float


@njit(cache=True)
def are_alike(one, other, rest, share, alike):
    """Whether two actions (animals, axes) differ by at most ``share`` of their distance from rest (axes,)."""
    for row in range(one.shape[0]):
        size_of_one = size_of_other = apart = 0.0
        for axis in range(one.shape[1]):
            first, second = one[row, axis] - rest[axis], other[row, axis] - rest[axis]
            size_of_one += first * first
            size_of_other += second * second
            apart += (first - second) * (first - second)
        alike[row] = apart <= share * share * max(size_of_one, size_of_other)


@njit(cache=True)
def _has_earned(row, urgency, evidence, proof, record):
    """Whether the learner may act: by its evidence, to explore, or because the reflex brings no good."""
    lower_bound, urgent = evidence.lower_bound[row], urgency >= proof.too_urgent
    doubt = max(0.0, evidence.advantage[row] - lower_bound)  # 0 for learners that state a bound alone
    further = (proof.urgent_doubts if urgent else proof.doubts) - 1.0  # the lower bound has one off already
    shown = lower_bound - further * doubt > proof.margin + proof.urgent_margin * urgency**2
    trusted = not urgent if evidence.explores[row] else shown and evidence.familiarity[row] >= proof.familiar
    return (record.futile or trusted) and not evidence.defers[row]


@njit(cache=True)
def choose_earned(urgency, arousal, alike, evidence, proof, records, chosen):
    """Fill ``chosen`` (animals,): where the learner acts.

    Args:
        urgency, arousal: of the reflex, (animals,).
        alike: (animals,) bool, the learner would do as the reflex.
        evidence: of the proposal.
        proof: settings.
        records: of the rule.
        chosen: (animals,) bool.
    """
    for row in range(chosen.shape[0]):
        record = records[row]
        record.at_stake = max(urgency[row], arousal[row]) >= proof.at_stake
        record.explores, record.agree = evidence.explores[row], alike[row]
        chosen[row] = _has_earned(row, urgency[row], evidence, proof, record)


@njit(cache=True)
def choose_practised(
    urgency, arousal, alike, evidence, proof, share_of_life, new_decision, adopted, draw, youth, records, chosen
):
    """As :func:`choose_earned`, with practice and guidance.

    Args:
        share_of_life: (animals,) age.
        new_decision, adopted: of the proposal, (animals,) bool.
        draw: (animals, 2) uniform random numbers for animals that decide anew.
        youth: settings.
    """
    for row in range(chosen.shape[0]):
        record, new = records[row], new_decision[row]
        if new and record.arm != NEITHER and record.bout_steps > 0:
            _compare_bouts(youth, record)
        harmless = not record.harmed and record.urgent_time >= youth.patience
        record.at_stake = max(urgency[row], arousal[row]) >= proof.at_stake  # harmless or not, the reflex is tested
        record.explores, record.agree = evidence.explores[row], alike[row]
        earned = _has_earned(row, 0.0 if harmless else urgency[row], evidence, proof, record)
        grown = share_of_life[row] / youth.until
        if new:
            chance = min((grown / youth.peak) ** 2, (1.0 - grown) / (1.0 - youth.peak))
            record.practises = draw[row, 0] < min(1.0, max(0.0, chance))
            record.guided = draw[row, 1] < youth.guidance and grown < 1.0
        record.urgent = urgency[row] >= proof.too_urgent
        may_guide = grown < 1.0 and not (record.practises or record.ahead or record.futile or adopted[row])
        practice = record.practises and (harmless or not record.urgent) and not evidence.defers[row]
        guided = record.guided and may_guide
        record.guiding, record.practising = guided and earned, practice and not earned and not guided
        if new:
            compared = may_guide and earned and not evidence.explores[row]
            record.arm = (GUIDED if record.guided else OWN) if compared else NEITHER
            record.bout_judged, record.bout_steps = 0.0, 0
        chosen[row] = (earned or practice) and not guided


@njit(cache=True)
def _compare_bouts(youth, record):
    """Add the bout that is over to running means and variances (Welford 1962), and compare the arms (Welch 1947)."""
    value = record.bout_judged / record.bout_steps
    if record.arm == OWN:
        record.own_bouts += 1.0
        surprise = value - record.own_mean
        record.own_mean += surprise / record.own_bouts
        record.own_squares += surprise * (value - record.own_mean)
    else:
        record.guided_bouts += 1.0
        surprise = value - record.guided_mean
        record.guided_mean += surprise / record.guided_bouts
        record.guided_squares += surprise * (value - record.guided_mean)
    own, led = max(record.own_bouts, 2.0), max(record.guided_bouts, 2.0)
    error = math.sqrt(record.own_squares / (own * (own - 1.0)) + record.guided_squares / (led * (led - 1.0)))
    gain = record.own_mean - record.guided_mean
    if min(own, led) >= youth.fewest and gain > youth.surely * error:
        record.ahead = True


@njit(cache=True)
def learn_earned(judged, in_charge, proof, records):
    """Keep the reflex's record: how long it was needed, and what good and bad came while it was in charge.

    ``judged`` (animals,) is steering's judgement of the step, ``in_charge`` (animals,) bool says where the learner acted.
    """
    for row in range(judged.shape[0]):
        record = records[row]
        as_reflex = not in_charge[row] or record.agree
        record.since_other = record.since_other + proof.dt if as_reflex else 0.0
        unproven = record.at_stake and (record.explores or as_reflex)
        kept = proof.kept if unproven else 1.0
        record.in_need = kept * record.in_need + (proof.dt if unproven else 0.0)
        record.good, record.bad = kept * record.good, kept * record.bad
        if record.since_other >= proof.credit_time:
            record.good += max(0.0, judged[row])
            record.bad += max(0.0, -judged[row])
        tried = record.in_need >= proof.tried
        brings_good = record.good > 0.0 and record.good >= proof.least_good * (record.good + record.bad)
        record.cleared = record.cleared or (tried and brings_good)
        record.futile = tried and not brings_good and not record.cleared


@njit(cache=True)
def learn_practised(judged, youth, dt, records):
    """Keep whether urgency has been harmless, and what the running bout brings."""
    for row in range(judged.shape[0]):
        record = records[row]
        record.urgent_time += dt if record.urgent else 0.0
        record.harmed = record.harmed or judged[row] <= -youth.harm
        record.bout_judged += judged[row]
        record.bout_steps += 1
