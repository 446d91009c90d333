"""The base of every world: a native Gymnasium vector environment of many animals.

A world is the body and the surroundings of one species. Its author declares a state and writes a few methods over all animals;
the base owns spaces, seeding, autoreset, time limits, masks, copies, checks, saving and closing.
"""

from __future__ import annotations

import abc
import importlib
import importlib.util
import inspect
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, ClassVar

import gymnasium as gym
import numpy as np
from gymnasium.vector import AutoresetMode, VectorEnv
from gymnasium.vector.utils import batch_space

from core.actions import check_actions
from core.arguments import Flag, OneOf, in_range
from core.batch_state import BatchState, Field, RecordState, check_declared, nest, only, unnest
from core.errors import ResetNeeded, UnknownName, number_of_animals, whole_number
from core.manipulations import Manipulable
from core.renamed import accept_old_members, old_names, renamed_attributes
from core.senses import Senses
from core.streams import RowStreams, check_same_layout, row_seeds
from envs.fooled_niches import FooledNiche
from envs.step_result import StepResult
from envs.vector_interface import checked_autoreset_mode, checked_reset_mask, final_entries, with_masks
from envs.world_rules import INSPECTED, broken_world, check_name, check_observation, check_step, inspected

SUMMARY_HEADINGS = ("Description", "Observation", "Action", "Reward", "Start", "End", "Source")


_FINEST = 10_000  # times that a step may be shorter than the world's own
_OLD_MEMBERS = {"command_space": "single_action_space", "purposes": "stream_names", "command_names": "action_names"}


@renamed_attributes(
    **_OLD_MEMBERS, random_commands="random_actions", oracle_commands="oracle_actions", resting="needs_reset"
)
class World(Manipulable, VectorEnv, abc.ABC):
    """A species' niche for ``num_envs`` animals.

    A subclass sets class attributes and writes ``_be_born``, ``_begin_episode``, ``_advance`` and ``_sense``; ``_oracle``,
    ``_facts`` and ``_draw`` (or a file ``drawing.py`` beside it) if it can.

    Attributes:
        id: name and version, for example ``"LoomingEscape-v0"``.
        senses: what can be sensed.
        single_action_space: a Box or a Discrete space, for one animal.
        state: everything that changes in body and surroundings, and everything that is drawn at birth; ``self.body`` holds it.
        dt: seconds per step.
        episode_steps: length of an episode.
        fitness_unit: of the fitness of an episode.
        stream_names: one for each purpose for which random numbers are drawn.
        longest_episode: most steps that an episode can have, whatever the options; ``episode_steps`` by default.
        life_episodes: how many episodes make a whole life in benchmarks.
        grown_episodes: after how many the viewer calls an animal grown.
        action_names: of the axes of a graded action, or of the actions of a discrete one, for those who watch.
        random_hold: seconds for which the random policy holds an action.
        steering: the world whose steering subsystem also serves here; None for one of its own name.
        stratified_by: field of ``state`` that divides animals into classes at birth, as strength does; empty where there are none.
            Benchmarks average over classes, each counting the same, since the middle of all animals would lie between them.
        fooled_niches: pairs of an honest and a fooled surrounding, made by its manipulations; see :mod:`envs.fooled_niches`.

    Args:
        num_envs: number of animals, one a row.
        autoreset_mode: NEXT_STEP (default), SAME_STEP or DISABLED.
        max_episode_steps: length of an episode in steps; None takes ``episode_steps``. ``gymnasium.make`` keeps an
            argument of this name to itself and can only shorten episodes; ``make_vec`` passes it on.
        render_mode: None, ``"rgb_array"``, ``"rgb_array_list"`` (through ``gymnasium.make``) or ``"human"``.
        dt: seconds per step; None takes the class's ``dt``.
        strict: refuse actions outside a Box, instead of clipping them to it.
    """

    id: ClassVar[str]
    senses: Senses
    single_action_space: gym.Space
    state: ClassVar[tuple[Field, ...]] = ()
    dt: float
    episode_steps: ClassVar[int]
    longest_episode: ClassVar[int]
    fitness_unit: ClassVar[str]
    stream_names: ClassVar[tuple[str, ...]]
    life_episodes: ClassVar[int] = 120
    grown_episodes: ClassVar[int] = 40
    action_names: ClassVar[tuple[str, ...]] = ()
    random_hold: ClassVar[float] = 0.5
    steering: ClassVar[str | None] = None
    stratified_by: ClassVar[str] = ""
    fooled_niches: ClassVar[tuple[FooledNiche, ...]] = ()
    metadata: dict[str, Any] = {"render_modes": ["human", "rgb_array"], "render_fps": 10}

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        accept_old_members(cls, _OLD_MEMBERS)
        if "longest_episode" not in vars(cls) and hasattr(cls, "episode_steps"):
            cls.longest_episode = max(getattr(cls, "longest_episode", 0), cls.episode_steps)

    def __init__(
        self,
        num_envs: int = 1,
        *,
        autoreset_mode: AutoresetMode | str = AutoresetMode.NEXT_STEP,
        max_episode_steps: int | None = None,
        render_mode: str | None = None,
        dt: float | None = None,
        strict: bool = False,
    ) -> None:
        self.num_envs = number_of_animals("num_envs (the number of animals)", num_envs)
        self.autoreset_mode = checked_autoreset_mode(autoreset_mode)
        if render_mode is not None:
            OneOf(tuple(self.metadata["render_modes"])).check("render mode", render_mode)
        self.render_mode = render_mode
        if dt is not None:
            longest = max(1.0, type(self).dt)
            self.dt = in_range(f"dt of {self.id}", dt, type(self).dt / _FINEST, longest, "s")
        self.strict = Flag().check("strict", strict)
        self.max_episode_steps = whole_number(
            "max_episode_steps", self.episode_steps if max_episode_steps is None else max_episode_steps
        )
        self.metadata = {
            **type(self).metadata,
            "autoreset_mode": self.autoreset_mode,
            "render_fps": max(1, round(1.0 / self.dt)),
        }
        self.single_observation_space = self.senses.space
        self.observation_space = batch_space(self.single_observation_space, self.num_envs)
        self.action_space = batch_space(self.single_action_space, self.num_envs)
        self.streams = RowStreams(self.num_envs, (*self.stream_names, "random policy"))
        self.body = self._make_body(self.num_envs)
        self._clock = BatchState(self.num_envs, elapsed=0, born=False, finished=False, random_left=0)
        shape = self.single_action_space.shape or ()
        self._held = BatchState(self.num_envs, action=np.zeros(shape, self.single_action_space.dtype))
        self._observation = np.zeros((self.num_envs, self.senses.size), np.float32)
        self._final_observation = self._observation.copy()
        self._started, self._ticks = False, 0
        self._canvas: Any = None

    @classmethod
    def options(cls) -> tuple[str, ...]:
        """Names of the keyword arguments that it takes, sorted."""
        found: set[str] = set()
        for kind in cls.__mro__:
            if "__init__" in vars(kind):
                parameters = inspect.signature(vars(kind)["__init__"]).parameters.values()
                found |= {p.name for p in parameters if p.kind is p.KEYWORD_ONLY}
                if not any(p.kind is p.VAR_KEYWORD for p in parameters):
                    break
        return tuple(sorted(found))

    # -- what an author writes -------------------------------------------------------------------

    def _make_body(self, num_animals: int) -> BatchState:
        """The state of all animals; by default what ``state`` declares."""
        return RecordState.declared(num_animals, self.state)

    @abc.abstractmethod
    def _be_born(self, mask: np.ndarray) -> None:
        """Draw what is an animal's own for life, for the chosen animals (bool mask); they have their seeds."""

    @abc.abstractmethod
    def _begin_episode(self, mask: np.ndarray) -> None:
        """Put the chosen animals (bool mask) at the start of an episode."""

    @abc.abstractmethod
    def _advance(self, action: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Advance every animal by one action; return fitness (animals,) float64 and terminated (animals,) bool.

        Under NEXT_STEP this may be a part of the animals; ``self.num_envs`` is their number.
        """

    @abc.abstractmethod
    def _sense(self, reading: Any) -> None:
        """Write every sense in place: ``reading["<sense>"][:] = ...``, each (animals, *shape) float32."""

    def _oracle(self) -> np.ndarray:
        """Actions (animals, ...) of a policy that may look at hidden state."""
        raise UnknownName(f"The world {self.id} has no oracle; write its _oracle method to normalise scores.")

    def _facts(self) -> dict[str, np.ndarray]:
        """Hidden facts for ``info``, name -> (animals,) array; always the same names."""
        return {}

    def sound(self, row: int) -> np.ndarray | None:
        """What one animal was heard to do in the last step: (samples,) in about [-1, 1] at ``metadata["sound_rate"]`` per second."""
        return None

    def episode_sound(self, row: int) -> np.ndarray | None:
        """What one animal was heard to do in the last whole episode, as :meth:`sound`."""
        return None

    def _draw(self, row: int, canvas: Any) -> None:
        """Draw one row on a :class:`core.canvas.Canvas` of 640 x 480 units.

        The default takes ``draw(canvas, world, row)`` of the file ``drawing.py`` beside the world's, and where there is none shows
        what is sensed and what is declared as state.
        """
        from core.declared_drawing import draw_declared

        (_drawing_beside(type(self), "draw") or draw_declared)(canvas, self, row)

    def animal_at(self, row: int) -> tuple[float, float] | None:
        """Where on its drawing one animal is, in units of the canvas; None where it has no one place.

        The default takes ``animal_at(world, row)`` of the file ``drawing.py`` beside the world's.
        """
        found = _drawing_beside(type(self), "animal_at") if type(self)._draw is World._draw else None
        return None if found is None else found(self, row)

    # -- Gymnasium -------------------------------------------------------------------------------

    def reset(self, *, seed: Any = None, options: dict[str, Any] | None = None) -> tuple[np.ndarray, dict[str, Any]]:
        """Start an episode. A seed makes a new animal; without one the same animal begins its next episode.

        Args:
            seed: int (row i gets seed + i), one seed a row, or None.
            options: ``{"reset_mask": bool (animals,)}`` resets only those animals.
        """
        mask = checked_reset_mask(options, self.num_envs)
        seeds = None if seed is None else row_seeds(seed, self.num_envs)
        super().reset(seed=None if seeds is None else int(seeds[0]) % 2**63)
        self.begin(mask, seeds)
        facts = self._facts()
        return self._observation.copy(), with_masks(facts, mask)

    def begin(self, mask: np.ndarray, seeds: np.ndarray | None = None) -> None:
        """Start an episode in the chosen rows; with seeds (animals,), as new animals."""
        newborn = mask if seeds is not None else mask & ~self._clock.born
        if newborn.any():
            if seeds is None:
                seeds = self.np_random.integers(2**63, size=self.num_envs, dtype=np.uint64)
            self.streams.seed(seeds, newborn)
            for part in (self.body, self._clock, self._held):
                part.restart(newborn)
            self._clock.born[newborn] = True
            self._be_born(newborn)
        self._clock.elapsed[mask] = 0
        self._clock.finished[mask] = False
        self._begin_episode(mask)
        self._look()
        if self._ticks <= INSPECTED:
            check_observation(self)
        self._started = self._started or bool(self._clock.born.all())

    def step(self, actions: Any) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, dict[str, Any]]:
        """Check the actions, advance all rows by one step of ``dt`` seconds, and autoreset as chosen."""
        self.require_reset()
        actions = check_actions(actions, self.single_action_space, self.num_envs, self.strict)
        moved = self.tick(actions, facts=True)
        info = with_masks(self._facts(), np.ones(self.num_envs, bool))
        if self.autoreset_mode is AutoresetMode.SAME_STEP and moved.ended.any():
            info |= final_entries(moved.final_observation, moved.final_facts or {}, moved.ended)
        if self.render_mode == "human":
            self.render()
        return moved.observation.copy(), moved.fitness, moved.terminated, moved.truncated, info

    def tick(self, action: np.ndarray, facts: bool = False) -> StepResult:
        """One step with actions that are known to be valid; the loop's fast path.

        Under NEXT_STEP, animals whose episode has ended begin a new one, and the step happens to the others alone.
        """
        clock = self._clock
        resetting = clock.finished.copy()
        if resetting.any():
            self._autoreset(resetting)
            fitness, terminated = self._advance_only(~resetting, action)
        else:
            fitness, terminated = self._advance_checked(action)
        stepped = ~resetting
        clock.elapsed += stepped
        truncated = (clock.elapsed >= self.max_episode_steps) & stepped & ~terminated
        self._look()
        if self._inspected:
            check_observation(self)
        final_observation = self._final_observation
        final_observation[...] = self._observation
        clock.finished = ended = terminated | truncated
        final_facts = None
        if self.autoreset_mode is AutoresetMode.SAME_STEP and ended.any():
            final_facts = {name: np.array(values) for name, values in self._facts().items()} if facts else None
            self.begin(ended)
        return StepResult(
            observation=self._observation,
            final_observation=final_observation,
            fitness=fitness,
            terminated=terminated,
            truncated=truncated,
            stepped=stepped,
            final_facts=final_facts,
        )

    def _look(self) -> None:
        try:
            self._sense(self.senses.split(self._observation))
        except ValueError as error:
            check_name(self, error)
            raise

    def _autoreset(self, resetting: np.ndarray) -> None:
        if self.autoreset_mode is AutoresetMode.DISABLED:
            raise ResetNeeded(
                f"Row {int(np.argmax(resetting))} has finished its episode and autoreset is disabled. Call "
                'reset(options={"reset_mask": finished}) for the finished rows before the next step.'
            )
        self.begin(resetting)

    def _advance_checked(self, action: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        gave = self._advance(action)
        if not isinstance(gave, tuple) or len(gave) != 2:
            raise broken_world(self, "_advance must return two arrays: fitness, and who died (bool).")
        fitness, terminated = gave
        self._ticks += 1
        if self._inspected or not np.isfinite(np.add.reduce(fitness, axis=None)):
            check_step(self, fitness, terminated)
        return fitness, terminated

    @property
    def _inspected(self) -> bool:
        """Whether all that the world gives in this tick is checked."""
        return inspected(self._ticks)

    def _advance_only(self, mask: np.ndarray, action: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Advance the chosen animals (bool mask); nothing happens to the others."""
        fitness, terminated = np.zeros(self.num_envs), np.zeros(self.num_envs, bool)
        rows = np.flatnonzero(mask)
        if rows.size:
            with self._only(rows):
                fitness[rows], terminated[rows] = self._advance_checked(action[rows])
        else:
            self._ticks += 1
        return fitness, terminated

    @contextmanager
    def _only(self, rows: np.ndarray) -> Iterator[None]:
        """Within the block the world holds nothing but these rows; a world that keeps more than ``body`` extends this."""
        everyone, self.num_envs = self.num_envs, rows.size
        try:
            with only(rows, [part for _, part in self._parts()]):
                yield
        finally:
            self.num_envs = everyone

    def require_reset(self) -> None:
        """Raise :class:`ResetNeeded` before the first reset."""
        if not self._started:
            raise ResetNeeded(f"{type(self).__name__} was stepped before its first reset. Call reset(seed=...) first.")

    @property
    def observation(self) -> np.ndarray:
        """What is sensed now, (animals, senses) float32; the world's own buffer."""
        return self._observation

    @property
    def elapsed(self) -> np.ndarray:
        """Steps since the start of the episode, (animals,) int."""
        return self._clock.elapsed

    @property
    def needs_reset(self) -> np.ndarray:
        """(animals,) bool: whose next step is an autoreset, or an error where autoreset is disabled."""
        return self._clock.finished

    # -- reference policies ----------------------------------------------------------------------

    def random_actions(self) -> np.ndarray:
        """Uniform random actions, each held for ``random_hold`` seconds."""
        due = self._clock.random_left <= 0
        space = self.single_action_space
        size = int(np.prod(space.shape or (1,)))
        draw = self.streams.uniform("random policy", size, due).reshape(self._held.action.shape)
        if isinstance(space, gym.spaces.Box):
            drawn = space.low + draw * (space.high - space.low)
        else:
            assert isinstance(space, gym.spaces.Discrete)
            drawn = space.start + np.floor(draw * space.n)
        self._held.action[due] = drawn.astype(space.dtype)[due]
        self._clock.random_left[due] = max(1, round(self.random_hold / self.dt))
        self._clock.random_left -= 1
        return self._held.action.copy()

    def oracle_actions(self) -> np.ndarray:
        """Actions of the reference policy that may look at hidden state."""
        action = np.asarray(self._oracle(), self.single_action_space.dtype)
        wanted = self._held.action.shape
        if action.shape != wanted:
            raise broken_world(
                self, f"_oracle must return an action for each row, {list(wanted)}, not {list(action.shape)}."
            )
        return action

    # -- state -----------------------------------------------------------------------------------

    def get_state(self) -> dict[str, np.ndarray]:
        """Everything that decides the future, random streams included, as copies."""
        return (
            nest("body", self.body.get_state())
            | nest("clock", self._clock.get_state())
            | nest("held", self._held.get_state())
            | nest("streams", self.streams.get_state())
            | {"observation": self._observation.copy()}
        )

    def set_state(self, state: dict[str, np.ndarray]) -> None:
        """Restore what :meth:`get_state` gave; raises :class:`StateMismatch` and changes nothing if it does not fit."""
        check_same_layout(f"world {self.id}", self.get_state(), state)
        check_declared(f"world {self.id}", self.state, state, "body/")
        for name, part in self._parts():
            part.set_state(unnest(name, state))
        self._started = bool(self._clock.born.all())
        self._observation[...] = state["observation"]  # not sensed anew: a manipulation since then shows in the next step

    def _parts(self) -> list[tuple[str, Any]]:
        return [("body", self.body), ("clock", self._clock), ("held", self._held), ("streams", self.streams)]

    # -- drawing ---------------------------------------------------------------------------------

    def render(self) -> tuple[np.ndarray, ...] | None:
        """``rgb_array``: a (480, 640, 3) uint8 frame for every row; ``human``: show the first row in a window."""
        if self.render_mode is None:
            gym.logger.warn('render() was called without a render_mode; pass render_mode="rgb_array" to the constructor.')
            return None
        if self.render_mode == "human":
            from core.canvas import Window

            self._canvas = self._canvas or Window(type(self).__name__, self.metadata["render_fps"])
            self._canvas.show(self.frame(0))
            return None
        return tuple(self.frame(row) for row in range(self.num_envs))

    def frame(self, row: int) -> np.ndarray:
        """A (480, 640, 3) uint8 picture of one row; needs no screen."""
        from core.canvas import Canvas, pixels

        canvas = Canvas.blank()
        self._draw(row, canvas)
        return pixels(canvas)

    def draw(self, row: int, canvas: Any) -> None:
        """Draw one row on a :class:`core.canvas.Canvas` of 640 x 480 units."""
        self._draw(row, canvas)

    def close_extras(self, **kwargs: Any) -> None:
        """Close the window, if one was opened."""
        if self._canvas is not None:
            self._canvas.close()
            self._canvas = None


__getattr__ = old_names(__name__)


@cache
def _drawing_beside(kind: type, name: str) -> Callable[..., Any] | None:
    """A function of the module ``drawing`` beside that of a world, or of a world that it extends."""
    for base in kind.__mro__[: kind.__mro__.index(World)]:
        package = base.__module__.rpartition(".")[0]
        if package and importlib.util.find_spec(f"{package}.drawing") is not None:
            found = getattr(importlib.import_module(f"{package}.drawing"), name, None)
            if found is not None:
                return found
    return None
