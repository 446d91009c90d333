"""Hand-over rules that look at the learner's own estimates, or at the reflex's urgency."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from agents.hand_over.base import HandOver
from core.interfaces import Proposal, Reflex


class Urgency(HandOver):
    """The reflex overrides when it is urgent, else the learner acts (the override of Byrnes' Steering Subsystem)."""

    name = "urgency"
    proven = "Nothing about reward; urgent acts are the reflex's."
    threshold: ClassVar[float] = 0.45

    def choose(self, reflex: Reflex, proposal: Proposal, age: np.ndarray) -> np.ndarray:
        return (reflex.urgency < self.threshold) & ~proposal.defers


class ArgmaxQ(HandOver):
    """Whoever has the higher estimated value acts, with no margin.

    The greedy form of imitation-bootstrapped learning (Hu et al. 2023) and of policy expansion (Zhang et al. 2023).
    """

    name = "argmax_q"
    proven = (
        "With an exact critic no worse than the better of the two policies, less 2 epsilon / (1 - gamma) for one with error "
        "epsilon (Barreto et al. 2017); errors are chosen, not averaged, by the maximum."
    )

    def choose(self, reflex: Reflex, proposal: Proposal, age: np.ndarray) -> np.ndarray:
        return (proposal.explores | (proposal.advantage > 0.0)) & ~proposal.defers


class Spibb(HandOver):
    """The learner acts only where it has been often enough, the reflex everywhere else; no margin.

    Safe policy improvement with baseline bootstrapping (Laroche et al. 2019), with visits of active units as pseudo-counts.
    """

    name = "spibb"
    proven = (
        "In tables, with high probability no worse than the reflex up to an error that falls with the count asked for "
        "(Laroche et al. 2019). Visits of the units of a random expansion are not counts of states, so here it is an observation."
    )
    familiar: ClassVar[float] = 0.6
    too_urgent: ClassVar[float] = 0.45

    def choose(self, reflex: Reflex, proposal: Proposal, age: np.ndarray) -> np.ndarray:
        known = (proposal.familiarity >= self.familiar) & (proposal.advantage > 0.0)
        return np.where(proposal.explores, reflex.urgency < self.too_urgent, known) & ~proposal.defers


class Gate(HandOver):
    """The learner acts where its critic **of the present baseline** says that it beats that baseline by a margin.

    The baseline is the reflex at birth. A learner that evaluates baselines (as one with ``then_reflex`` in its genome does) adopts the
    mixture as its next baseline when that has proven itself, and says with ``adopted`` where the baseline itself is its own
    earlier choice; then the argument repeats, as in policy iteration. With any other learner this is the first round only.
    """

    name = "gate"
    proven = (
        "If the critic's error is at most epsilon everywhere and the margin at least 2 epsilon, the deployed policy is no worse "
        "than the baseline in any state (performance difference lemma, Kakade and Langford 2002); with a smaller margin m the "
        "loss is at most (2 epsilon - m) / (1 - gamma). The margin here is two standard errors of the estimate, not a bound, "
        "and exploration costs extra."
    )
    familiar: ClassVar[float] = 0.6
    too_urgent: ClassVar[float] = 0.45

    def choose(self, reflex: Reflex, proposal: Proposal, age: np.ndarray) -> np.ndarray:
        better = (proposal.lower_bound > 0.0) & (proposal.familiarity >= self.familiar)
        tries = proposal.explores & (reflex.urgency < self.too_urgent)
        return np.where(proposal.explores, tries, better | proposal.adopted) & ~proposal.defers
