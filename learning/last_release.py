"""Learners of the last release: ``recall(context)``, ``propose(context, ...)``, ``learn(context, proposal, experience)``."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from core.renamed import warn


def accept_old_learner(kind: Any) -> None:
    """Let a subclass of :class:`learning.subsystem.Learner` that defines the calls of the last release live in the loop of this one."""
    members = vars(kind)
    for old, new, adapt in (("recall", "_recall", _recall), ("propose", "_propose", _propose), ("learn", "_learn", _learn)):
        if old in members and new not in members:
            warn(f"{kind.__name__}.{old}(context, ...)", f"{kind.__name__}.{new}", depth=3)
            adapt(kind, members[old])
            delattr(kind, old)


def _recall(kind: Any, recall: Any) -> None:
    """It was called once for every observation, and might change the learner."""

    def observe(self: Any, observation: Any) -> None:
        self._context, self._recalled = observation, recall(self, observation)

    kind._observe, kind._recall = observe, lambda self: self._recalled


def _propose(kind: Any, propose: Any) -> None:
    kind._propose = propose


def _learn(kind: Any, learn: Any) -> None:
    if "_observe" not in vars(kind):
        kind._observe = lambda self, observation: setattr(self, "_context", observation)

    def learn_now(self: Any, now: Any) -> None:
        names = ("reflex", "in_charge", "verdict", "terminated", "truncated", "gains")
        experience = SimpleNamespace(
            **{name: getattr(now, name) for name in names},
            command=now.action,
            outcome=now.final_observation,
            next_context=self._context,
        )
        learn(self, now.observation, now.proposal, experience)

    kind._learn = learn_now
