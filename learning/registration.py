"""The registry of learners; each is found by its file, by entry point, or by ``module:Class``."""

from __future__ import annotations

from core.registry import Registry
from core.renamed import LEARNERS
from learning.subsystem import Learner

learners = Registry("learner", Learner, "learning", "nestling.learners", key=lambda learner: learner.name, renamed=LEARNERS)


def learner_class(name: object) -> type[Learner]:
    """The class of a learner by name, ``module:Class`` or itself."""
    return learners.get(name)
