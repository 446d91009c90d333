"""SteeredWorld: body, surroundings and steering together, which to a learner are just an environment.

Observation = what the learner may sense, action = its proposal, reward = what steering judged, info =
fitness, who was in charge, and the action carried out. This is the one tick that everything runs.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from gymnasium.spaces import Box, Discrete
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from agents.faults import reflex_fault
from agents.genome import NEUTRAL, Modulation
from agents.hand_over.base import HandOver, broken_choice, hand_over_rule
from core.actions import check_actions
from core.arguments import in_range
from core.batch_state import BatchState, nest, unnest
from core.errors import InvalidArgument, ResetNeeded
from core.interfaces import Gains, Proposal, Recollection, Reflex, Verdict
from core.renamed import renamed_attributes
from core.streams import check_same_layout
from envs import make_world
from envs.vector_interface import final_entries, with_masks
from envs.world import World
from steering.registration import steering_class
from steering.steering_rules import check_gains, check_repertoire
from steering.subsystem import Steering, reflex_parts


@renamed_attributes(
    context="observation", command="action", outcome="final_observation", next_context="next_observation", awake="stepped"
)
@dataclass(slots=True, kw_only=True)
class Tick:
    """Everything that happened in one tick; observers only read it.

    Attributes:
        observation: (animals, senses) what the learner sensed before.
        reflex: what steering would have done.
        proposal: what the learner proposed.
        in_charge: (animals,) bool, the learner's proposal was carried out, or had the larger say.
        action: (animals, *action shape) what was carried out.
        verdict: steering's judgement.
        fitness: (animals,) the world's verdict.
        terminated, truncated: (animals,) bool.
        stepped: (animals,) bool; False where a NEXT_STEP autoreset took the place of the step.
        final_observation: (animals, senses) what the learner sensed at the end of the step, before any autoreset.
        next_observation: (animals, senses) what it senses now; the steered world's own buffer.
        gains: neuromodulation.
        final_facts: the world's facts before any autoreset, where they were asked for and an episode ended.
    """

    observation: np.ndarray
    reflex: Reflex
    proposal: Proposal
    in_charge: np.ndarray
    action: np.ndarray
    verdict: Verdict
    fitness: np.ndarray
    terminated: np.ndarray
    truncated: np.ndarray
    stepped: np.ndarray
    final_observation: np.ndarray
    next_observation: np.ndarray
    gains: Gains
    final_facts: dict[str, np.ndarray] | None

    @property
    def ended(self) -> np.ndarray:
        """(animals,) bool."""
        return self.terminated | self.truncated


@renamed_attributes(context="observation", context_senses="observation_senses", recall="recollect", commands="actions")
class SteeredWorld(VectorEnv):
    """A world with its steering subsystem and a hand-over rule, as a Gymnasium vector environment.

    Args:
        world: name, id, ``module:Class`` or class of a world, or a built :class:`envs.world.World`.
        num_envs: number of animals (ignored when a built world is given).
        hand_over: name of a hand-over rule; ``"urgency"`` by default, which needs nothing but the reflex.
        actions: what an action is: ``"raw"``, an action of the world; or ``"programmes"``, the number of one of steering's
            motor programmes, with 0 for letting the reflex act, which suits learners of discrete actions.
        steering: another steering subsystem than the world's own: ``"World/version"``, ``"module:Class"`` or a class.
        lifetime: seconds of a whole life, over which hand-over rules and the genome let an animal mature; None for the species' own.
        fault: name of a fault of the reflex (see :data:`agents.faults.FAULTS`), for experiments.
        world_options: anything else :class:`envs.world.World` takes.

    For experiments that study teaching itself, ``teacher`` may replace the reward that the learner hears: it gets the verdict and
    the step's fitness (animals,) and returns (animals,). This is the only way in which fitness could ever reach a learner.
    With ``counterfactual``, ``unguided`` tells what the reflex would have done without anything remembered, (animals, *action shape).
    ``recollect`` is called once for every observation and gives what the learner remembers; ``on_reset`` is called before the
    observation that a reset gives. A population sets both.
    """

    def __init__(
        self,
        world: Any,
        num_envs: int = 1,
        *,
        hand_over: Any = "urgency",
        actions: Literal["raw", "programmes"] = "raw",
        fault: str | None = None,
        steering: Any = None,
        lifetime: float | None = None,
        **world_options: Any,
    ) -> None:
        if isinstance(world, World):
            if world_options:
                raise InvalidArgument(f"The world is built already; give {sorted(world_options)} to the world itself.")
            self.world = world
        else:
            self.world = make_world(world, num_envs, **world_options)
        self.num_envs = num_animals = self.world.num_envs
        self.metadata, self.render_mode = self.world.metadata, self.world.render_mode
        self.steering: Steering = steering_class(self.world, steering)(
            num_animals, self.world.senses, self.world.single_action_space, self.world.dt
        )
        check_repertoire(self.steering)
        self._programmes = np.asarray(self.steering.repertoire.actions)
        kind = type(self.world)
        whole = kind.life_episodes * kind.episode_steps * kind.dt
        lifetime = whole if lifetime is None else in_range("lifetime", lifetime, kind.dt, unit="s")
        self.hand_over: HandOver = hand_over_rule(hand_over)(num_animals, self.world.dt, self._programmes[0], lifetime)
        space = self.world.single_action_space
        if self.hand_over.graded and not isinstance(space, Box):
            raise InvalidArgument(
                f"The hand-over rule {self.hand_over.name} mixes actions and needs graded ones (a Box), not {space}; "
                "choose a rule that switches, for example earned or outcome."
            )
        if actions not in ("raw", "programmes"):
            raise InvalidArgument(f"actions must be 'raw' or 'programmes', not {actions!r}.")
        self._chooses = actions == "programmes"
        self._fault = None if fault is None else reflex_fault(fault, self._programmes, space)
        heard = self.outer_senses = self.world.senses.heard_by("learning")
        self.observation_senses = heard + self.steering.signals
        self._heard = self.world.senses.indices(heard.names)
        self._signals_start = heard.size
        self.single_observation_space = self.observation_senses.space
        self.single_action_space = Discrete(1 + len(self._programmes)) if self._chooses else space
        self.observation_space = batch_space(self.single_observation_space, num_animals)
        self.action_space = batch_space(self.single_action_space, num_animals)
        self.lesions = BatchState(num_animals, reflex=False, learning=False, reward=False)
        self.recollect: Callable[[np.ndarray], Recollection | None] | None = None
        self.on_reset: Callable[[], None] | None = None
        self.counterfactual = False
        self.unguided: np.ndarray | None = None
        self.teacher: Callable[[Verdict, np.ndarray], np.ndarray] | None = None
        self._life = BatchState(num_animals, age=0)
        self._observation = np.zeros((num_animals, self.observation_senses.size), np.float32)
        self._signals = np.zeros((num_animals, self.steering.signals.size), np.float32)
        self._before = np.zeros_like(self.world.observation)
        self.reflex: Reflex | None = None
        self.modulation: Modulation = NEUTRAL
        self._lifetime = lifetime
        self.gains: Gains = self._modulate()
        self._everyone = np.ones(num_animals, bool)

    # -- Gymnasium -------------------------------------------------------------------------------

    def reset(self, *, seed: Any = None, options: dict[str, Any] | None = None) -> tuple[np.ndarray, dict[str, Any]]:
        """As :meth:`envs.world.World.reset`; a seed makes new animals, steering included."""
        born_before = self.world._clock.born.copy()
        self.world.reset(seed=seed, options=options)
        super().reset(seed=self.world.np_random_seed)
        chosen = (options or {}).get("reset_mask")
        mask = self._everyone.copy() if chosen is None else chosen.copy()
        newborn = mask if seed is not None else mask & ~born_before
        if newborn.any():
            self.steering.birth(self.world.streams.seeds, newborn)
            self.hand_over.birth(self.world.streams.seeds, newborn)
            self._life.restart(newborn)
            self.lesions.restart(newborn)
        self.steering.begin(mask)
        if self.on_reset is not None:
            self.on_reset()
        self.look(mask)
        return self._observation.copy(), with_masks(self._facts(None), mask)

    def step(self, actions: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]:
        """Offer the actions as the learner's proposal and advance by one tick."""
        self.world.require_reset()
        chosen = check_actions(actions, self.single_action_space, self.num_envs, self.world.strict)
        proposal = Proposal.plain(self._programmes[np.maximum(0, chosen - 1)] if self._chooses else chosen)
        if self._chooses:
            proposal.defers = chosen == 0
        tick = self.tick(proposal, facts=True)
        info = with_masks(self._facts(tick), self._everyone)
        if self.world.autoreset_mode is AutoresetMode.SAME_STEP and tick.ended.any():
            info |= final_entries(tick.final_observation, (tick.final_facts or {}) | self._own_facts(tick), tick.ended)
        if self.render_mode == "human":
            self.render()
        return tick.next_observation.copy(), tick.verdict.reward, tick.terminated, tick.truncated, info

    def render(self) -> Any:
        """The world's frames."""
        return self.world.render()

    def close_extras(self, **kwargs: Any) -> None:
        """Close the world."""
        self.world.close(**kwargs)

    # -- the tick --------------------------------------------------------------------------------

    def tick(self, proposal: Proposal, facts: bool = False) -> Tick:
        """senses -> react (done at the end of the last tick) -> choose -> world -> judge -> react."""
        self.world.require_reset()
        if self.reflex is None:
            raise ResetNeeded("The steered world itself needs a reset before its first step. Call reset(seed=...) first.")
        reflex = self.reflex
        age = self.age
        in_charge, action = self._decide(reflex, proposal, age)
        observation = self._observation.copy()
        before = self._before
        before[...] = self.world.observation
        moved = self.world.tick(action, facts)
        ended, stepped = moved.ended, moved.stepped
        verdict = self.steering.judge(before, action, moved.final_observation, stepped)
        gains = self.gains
        self._life.age += stepped
        shaping_reward = self.hand_over.shaping_reward(reflex, action, age)
        self.hand_over.learn(verdict, in_charge, ended)
        same_step = self.world.autoreset_mode is AutoresetMode.SAME_STEP
        final_observation = self._observation.copy()
        final_observation[:, : self._signals_start] = moved.final_observation[:, self._heard]
        if same_step and ended.any():
            self.steering.react(moved.final_observation, None, ended)
            self._broadcast()
            final_observation[ended, self._signals_start :] = self._signals[ended]
        starts = ended if same_step else ~stepped
        if starts.any():
            self.steering.begin(starts)
        self.look(self._everyone)
        if shaping_reward is not None:
            verdict.reward = verdict.reward + shaping_reward * stepped
        if self.teacher is not None:
            verdict.reward = self.teacher(verdict, moved.fitness)
        verdict.reward = np.where(self.lesions.reward, 0.0, verdict.reward)
        return Tick(
            observation=observation,
            reflex=reflex,
            proposal=proposal,
            in_charge=in_charge,
            action=action,
            verdict=verdict,
            fitness=moved.fitness,
            terminated=moved.terminated,
            truncated=moved.truncated,
            stepped=stepped,
            final_observation=final_observation,
            next_observation=self._observation,
            gains=gains,
            final_facts=moved.final_facts,
        )

    def _decide(self, reflex: Reflex, proposal: Proposal, age: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Who is in charge, (animals,) bool, and the action to carry out."""
        space, lesions = self.world.single_action_space, self.lesions
        in_charge = self.hand_over.choose(reflex, proposal, age)
        if not isinstance(in_charge, np.ndarray) or in_charge.dtype != bool or in_charge.shape != self._everyone.shape:
            raise broken_choice(self.hand_over, in_charge)
        in_charge = (in_charge | lesions.reflex) & ~lesions.learning
        action = self.hand_over.combine(reflex, proposal, in_charge)
        if self.hand_over.graded:
            action[lesions.reflex] = proposal.action[lesions.reflex]
            action[lesions.learning] = reflex.action[lesions.learning]
        if isinstance(space, Box):
            action = np.minimum(np.maximum(action, space.low), space.high)
        action = action.astype(space.dtype)
        action[lesions.reflex & lesions.learning] = 0
        return in_charge, action

    def _modulate(self) -> Gains:
        age = self.age
        gains = self.steering.modulate(age)
        if self.steering.inspected:
            check_gains(self.steering, gains)
        return gains if self.modulation is NEUTRAL else self.modulation.applied(gains, age / self._lifetime)

    def look(self, mask: np.ndarray) -> None:
        """Sense, recall and react, for the chosen animals (bool mask): fills the observation and the reflex of the next tick."""
        self._observation[:, : self._signals_start] = self.world.observation[:, self._heard]
        recollection = None if self.recollect is None else self.recollect(self._observation)
        if recollection is not None and self.lesions.learning.any():
            recollection.forget(self.lesions.learning)
        senses, before = self.world.observation, self.reflex
        if self.counterfactual:
            self.unguided = self._faulty(self.steering.imagine(senses)).action
        reflex = self._faulty(self.steering.react(senses, recollection, mask))
        if before is not None and not mask.all():
            for name in reflex_parts(reflex):
                getattr(reflex, name)[~mask] = getattr(before, name)[~mask]
        reflex.futile = self.hand_over.futile()
        self.reflex = reflex
        self._broadcast()
        self.gains = self._modulate()

    def _faulty(self, reflex: Reflex) -> Reflex:
        if self._fault is not None:
            reflex.action = self._fault(reflex.action)
            if reflex.innate_action is not None:
                reflex.innate_action = self._fault(reflex.innate_action)
        return reflex

    def _broadcast(self) -> None:
        if not self.steering.signals.size:
            return
        self.steering.sense_signals(self.steering.signals.split(self._signals))
        self._observation[:, self._signals_start :] = self._signals

    @property
    def observation(self) -> np.ndarray:
        """What the learner senses now, (animals, senses heard by learning + steering's signals)."""
        return self._observation

    @property
    def autoreset_mode(self) -> AutoresetMode:
        """The world's, under the name that Gymnasium's own vector environments have for it; TorchRL reads it."""
        return self.world.autoreset_mode

    @property
    def age(self) -> np.ndarray:
        """Seconds of life, (animals,)."""
        return self._life.age * self.world.dt

    def _own_facts(self, tick: Tick | None) -> dict[str, np.ndarray]:
        assert self.reflex is not None
        action = (np.zeros_like(self.reflex.action) if tick is None else tick.action).astype(
            self.world.single_action_space.dtype
        )
        return {
            "fitness": np.zeros(self.num_envs) if tick is None else tick.fitness,
            "learner_in_charge": np.zeros(self.num_envs, bool) if tick is None else tick.in_charge,
            "action": action,
            "command": action,  # its name in the last release; goes with the next
        }

    def _facts(self, tick: Tick | None) -> dict[str, np.ndarray]:
        return self.world._facts() | self._own_facts(tick)

    # -- state -----------------------------------------------------------------------------------

    def get_state(self) -> dict[str, np.ndarray]:
        """World, steering, hand-over and the pending reflex, as copies."""
        if self.reflex is None:
            raise ResetNeeded("There is no state before the first reset. Call reset(seed=...) first.")
        return (
            nest("world", self.world.get_state())
            | nest("steering", self.steering.get_state())
            | nest("hand_over", self.hand_over.get_state())
            | nest("life", self._life.get_state())
            | nest("lesions", self.lesions.get_state())
            | nest("reflex", {name: getattr(self.reflex, name).copy() for name in reflex_parts(self.reflex)})
        )

    def set_state(self, state: dict[str, np.ndarray]) -> None:
        """Restore what :meth:`get_state` gave; needs a reset before, as everything else does."""
        check_same_layout("steered world", self.get_state(), state)
        self.world.set_state(unnest("world", state))
        self.steering.set_state(unnest("steering", state))
        self.hand_over.set_state(unnest("hand_over", state))
        self._life.set_state(unnest("life", state))
        self.reflex = Reflex(**{name: array.copy() for name, array in unnest("reflex", state).items()})
        self.reflex.futile = self.hand_over.futile()
        self.lesions.set_state(unnest("lesions", state))
        self._observation[:, : self._signals_start] = self.world.observation[:, self._heard]
        self._broadcast()
        self.gains = self._modulate()
