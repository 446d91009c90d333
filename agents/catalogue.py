"""The named agents: which learner, which hand-over rule, or which reference policy."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from agents.genome import Genome
from agents.hand_over.base import hand_over_rule
from core.errors import InvalidArgument, shown, unknown_name
from core.renamed import AGENTS as OLD_AGENTS
from core.renamed import warn
from learning.cortex import Cortex
from learning.cortical_genome import CorticalGenome
from learning.random_options import RandomOptions
from learning.registration import learner_class
from learning.subsystem import Learner, LearnerSpec

MakeLearner = Callable[..., Learner]
WHOLE_RULE = "practised"
"""The hand-over rule of whole animals."""


@dataclass(frozen=True)
class AgentSpec:
    """An agent = steering + learner + hand-over, or a reference policy in the place of the learner.

    Attributes:
        name: as people type it.
        meaning: one line for help texts and reports.
        hand_over: name of the hand-over rule, or its class.
        learner: builds the learner from (num_animals, learner_spec, may_defer), and from a genome's settings where there is one;
            None for an agent that does not learn.
        policy: ``"random"``, ``"constant"``, ``"oracle"`` or ``"expert"`` for a reference policy.
        needs: optional libraries of its learner.
        costly: whether comparisons take few animals of it.
        genome: innate settings; None for those that the learner ships with.
    """

    name: str
    meaning: str
    hand_over: Any
    learner: MakeLearner | None = None
    policy: str | None = None
    needs: tuple[str, ...] = ()
    costly: bool = False
    genome: Genome | None = None

    @property
    def missing(self) -> str | None:
        """The first library that it needs and that is not installed, or None."""
        return next((name for name in self.needs if importlib.util.find_spec(name) is None), None)

    def make_learner(self, num_animals: int, learner_spec: LearnerSpec, may_defer: bool) -> Learner | None:
        """A newborn learner for ``num_animals`` animals, or None."""
        if self.learner is None:
            return None
        settings = () if self.genome is None or self.genome.learner is None else (self.genome.learner,)
        return self.learner(num_animals, learner_spec, may_defer, *settings)


def _cortex(**settings: Any) -> MakeLearner:
    """The one learner, with settings of its genome that make it a control."""
    own = CorticalGenome(**settings)
    return lambda num_animals, learner_spec, may_defer, genome=None: Cortex(
        num_animals, learner_spec, may_defer, genome or own
    )


def _put_together(name: str, meaning: str, rule: str, learner: str) -> AgentSpec:
    """An agent of a registered learner."""
    kind: Any = learner_class(learner)

    def make(num_animals: int, learner_spec: LearnerSpec, may_defer: bool, *settings: Any) -> Learner:
        return kind(num_animals, learner_spec, may_defer, *settings)

    return AgentSpec(name, meaning, rule, make, None, kind.needs, kind.costly)


_SPECS = (
    AgentSpec("random", "uniform random actions, each held for a while; score 0", "always", policy="random"),
    AgentSpec("constant", "the one motor programme that does best if it is held for life", "always", policy="constant"),
    AgentSpec("oracle", "hand-written, sees hidden state; score 1", "always", policy="oracle"),
    AgentSpec("expert", "hand-written on the animal's own senses and memory", "always", policy="expert"),
    AgentSpec("random-options", "motor programmes at random: chance for a learner", "always", RandomOptions),
    AgentSpec("reflex", "innate steering alone, for life", "never"),
    AgentSpec("learner", "learning from scratch alone, no reflex in control", "always", _cortex()),
    AgentSpec(
        "steered", "the whole animal: reflexes, and a learner that practises and earns control", WHOLE_RULE, _cortex()
    ),
    AgentSpec("steered-urgency", "the learner acts unless the reflex is urgent", "urgency", _cortex()),
    AgentSpec("steered-maturation", "control passes to the learner with age", "maturation", _cortex()),
    AgentSpec("steered-outcome", "control follows a tally of reward", "outcome", _cortex()),
    AgentSpec(
        "steered-predicted-reward",
        "as steered, with a model-free critic: reward is forecast, without hearing the body's state",
        WHOLE_RULE,
        _cortex(appraised=False, hears_signals=False),
    ),
    AgentSpec(
        "steered-predicted-reward-state",
        "as steered-predicted-reward, and the critic hears the body's state",
        WHOLE_RULE,
        _cortex(appraised=False),
    ),
    AgentSpec(
        "steered-reflex-critic",
        "a critic of the reflex's own value, under the rule gate",
        "gate",
        _cortex(then_reflex=True),
    ),
    AgentSpec("steered-never", "the learner watches and remembers, the reflex acts", "never", _cortex()),
    _put_together(
        "steered-episodic-memory", "as steered, with a memory bank that starts empty", WHOLE_RULE, "episodic_memory"
    ),
    _put_together("steered-autoencoder", "as steered, on features learned in life", WHOLE_RULE, "autoencoder"),
    _put_together("steered-womb", "as steered, on features that were begun before birth", WHOLE_RULE, "autoencoder_womb"),
    _put_together("ppo", "Stable-Baselines3's PPO in the learner's place, alone", "always", "ppo"),
    _put_together("ppo-outcome", "Stable-Baselines3's PPO, with control by a tally of reward", "outcome", "ppo"),
    _put_together("dqn", "Stable-Baselines3's DQN over motor programmes, alone", "always", "dqn"),
    _put_together("steered-dqn", "Stable-Baselines3's DQN over motor programmes and the reflex", WHOLE_RULE, "dqn"),
)

AGENTS = {spec.name: spec for spec in _SPECS}


def agent_spec(agent: Any) -> AgentSpec:
    """Look up an agent by name, put one together from ``LEARNER+RULE``, or pass a spec through.

    ``LEARNER`` is a registered learner or ``module:Class``; ``RULE`` a registered hand-over rule
    or ``module:Class``. For example ``cortex+spibb``, ``my_package.my_learner:Mine+earned``.

    Raises:
        UnknownName: there is no such agent, learner or rule; the nearest name is suggested.
        BrokenFile: a third party's file exists but cannot be used.
    """
    if isinstance(agent, AgentSpec):
        return agent
    if not isinstance(agent, str):
        raise InvalidArgument(f"An agent is a name or an AgentSpec, not {shown(agent)}.")
    learner, plus, rule = str(agent).partition("+")
    if plus:
        found = hand_over_rule(rule)
        return _put_together(agent, f"the learner {learner} under the hand-over rule {found.name}", rule, learner)
    if agent in OLD_AGENTS:
        warn(f"The agent {agent}", OLD_AGENTS[agent], depth=2)
        agent = OLD_AGENTS[agent]
    if agent not in AGENTS:
        example = f"{agent}+{WHOLE_RULE}" if ":" in agent else "cortex+spibb"
        raise unknown_name("agent", agent, AGENTS, f"Or put one together: LEARNER+RULE, for example {example}.")
    return AGENTS[agent]
