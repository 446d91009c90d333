"""The named agents: which learner, which hand-over rule, or which reference policy."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from envs.errors import unknown_name
from learning.assessors import AssessorGenome, AssessorLearner
from learning.babble import Babbler
from learning.bouts import BoutLearner
from learning.graded import GradedLearner
from learning.subsystem import Anatomy, Learner

MakeLearner = Callable[[int, Anatomy, bool], Learner]


@dataclass(frozen=True)
class AgentSpec:
    """An agent = steering + learner + hand-over, or a reference policy in the place of the learner.

    Attributes:
        name: as people type it.
        meaning: one line for help texts and reports.
        hand_over: name of the hand-over rule.
        learner: builds the learner from (rows, anatomy, may_defer); None for an agent that does not learn.
        policy: ``"random"``, ``"oracle"`` or ``"expert"`` for a reference policy.
    """

    name: str
    meaning: str
    hand_over: str
    learner: MakeLearner | None = None
    policy: str | None = None

    def make_learner(self, rows: int, anatomy: Anatomy, may_defer: bool) -> Learner | None:
        """A newborn learner for ``rows`` animals, or None."""
        return None if self.learner is None else self.learner(rows, anatomy, may_defer)


def _cortex(rows: int, anatomy: Anatomy, may_defer: bool) -> Learner:
    """The learner that the species is born with, by what its steering offers.

    Thought assessors where steering values predictions, graded commands where it judges each moment, else cached values of
    motor programmes.
    """
    if anatomy.judging_delay is not None:
        return GradedLearner(rows, anatomy, may_defer)
    return (AssessorLearner if anatomy.assessed else BoutLearner)(rows, anatomy, may_defer)


def _cached(hears_signals: bool) -> MakeLearner:
    """A model-free critic on the assessors' own code and rates."""
    genome = AssessorGenome(cached=True, hears_signals=hears_signals)
    return lambda rows, anatomy, may_defer: AssessorLearner(rows, anatomy, may_defer, genome)


_SPECS = (
    AgentSpec("random", "uniform random commands, held for half a second; score 0", "always", policy="random"),
    AgentSpec("oracle", "hand-written, sees hidden state; score 1", "always", policy="oracle"),
    AgentSpec("expert", "hand-written on the animal's own senses and memory", "always", policy="expert"),
    AgentSpec("babble", "motor programmes at random: chance for a learner", "always", Babbler),
    AgentSpec("reflex", "innate steering alone, for life", "never"),
    AgentSpec("learner", "learning from scratch alone, no reflex in control", "always", _cortex),
    AgentSpec("steered", "the whole animal: reflexes, and a learner that earns control", "earned", _cortex),
    AgentSpec("steered-urgency", "the learner acts unless the reflex is urgent", "urgency", _cortex),
    AgentSpec("steered-maturation", "control passes to the learner with age", "maturation", _cortex),
    AgentSpec("steered-outcome", "control follows a tally of reward", "outcome", _cortex),
    AgentSpec("steered-bouts", "as steered, with cached values of motor programmes in every world", "earned", BoutLearner),
    AgentSpec(
        "steered-cached", "as steered, with a model-free critic in place of thought assessors", "earned", _cached(False)
    ),
    AgentSpec("steered-cached-state", "as steered-cached, and the critic hears the body's state", "earned", _cached(True)),
    AgentSpec("steered-never", "the learner watches and remembers, the reflex acts", "never", _cortex),
)

AGENTS = {spec.name: spec for spec in _SPECS}


def agent_spec(agent: Any) -> AgentSpec:
    """Look up an agent by name, or pass a spec through; an unknown name is an error with the nearest one."""
    if isinstance(agent, AgentSpec):
        return agent
    if agent not in AGENTS:
        raise unknown_name("agent", agent, AGENTS)
    return AGENTS[agent]
