"""SteeredWorld: body, surroundings and steering together, which to a learner are just an environment.

Observation = what the learner may sense, action = its proposal, reward = what steering judged, info =
fitness, who was in charge, and the command carried out. This is the one tick that everything runs.
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
from agents.hand_over.base import HandOver, hand_over_rule
from core.actions import check_commands
from core.batch_state import Rows, nest, unnest
from core.errors import InvalidArgument, ResetNeeded
from core.interfaces import Gains, Proposal, Recollection, Reflex, Verdict
from core.streams import check_same_layout
from envs import make_world
from envs.world import World, final_entries, with_masks
from steering.registration import steering_class
from steering.subsystem import Steering

REFLEX_PARTS = ("command", "urgency", "want", "arousal", "appraisal")


@dataclass(slots=True)
class Tick:
    """Everything that happened in one tick, (rows, ...) arrays; observers only read it."""

    context: np.ndarray
    reflex: Reflex
    proposal: Proposal
    in_charge: np.ndarray
    command: np.ndarray
    verdict: Verdict
    fitness: np.ndarray
    terminated: np.ndarray
    truncated: np.ndarray
    awake: np.ndarray
    outcome: np.ndarray
    next_context: np.ndarray
    gains: Gains
    final_facts: dict[str, np.ndarray] | None

    @property
    def ended(self) -> np.ndarray:
        return self.terminated | self.truncated


class SteeredWorld(VectorEnv):
    """A world with its steering subsystem and a hand-over rule, as a Gymnasium vector environment.

    Args:
        world: name, id, ``module:Class`` or class of a world, or a built :class:`envs.world.World`.
        num_envs: number of animals (ignored when a built world is given).
        hand_over: name of a hand-over rule; ``"urgency"`` by default, which needs nothing but the reflex.
        commands: what an action is: ``"raw"``, a command of the world; or ``"programmes"``, the number of one of steering's
            motor programmes, with 0 for letting the reflex act, which suits learners of discrete actions.
        steering: another steering subsystem than the world's own: ``"World/version"``, ``"module:Class"`` or a class.
        fault: name of a fault of the reflex (see :data:`agents.faults.FAULTS`), for experiments.
        world_options: anything else :class:`envs.world.World` takes.

    For experiments that study teaching itself, ``teacher`` may replace the reward that the learner hears: it gets the verdict and
    the step's fitness (rows,) and returns (rows,). This is the only way in which fitness could ever reach a learner.
    With ``counterfactual``, ``unguided`` tells what the reflex would have done without anything remembered, (rows, *command shape).
    """

    def __init__(
        self, world: Any, num_envs: int = 1, *, hand_over: Any = "urgency", commands: Literal["raw", "programmes"] = "raw",
        fault: str | None = None, steering: Any = None, **world_options: Any,
    ) -> None:  # fmt: skip
        if isinstance(world, World):
            if world_options:
                raise InvalidArgument(f"The world is built already; give {sorted(world_options)} to the world itself.")
            self.world = world
        else:
            self.world = make_world(world, num_envs, **world_options)
        self.num_envs = rows = self.world.num_envs
        self.metadata, self.render_mode = self.world.metadata, self.world.render_mode
        self.steering: Steering = steering_class(self.world, steering)(
            rows, self.world.senses, self.world.command_space, self.world.dt
        )
        self._programmes = np.asarray(self.steering.repertoire.commands)
        kind = type(self.world)
        lifetime = kind.life_episodes * kind.episode_steps * kind.dt
        self.hand_over: HandOver = hand_over_rule(hand_over)(rows, self.world.dt, self._programmes[0], lifetime)
        space = self.world.single_action_space
        if self.hand_over.graded and not isinstance(space, Box):
            raise InvalidArgument(
                f"The hand-over rule {self.hand_over.name} mixes commands and needs graded ones (a Box), not {space}; "
                "choose a rule that switches, for example earned or outcome."
            )
        if commands not in ("raw", "programmes"):
            raise InvalidArgument(f"commands must be 'raw' or 'programmes', not {commands!r}.")
        self._chooses = commands == "programmes"
        self._fault = None if fault is None else reflex_fault(fault, self._programmes[0], space)
        heard = self.outer_senses = self.world.senses.heard_by("learning")
        self.context_senses = heard + self.steering.signals
        self._heard = self.world.senses.indices(heard.names)
        self._signals_start = heard.size
        self.single_observation_space = self.context_senses.space
        self.single_action_space = Discrete(1 + len(self._programmes)) if self._chooses else space
        self.observation_space = batch_space(self.single_observation_space, rows)
        self.action_space = batch_space(self.single_action_space, rows)
        self.lesions = Rows(rows, reflex=False, learning=False, reward=False)
        self.recall: Callable[[np.ndarray], Recollection | None] | None = None
        self.counterfactual = False
        self.unguided: np.ndarray | None = None
        self.teacher: Callable[[Verdict, np.ndarray], np.ndarray] | None = None
        self._life = Rows(rows, age=0)
        self._context = np.zeros((rows, self.context_senses.size), np.float32)
        self._signals = np.zeros((rows, self.steering.signals.size), np.float32)
        self._before = np.zeros_like(self.world.observation)
        self.reflex: Reflex | None = None
        self.modulation: Modulation = NEUTRAL
        self._lifetime = lifetime
        self.gains: Gains = self._modulate()
        self._everyone = np.ones(rows, bool)

    # -- Gymnasium -------------------------------------------------------------------------------

    def reset(self, *, seed: Any = None, options: dict[str, Any] | None = None) -> tuple[np.ndarray, dict[str, Any]]:
        """As :meth:`envs.world.World.reset`; a seed makes new animals, steering included."""
        born_before = self.world._clock.born.copy()
        self.world.reset(seed=seed, options=options)
        super().reset(seed=self.world.np_random_seed)
        mask = (options or {}).get("reset_mask")
        rows = self._everyone.copy() if mask is None else mask.copy()
        newborn = rows if seed is not None else rows & ~born_before
        if newborn.any():
            self.steering.birth(self.world.streams.seeds, newborn)
            self.hand_over.birth(self.world.streams.seeds, newborn)
            self._life.restart(newborn)
            self.lesions.restart(newborn)
        self.begin(rows)
        self.look(rows)
        return self._context.copy(), with_masks(self._facts(None), rows)

    def step(self, actions: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]:
        """Offer the commands as the learner's proposal and advance by one tick."""
        self.world.require_reset()
        chosen = check_commands(actions, self.single_action_space, self.num_envs)
        proposal = Proposal.plain(self._programmes[np.maximum(0, chosen - 1)] if self._chooses else chosen)
        if self._chooses:
            proposal.defers = chosen == 0
        tick = self.tick(proposal, facts=True)
        info = with_masks(self._facts(tick), self._everyone)
        if self.world.autoreset_mode is AutoresetMode.SAME_STEP and tick.ended.any():
            info |= final_entries(tick.outcome, (tick.final_facts or {}) | self._own_facts(tick), tick.ended)
        if self.render_mode == "human":
            self.render()
        return tick.next_context.copy(), tick.verdict.reward, tick.terminated, tick.truncated, info

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
        in_charge, command = self._decide(reflex, proposal, age)
        context = self._context.copy()
        before = self._before
        before[...] = self.world.observation
        moved = self.world.tick(command, facts)
        awake = moved.awake
        asleep = (
            None if awake.all() else self.steering.get_state()
        )  # an autoreset in the place of a step teaches steering nothing
        verdict = self.steering.judge(before, command, moved.outcome)
        if asleep is not None:
            self._put_back(asleep, ~awake)
        if self.world.autoreset_mode is AutoresetMode.NEXT_STEP and not awake.all():
            for part in (verdict.reward, verdict.judged, verdict.parts, verdict.channels):
                part[~awake] = 0.0
        gains = self.gains
        ended = moved.ended
        self._life.age += awake
        lesson = self.hand_over.lesson(reflex, command, age)
        self.hand_over.learn(verdict, in_charge, ended)
        same_step = self.world.autoreset_mode is AutoresetMode.SAME_STEP
        outcome = self._context.copy()
        outcome[:, : self._signals_start] = moved.outcome[:, self._heard]
        if same_step and ended.any():
            self._react(moved.outcome, None, ended)
            outcome[ended, self._signals_start :] = self._context[ended, self._signals_start :]
        starts = ended if same_step else ~awake
        if starts.any():
            self.begin(starts)
        self.look(self._everyone)
        if lesson is not None:
            verdict.reward = verdict.reward + lesson * awake
        if self.teacher is not None:
            verdict.reward = self.teacher(verdict, moved.fitness)
        verdict.reward = np.where(self.lesions.reward, 0.0, verdict.reward)
        return Tick(
            context, reflex, proposal, in_charge, command, verdict, moved.fitness, moved.terminated, moved.truncated, awake,
            outcome, self._context, gains, moved.final_facts,
        )  # fmt: skip

    def _decide(self, reflex: Reflex, proposal: Proposal, age: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Who is in charge, (rows,) bool, and the command to carry out."""
        space, lesions = self.world.single_action_space, self.lesions
        in_charge = self.hand_over.choose(reflex, proposal, age)
        in_charge = (in_charge | lesions.reflex) & ~lesions.learning
        command = self.hand_over.combine(reflex, proposal, in_charge)
        if self.hand_over.graded:
            command[lesions.reflex] = proposal.command[lesions.reflex]
            command[lesions.learning] = reflex.command[lesions.learning]
            command = np.clip(command, space.low, space.high)  # type: ignore[attr-defined]  # graded rules have a Box
        command = command.astype(space.dtype)
        command[lesions.reflex & lesions.learning] = 0
        return in_charge, command

    def _modulate(self) -> Gains:
        age = self.age
        gains = self.steering.modulate(age)
        return gains if self.modulation is NEUTRAL else self.modulation.applied(gains, age / self._lifetime)

    def begin(self, mask: np.ndarray) -> None:
        """Start an episode of steering in the chosen animals (bool mask)."""
        self.steering.begin(mask)

    def look(self, mask: np.ndarray) -> None:
        """Sense, recall and react in the chosen rows: fills the context and the reflex for the next tick."""
        self._context[:, : self._signals_start] = self.world.observation[:, self._heard]
        recollection = self.recall(self._context) if self.recall is not None else None
        if recollection is not None and self.lesions.learning.any():
            for remembered in (*recollection.confidence.values(), recollection.foretold, recollection.cached):
                if remembered is not None:
                    remembered[self.lesions.learning] = 0.0
        self._react(self.world.observation, recollection, mask)
        self.gains = self._modulate()

    def _react(self, senses: np.ndarray, recollection: Recollection | None, mask: np.ndarray) -> None:
        """React once in the chosen rows; the others keep their state, their reflex and their signals."""
        if mask.all():
            if self.counterfactual:
                saved = self.steering.get_state()
                self.unguided = self._faulty(self.steering.react(senses, None)).command
                self.steering.set_state(saved)
            self.reflex = self._faulty(self.steering.react(senses, recollection))
            self._broadcast()
            return
        saved, reflex = self.steering.get_state(), self.reflex
        fresh = self._faulty(self.steering.react(senses, recollection))
        self._broadcast()
        self._put_back(saved, ~mask)
        self._broadcast()
        if reflex is not None:
            for name in REFLEX_PARTS:
                getattr(fresh, name)[~mask] = getattr(reflex, name)[~mask]
        self.reflex = fresh

    def _put_back(self, saved: dict[str, np.ndarray], mask: np.ndarray) -> None:
        """Give the chosen rows of steering a state of before."""
        current = self.steering.get_state()
        for name, array in saved.items():
            current[name][mask] = array[mask]
        self.steering.set_state(current)

    def _faulty(self, reflex: Reflex) -> Reflex:
        if self._fault is not None:
            reflex.command = self._fault(reflex.command)
        return reflex

    def _broadcast(self) -> None:
        if not self.steering.signals.size:
            return
        self.steering.sense_signals(self.steering.signals.split(self._signals))
        self._context[:, self._signals_start :] = self._signals

    @property
    def context(self) -> np.ndarray:
        """What the learner senses now, (rows, senses heard by learning + steering's signals)."""
        return self._context

    @property
    def age(self) -> np.ndarray:
        """Seconds of life, (rows,)."""
        return self._life.age * self.world.dt

    def _own_facts(self, tick: Tick | None) -> dict[str, np.ndarray]:
        rows = self.num_envs
        nothing = np.zeros(rows)
        assert self.reflex is not None
        return {
            "fitness": nothing if tick is None else tick.fitness,
            "learner_in_charge": np.zeros(rows, bool) if tick is None else tick.in_charge,
            "command": np.zeros_like(self.reflex.command) if tick is None else tick.command,
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
            | nest("reflex", {name: getattr(self.reflex, name).copy() for name in REFLEX_PARTS})
        )

    def set_state(self, state: dict[str, np.ndarray]) -> None:
        """Restore what :meth:`get_state` gave; needs a reset before, as everything else does."""
        check_same_layout("steered world", self.get_state(), state)
        self.world.set_state(unnest("world", state))
        self.steering.set_state(unnest("steering", state))
        self.hand_over.set_state(unnest("hand_over", state))
        self._life.set_state(unnest("life", state))
        self.reflex = Reflex(**{name: array.copy() for name, array in unnest("reflex", state).items()})
        self.lesions.set_state(unnest("lesions", state))
        self._context[:, : self._signals_start] = self.world.observation[:, self._heard]
        self._broadcast()
        self.gains = self._modulate()
