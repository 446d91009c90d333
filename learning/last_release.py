"""Learners of the last release: ``recall(context)``, ``propose(context, ...)``, ``learn(context, proposal, experience)``.

A class that defines these gets ``_recall``, ``_propose`` and ``_learn`` that call them. While one of them runs, the class is on the
learner's stack, so that ``super().propose(...)`` and the like reach the parent of that class.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

from core.renamed import warn

_STACK, _CONTEXT, _RECALLED = "_last_release_stack", "_last_release_context", "_last_release_recalled"
_SHARED = ("reflex", "in_charge", "verdict", "terminated", "truncated", "gains")


def accept_old_learner(kind: Any) -> None:
    """Let a subclass of :class:`learning.subsystem.Learner` that defines the calls of the last release live in the loop of this one."""
    members = vars(kind)
    for old, new, adapt in (("recall", "_recall", _recall), ("propose", "_propose", _propose), ("learn", "_learn", _learn)):
        if old in members and new not in members:
            warn(f"{kind.__name__}.{old}(context, ...)", f"{kind.__name__}.{new}", depth=3)
            adapt(kind, members[old])
            delattr(kind, old)


def called_from_old(learner: Any) -> bool:
    """Whether a method of the last release is running, and calls its parent's."""
    return bool(learner.__dict__.get(_STACK))


def parent_of_old(learner: Any) -> Any:
    """What ``super()`` is in the method of the last release that is running."""
    return super(learner.__dict__[_STACK][-1], learner)


def parts_of_old(context: Any, proposal: Any, experience: Any) -> dict[str, Any]:
    """The parts of a :class:`learning.subsystem.Transition`, from what ``learn`` took."""
    parts = {name: getattr(experience, name) for name in _SHARED}
    now = {"action": experience.command, "final_observation": experience.outcome}
    return parts | now | {"observation": context, "proposal": proposal}


@contextmanager
def _running(kind: Any, learner: Any) -> Iterator[None]:
    stack = learner.__dict__.setdefault(_STACK, [])
    stack.append(kind)
    try:
        yield
    finally:
        stack.pop()


def _observing(kind: Any, then: Callable[[Any, Any], None]) -> None:
    """After what the class observes already, do something more."""
    before = vars(kind).get("_observe")

    def observe(self: Any, observation: Any) -> None:
        super(kind, self)._observe(observation) if before is None else before(self, observation)
        then(self, observation)

    kind._observe = observe


def _recall(kind: Any, recall: Any) -> None:
    """It was called once for every observation, and might change the learner."""

    def keep(self: Any, observation: Any) -> None:
        with _running(kind, self):
            self.__dict__[_RECALLED] = recall(self, observation)

    _observing(kind, keep)
    kind._recall = lambda self: self.__dict__[_RECALLED]


def _propose(kind: Any, propose: Any) -> None:
    def propose_now(self: Any, observation: Any, reflex: Any, gains: Any) -> Any:
        with _running(kind, self):
            return propose(self, observation, reflex, gains)

    kind._propose = propose_now


def _learn(kind: Any, learn: Any) -> None:
    _observing(kind, lambda self, observation: self.__dict__.__setitem__(_CONTEXT, observation))

    def learn_now(self: Any, now: Any) -> None:
        experience = SimpleNamespace(
            **{name: getattr(now, name) for name in _SHARED},
            command=now.action,
            outcome=now.final_observation,
            next_context=self.__dict__[_CONTEXT],
        )
        with _running(kind, self):
            learn(self, now.observation, now.proposal, experience)

    kind._learn = learn_now
