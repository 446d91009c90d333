"""Random lives: every world, face, autoreset mode, manipulation, lesion, partial reset and saved state, from one seed a trial.

A trial draws a set-up and lives through it, doing things to it that users may do, and things that must be refused. What must hold:
observations stay in their space, all state is finite and in its declared range, whatever is refused changes nothing, only the
project's own errors are raised, and a restored state goes on as the original did, bit for bit.
"""

from __future__ import annotations

import traceback
from collections import Counter
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import gymnasium as gym
import numpy as np
from gymnasium.spaces import Box
from gymnasium.vector import AutoresetMode

from agents.hand_over.base import hand_over_rules
from agents.population import Population
from agents.steered_world import SteeredWorld
from core.arguments import Flag, Number, OneOf, Whole
from core.errors import InvalidAction, InvalidArgument, NestlingError
from core.manipulations import Manipulation
from envs.registration import make_world, world_class, worlds
from envs.single import Single
from learning.registration import learners
from steering.registration import steered_worlds

TICKS = 160
REPLAYED = 20
ODD = (
    np.nan,
    np.inf,
    -np.inf,
    "high",
    "",
    b"x",
    [1.0],
    (1, 2),
    {"a": 1},
    object(),
    np.zeros(3),
    np.array(0.5),
    1j,
    10**400,
)


class Fault(AssertionError):
    """Something that must hold does not."""


@dataclass
class Counts:
    """What was done, and what went wrong: a text for each fault, with the seed of its trial."""

    done: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)

    def __str__(self) -> str:
        lines = [f"{count:>12,}  {what}" for what, count in sorted(self.done.items())]
        return "\n".join([*lines, f"{len(self.faults):>12,}  faults", *self.faults])


def fuzz(steps: int, seed: int = 0, counts: Counts | None = None, progress: Any = lambda done: None) -> Counts:
    """Live ``steps`` animal-steps in trials with the seeds ``seed``, ``seed`` + 1 ..."""
    counts = counts or Counts()
    number = seed
    while counts.done["animal-steps"] < steps and len(counts.faults) < 20:
        trial(number, counts)
        progress(counts.done["animal-steps"])
        number += 1
    return counts


def trial(seed: int, counts: Counts) -> None:
    """One set-up, from birth through :data:`TICKS` ticks."""
    rng = np.random.default_rng(seed)
    told = ""
    try:
        life = _set_up(rng)
        told = str(life)
        counts.done[type(life).__name__] += 1
        for _ in range(TICKS):
            life.tick(counts)
            counts.done["animal-steps"] += life.animals
        life.check()
    except NestlingError as error:
        counts.faults.append(f"trial {seed}: {told}: refused what is legal: {type(error).__name__}: {error}")
    except Fault as error:
        counts.faults.append(f"trial {seed}: {told}: {error}")
    except Exception:
        counts.faults.append(f"trial {seed}: {told}: {traceback.format_exc(limit=-4)}")


def _set_up(rng: np.random.Generator) -> Life:
    name = str(rng.choice(worlds.names()))
    kind = world_class(name)
    animals = int(rng.choice([1, 2, 5, 16, 48]))
    options: dict[str, Any] = {}
    if rng.random() < 0.7:
        options["max_episode_steps"] = int(rng.choice([1, 2, 7, 40, 90]))
    if rng.random() < 0.3 and name not in ("Birdsong", "SongDecoy", "Orienting", "Eyeblink", "OdourChoice"):
        options["dt"] = float(kind.dt * rng.choice([0.1, 0.5, 1.0]))
    faces: list[Any] = [VectorLife, SingleLife]
    if (kind.steering or name) in steered_worlds():
        faces += [SteeredLife, SteeredLife, PopulationLife, PopulationLife, PopulationLife]
    return faces[rng.integers(len(faces))](rng, name, animals, options)


class Life:
    """Animals behind one of the faces; ``self.target`` has ``get_state`` and ``set_state``."""

    target: Any
    world: Any
    steering: Any = None

    def __init__(self, rng: np.random.Generator, name: str, animals: int, options: dict[str, Any]) -> None:
        self.rng, self.name, self.animals, self.options = rng, name, animals, options
        self.seed = [0, int(rng.integers(2**31)), 2**63 - animals, 2**64 - animals][rng.integers(4)]
        self.mode = [*AutoresetMode][rng.integers(3)]
        self.meddling = [0.02, 0.1, 0.7][rng.integers(3)]
        self.build()
        self.manipulations = list(self.world.manipulations().values())

    def __str__(self) -> str:
        return f"{type(self).__name__} {self.name} x {self.animals} {self.mode.name} {self.options} seed {self.seed}"

    def build(self) -> None:
        raise NotImplementedError

    def step(self, actions: Any) -> np.ndarray:
        """One step; the observation (animals, senses)."""
        raise NotImplementedError

    def actions(self) -> Any:
        """Legal ones, at the bounds and beyond them in a share of cases."""
        space, rng = self.target.single_action_space, self.rng
        if not isinstance(space, Box):
            return rng.integers(space.n, size=self.animals) + space.start
        drawn = rng.uniform(space.low, space.high, (self.animals, *space.shape))
        way = rng.random()
        if way < 0.15:
            drawn = np.where(drawn > (space.low + space.high) / 2, space.high, space.low)
        elif way < 0.3:
            drawn = drawn * 10.0 ** rng.integers(0, 30)
        elif way < 0.4:
            drawn = np.zeros_like(drawn)
        return drawn.astype(rng.choice([np.float32, np.float64]))

    # -- a tick -----------------------------------------------------------------------------------

    def tick(self, counts: Counts) -> None:
        if self.manipulations and self.rng.random() < self.meddling:
            self.manipulate(counts)
        what = self.rng.random()
        if what < 0.03 and self.manipulations:
            self.manipulate_wrongly(counts)
        elif what < 0.05:
            self.act_wrongly(counts)
        elif what < 0.07:
            self.lesion(counts)
        elif what < 0.085:
            self.restart(counts)
        elif what < 0.095:
            self.replay(counts)
        elif what < 0.12:
            self.check()
        self.observe(self.step(self.actions()))

    def observe(self, observation: np.ndarray) -> None:
        space = self.target.single_observation_space
        observation = observation.reshape(self.animals, -1)
        if observation.dtype != np.float32 or not ((observation >= space.low) & (observation <= space.high)).all():
            row, entry = np.argwhere(~((observation >= space.low) & (observation <= space.high)))[0]
            raise Fault(f"entry {entry} of the observation of row {row} is {observation[row, entry]}, outside its space")

    def check(self) -> None:
        """State is finite everywhere, and in its declared range."""
        for name, array in self.target.get_state().items():
            if array.dtype.kind == "f" and not np.isfinite(array).all():
                raise Fault(f"state {name} is not finite")
        declared = [(self.world.state, self.world.body)]
        if self.steering is not None:
            innate = self.steering
            declared += [(innate.transient_state, innate.transient), (innate.variables, innate.mutable)]
        for fields, state in declared:
            for one in fields:
                values = np.asarray(getattr(state, one.name), float)
                if not ((values >= one.low) & (values <= one.high)).all():
                    raise Fault(f"{one.name} leaves [{one.low:g}, {one.high:g}]: {values.min():g} to {values.max():g}")

    def manipulate(self, counts: Counts) -> None:
        switch = self.manipulations[self.rng.integers(len(self.manipulations))]
        chosen = {name: self._legal(kind) for name, kind in switch.arguments.items() if self.rng.random() < 0.8}
        before = self.target.get_state()
        try:
            self.world.manipulate(switch.name, self._rows(), **chosen)
            counts.done["manipulations"] += 1
        except NestlingError:  # a combination that has no sense, for example too strong a solution, or a dead animal
            counts.done["manipulations refused"] += 1
            self._unchanged(before, f"the refused {switch.name}({chosen})")

    def manipulate_wrongly(self, counts: Counts) -> None:
        switch: Manipulation = self.manipulations[self.rng.integers(len(self.manipulations))]
        name, rows, chosen = switch.name, self._rows(), {}
        way = int(self.rng.integers(4))
        if way == 0 or not switch.arguments:
            rows = self._odd_rows()
        elif way == 1:
            name = name + "x"
        else:
            names = list(switch.arguments)
            wrong = names[self.rng.integers(len(names))]
            chosen = {one: self._legal(kind) for one, kind in switch.arguments.items()}
            chosen[wrong] = self._illegal(switch.arguments[wrong])
        before = self.target.get_state()
        try:
            self.world.manipulate(name, rows, **chosen)
        except NestlingError:
            counts.done["wrong manipulations refused"] += 1
            self._unchanged(before, f"the refused {name}({chosen})")
        else:
            raise Fault(f"{name}(rows={rows!r}, {chosen}) was not refused")

    def act_wrongly(self, counts: Counts) -> None:
        good = np.asarray(self.actions(), float)
        wrong: Any = [None, "left", good[..., None], np.full(good.shape, np.nan), np.full(good.shape, -np.inf), {}, [[]]]
        wrong += [good.astype(complex), good.astype(object), np.full(good.shape, "x")]
        if not isinstance(self.target.single_action_space, Box):
            wrong += [good + 0.5, np.full(good.shape, 10**6), np.full(good.shape, -1)]
        before = self.target.get_state()
        try:
            self.step(wrong[self.rng.integers(len(wrong))])
        except InvalidAction:
            counts.done["wrong actions refused"] += 1
            self._unchanged(before, "a refused action")
        else:
            raise Fault("a wrong action was not refused")

    def lesion(self, counts: Counts) -> None:
        """Nothing to remove behind this face."""

    def restart(self, counts: Counts) -> None:
        """Nothing to reset behind this face."""

    def replay(self, counts: Counts) -> None:
        """A restored state goes on as the original."""
        state = self.target.get_state()
        plan = [self.actions() for _ in range(REPLAYED)]
        first = [self.step(actions).copy() for actions in plan]
        after = self.target.get_state()
        self.target.set_state(state)
        if not all(np.array_equal(a, self.step(actions)) for a, actions in zip(first, plan, strict=True)):
            raise Fault("a restored state goes on in another way")
        self._unchanged(after, "going on from a restored state")
        counts.done["continuations"] += 1
        counts.done["animal-steps"] += 2 * REPLAYED * self.animals

    # -- drawing ----------------------------------------------------------------------------------

    def _rows(self) -> Any:
        way = self.rng.random()
        if way < 0.3:
            return None
        mask = self.rng.random(self.animals) < 0.5
        return mask if way < 0.6 else np.flatnonzero(mask).tolist()

    def _odd_rows(self) -> Any:
        odd = ([self.animals], [-1], np.ones(self.animals + 1, bool), [0.5], "0", [None], 3, [[0]], np.ones((1, 1), bool))
        return odd[self.rng.integers(len(odd))]

    def _legal(self, kind: Any) -> Any:
        rng = self.rng
        if isinstance(kind, Flag):
            return bool(rng.random() < 0.5)
        if isinstance(kind, OneOf):
            return str(rng.choice(kind.names))
        if isinstance(kind, Whole):
            return int(rng.choice([kind.low, kind.high, rng.integers(kind.low, kind.high + 1)]))
        assert isinstance(kind, Number)
        high = kind.high if np.isfinite(kind.high) else 6.0
        low = kind.low if np.isfinite(kind.low) else -1e6
        return [low, high, float(rng.uniform(low, high)), np.float32(low + (high - low) / 2)][rng.integers(4)]

    def _illegal(self, kind: Any) -> Any:
        rng = self.rng
        if isinstance(kind, Flag):
            return [*ODD, 0, 1, 0.0][rng.integers(len(ODD) + 3)]
        if isinstance(kind, OneOf):
            return [value for value in [*ODD, 0, True] if value is not None][rng.integers(len(ODD) + 2)]
        beyond = [kind.low - 1] if np.isfinite(kind.low) else []
        beyond += [kind.high + 1] if np.isfinite(kind.high) else []
        beyond += [True, Fraction(1, 3)] if isinstance(kind, Whole) else [True]
        everything = [*ODD, *beyond]
        return everything[rng.integers(len(everything))]

    def _unchanged(self, before: dict[str, np.ndarray], what: str) -> None:
        for name, array in self.target.get_state().items():
            if not np.array_equal(array, before[name]):
                raise Fault(f"{what} changed {name}")


class VectorLife(Life):
    """A world by itself, as a vector environment."""

    def build(self) -> None:
        self.target = self.world = make_world(self.name, self.animals, autoreset_mode=self.mode, **self.options)
        self.target.reset(seed=self.seed)

    def step(self, actions: Any) -> np.ndarray:
        observation, reward, terminated, truncated, _ = self.target.step(actions)
        if not np.isfinite(reward).all():
            raise Fault("a reward is not finite")
        if self.mode is AutoresetMode.DISABLED and (terminated | truncated).any():
            observation = self.target.reset(options={"reset_mask": terminated | truncated})[0]
        return observation

    def restart(self, counts: Counts) -> None:
        mask = self.rng.random(self.animals) < 0.5
        if mask.any():
            counts.done["partial resets"] += 1
            seed = self.seed if self.rng.random() < 0.3 else None
            self.observe(self.target.reset(seed=seed, options={"reset_mask": mask})[0])


class SteeredLife(VectorLife):
    """A world with steering inside; what is stepped are the learner's proposals."""

    def build(self) -> None:
        rules = [name for name, rule in hand_over_rules.all().items() if not rule.graded]
        self.options |= {
            "hand_over": str(self.rng.choice(rules)),
            "actions": "programmes" if self.rng.random() < 0.4 else "raw",
        }
        self.target = SteeredWorld(self.name, self.animals, autoreset_mode=self.mode, **self.options)
        self.world, self.steering = self.target.world, self.target.steering
        self.target.reset(seed=self.seed)


class SingleLife(Life):
    """One animal as a plain environment, with Gymnasium's own wrappers around it."""

    def build(self) -> None:
        self.animals = 1
        limit = self.options.pop("max_episode_steps", None)
        self.seed = min(self.seed, 2**63 - 1)
        kind = world_class(self.name)
        self.env = gym.make(f"nestling/{kind.id}", max_episode_steps=limit, disable_env_checker=True, **self.options)
        single = self.env.unwrapped
        assert isinstance(single, Single)
        self.target = self.world = single.vector
        self.env.reset(seed=self.seed)

    def step(self, actions: Any) -> np.ndarray:
        chosen = actions[0] if isinstance(actions, np.ndarray) and actions.ndim else actions
        observation, reward, terminated, truncated, _ = self.env.step(chosen)
        if not np.isfinite(reward):
            raise Fault("a reward is not finite")
        if terminated or truncated:
            observation = self.env.reset()[0]
        return observation[None]

    def replay(self, counts: Counts) -> None:
        """A saved world does not hold the count of Gymnasium's own time limit."""


class PopulationLife(Life):
    """Whole animals, or a learner and a rule put together at random."""

    def build(self) -> None:
        self.mode = AutoresetMode.SAME_STEP
        rules = [name for name, rule in hand_over_rules.all().items() if not rule.graded]
        kinds = [name for name, kind in learners.all().items() if not kind.costly]
        put_together = f"{self.rng.choice([*kinds, 'cortex'])}+{self.rng.choice(rules)}"
        agents = ["steered", "reflex", "learner", "random", "random-options", put_together, put_together, put_together]
        self.agent = str(self.rng.choice(agents))
        self.seed = min(self.seed, 2**64 - 2 * self.animals)
        try:
            self.target = Population(self.agent, self.name, self.animals, seed=self.seed, **self.options)
        except InvalidArgument:  # a learner that cannot live in this world
            self.agent = "steered"
            self.target = Population(self.agent, self.name, self.animals, seed=self.seed, **self.options)
        self.world, self.steering = self.target.world, self.target.steered.steering

    def __str__(self) -> str:
        return f"{super().__str__()} {getattr(self, 'agent', '')}"

    def actions(self) -> Any:
        return None

    def step(self, actions: Any) -> np.ndarray:
        tick = self.target.tick()
        if not (np.isfinite(tick.verdict.reward).all() and np.isfinite(tick.fitness).all()):
            raise Fault("reward or fitness is not finite")
        return tick.next_observation

    def observe(self, observation: np.ndarray) -> None:
        space = self.target.steered.single_observation_space
        if not ((observation >= space.low) & (observation <= space.high)).all():
            row, entry = np.argwhere(~((observation >= space.low) & (observation <= space.high)))[0]
            raise Fault(f"entry {entry} of the observation of row {row} is {observation[row, entry]}, outside its space")

    def act_wrongly(self, counts: Counts) -> None:
        """A population chooses its actions itself."""

    def lesion(self, counts: Counts) -> None:
        parts = list(self.target.lesionable())
        self.target.lesion(parts[self.rng.integers(len(parts))], self._rows(), bool(self.rng.random() < 0.5))
        counts.done["lesions"] += 1
