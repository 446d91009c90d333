"""A population: many animals of one agent, alive in one world. ``tick`` is the only way they live."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from gymnasium.vector import AutoresetMode

from agents.catalogue import AgentSpec, agent_spec
from agents.experts import expert_class
from agents.lesions import apply_lesion, lesionable
from agents.proposal_rules import check_proposal
from agents.steered_world import SteeredWorld, Tick
from core.batch_state import nest, unnest
from core.errors import InvalidArgument, number_of_animals, unknown_name
from core.interfaces import Proposal, Recollection
from core.rooms import public_path
from core.streams import check_same_layout, row_seeds
from envs.registration import short_name, worlds
from envs.world import World
from learning.subsystem import Learner, LearnerSpec, Transition


class Population:
    """``animals`` individuals of one agent, one a row, each with its own seed, world, wiring and memory.

    Args:
        agent: a name of the catalogue or an :class:`agents.catalogue.AgentSpec`.
        world: name, ``module:Class`` or class of a world.
        animals: how many.
        seed: animal i has seed + i; or one seed for each.
        world_options: further arguments of the world.

    A ``driver`` may take the place of the learner's proposals in the ``driven`` rows (a human as cortex); the learner then lives
    through them as through acts of the reflex.
    """

    def __init__(self, agent: Any, world: Any, animals: int, seed: Any = 0, **world_options: Any) -> None:
        self.spec: AgentSpec = agent_spec(agent)
        self.animals = number_of_animals("animals", animals)
        self.seeds = row_seeds(seed, self.animals)
        if isinstance(world, World):
            raise InvalidArgument(
                f"A population builds its own world: give the class {type(world).__name__}, or its name, and options beside it."
            )
        for name in sorted(world_options.keys() & {"hand_over", "autoreset_mode", "num_envs"}):
            raise InvalidArgument(
                f"{name} is settled by the agent and the population; leave it out of the world's options."
            )
        self.world_options = {name: str(v) if isinstance(v, Path) else v for name, v in world_options.items()}
        self.steered = SteeredWorld(
            world, self.animals, hand_over=self.spec.hand_over, autoreset_mode=AutoresetMode.SAME_STEP, **world_options
        )
        steering = self.steered.steering
        learner_spec = LearnerSpec(
            senses=self.steered.observation_senses,
            outer=self.steered.outer_senses,
            action_space=self.world.single_action_space,
            repertoire=steering.repertoire,
            channels=steering.channels,
            assessed=steering.assessed,
            delayed=steering.delayed,
            judging_delay=steering.judging_delay,
            reflex_lead=steering.reflex_lead,
            dt=self.world.dt,
            action_names=self.world.action_names,
        )
        self.learner: Learner | None = self.spec.make_learner(self.animals, learner_spec, self.steered.hand_over.may_defer)
        if self.spec.genome is not None:
            self.steered.modulation = self.spec.genome.modulation
            for name, value in self.spec.genome.steering:
                steering.set_constant(name, value)
        self._expert = expert_class(self.world)(self.world) if self.spec.policy == "expert" else None
        self._constant = self._best_constant() if self.spec.policy == "constant" else None
        if self.learner is not None:
            self.learner.birth(self.seeds, np.ones(self.animals, bool))
            self.steered.recollect, self.steered.on_reset = self._recollect, self._expect_observation
        self.steered.reset(seed=[int(seed) for seed in self.seeds])
        self.driver: Callable[[Proposal], Proposal] | None = None
        self.driven = np.zeros(self.animals, bool)

    @property
    def world(self) -> World:
        """The world the animals live in."""
        return self.steered.world

    @property
    def world_name(self) -> str:
        """The name under which the world can be found again."""
        kind = type(self.world)
        name = short_name(kind.id)
        return name if worlds.all().get(name) is kind else public_path(kind)

    def tick(self, facts: bool = False) -> Tick:
        """One tick of every life."""
        steered, learner = self.steered, self.learner
        reflex = steered.reflex
        assert reflex is not None
        if learner is None:
            proposal = Proposal.plain(self._policy_action())
            return steered.tick(proposal if self.driver is None else self.driver(proposal), facts)
        proposal = learner.propose(steered.observation, reflex, steered.gains)
        if steered.steering.inspected or not isinstance(proposal, Proposal) or not _finite(proposal.action):
            check_proposal(learner, proposal, self.world.single_action_space, self.animals)
        try:
            tick = steered.tick(proposal if self.driver is None else self.driver(proposal), facts)
        except BaseException:
            learner.interrupt()
            raise
        learner.learn(
            Transition(
                observation=tick.observation,
                proposal=proposal,
                reflex=tick.reflex,
                in_charge=tick.in_charge & ~self.driven,
                action=tick.action,
                verdict=tick.verdict,
                final_observation=tick.final_observation,
                terminated=tick.terminated,
                truncated=tick.truncated,
                gains=tick.gains,
            )
        )
        ended = tick.ended
        if ended.any():
            learner.begin(ended)
        return tick

    def _expect_observation(self) -> None:
        assert self.learner is not None
        self.learner.interrupt("observe")

    def _recollect(self, observation: np.ndarray) -> Recollection | None:
        """Let the learner take in an observation, and say what it remembers."""
        assert self.learner is not None
        self.learner.observe(observation)
        return self.learner.recall()

    def _best_constant(self) -> np.ndarray:
        """(animals, *action shape) the motor programme that does best if it is held for life."""
        steering, space = self.steered.steering, self.world.single_action_space
        if steering.best_constant is None:
            raise InvalidArgument(
                f"{type(steering).__name__} names no act that is best held for life; set its best_constant to one of "
                f"{', '.join(steering.repertoire.names)}."
            )
        if steering.best_constant not in steering.repertoire.names:
            raise unknown_name(
                f"best_constant of {type(steering).__name__}", steering.best_constant, steering.repertoire.names
            )
        act = steering.repertoire.actions[steering.repertoire.names.index(steering.best_constant)]
        return np.repeat(np.asarray(act, space.dtype)[None], self.animals, axis=0)

    def _policy_action(self) -> np.ndarray:
        if self.spec.policy == "random":
            return self.world.random_actions()
        if self.spec.policy == "oracle":
            return self.world.oracle_actions()
        if self._expert is not None:
            return self._expert.act(self.world.observation)
        if self._constant is not None:
            return self._constant.copy()
        assert self.steered.reflex is not None
        return np.zeros_like(self.steered.reflex.action)

    def lesion(self, part: str, rows: Any = None, lesioned: bool = True) -> None:
        """Remove a part (or restore it) in the chosen rows; see :meth:`lesionable`."""
        apply_lesion(self.lesionable(), part, rows, lesioned)

    def lesionable(self) -> dict[str, np.ndarray]:
        """Every part that can be removed, and in which animals (bool) it is missing now; see :func:`agents.lesions.lesionable`."""
        return lesionable(self.steered, self.learner)

    def get_state(self) -> dict[str, np.ndarray]:
        """Everything that decides the future of these animals, as copies."""
        state = nest("steered", self.steered.get_state())
        if self.learner is not None:
            state |= nest("learner", self.learner.get_state())
        if self._expert is not None:
            state |= nest("expert", self._expert.get_state())
        return state

    def set_state(self, state: dict[str, np.ndarray]) -> None:
        """Restore what :meth:`get_state` gave; the lives go on bit for bit."""
        check_same_layout(f"agent {self.spec.name}", self.get_state(), state)
        self.steered.set_state(unnest("steered", state))
        if self.learner is not None:
            self.learner.set_state(unnest("learner", state))
        if self._expert is not None:
            self._expert.set_state(unnest("expert", state))


def _finite(action: Any) -> bool:
    return bool(np.isfinite(np.add.reduce(action, axis=None)))
