"""The registry of learners; each is found by its file, by entry point, or by ``module:Class``."""

from __future__ import annotations

from typing import Any

from core.registry import Registry
from core.renamed import LEARNERS
from learning.subsystem import Learner


def _broken_rule(kind: Any) -> str | None:
    return None if isinstance(getattr(kind, "name", None), str) else "it lacks the class attribute name, a text"


learners = Registry(
    "learner",
    Learner,
    "learning",
    "nestling.learners",
    key=lambda learner: learner.name,
    broken_rule=_broken_rule,
    renamed=LEARNERS,
)


def learner_class(name: object) -> type[Learner]:
    """The class of a learner by name, ``module:Class`` or itself."""
    return learners.get(name)
