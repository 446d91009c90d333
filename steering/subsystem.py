"""The base of every steering subsystem: innate, active from birth, without weights.

A subclass reacts (reflexes), judges (reward and channels) and modulates (gains by age). Everything
that may change in it during a life is a declared mutable variable.
"""

from __future__ import annotations

import abc
import copy
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar, NamedTuple

import gymnasium as gym
import numpy as np
from gymnasium.spaces import Box

from core.actions import farther_from_rest
from core.arguments import in_range, row_mask
from core.batch_state import Field, RecordState, check_declared, only, restore, state_of
from core.errors import unknown_name
from core.interfaces import Gains, Recollection, Reflex, Repertoire, Verdict
from core.records import record_dtype
from core.renamed import accept_old_members, renamed_attributes
from core.senses import Senses
from core.streams import RowStreams, check_same_layout
from envs.world_rules import inspected
from steering.steering_rules import check_name, check_reflex, check_verdict

EXPERIMENTER = "an experimenter only"
"""Who changes a variable that stays as it was at birth unless somebody intervenes."""


@dataclass(frozen=True)
class MutableVariable:
    """One of the few numbers of steering that change within a life (the essay's idiosyncratic mutable variables).

    Attributes:
        name: a Python identifier.
        meaning: a few words.
        low, high: bounds.
        initial: value at birth.
        changed_by: how it changes, in words; :data:`EXPERIMENTER` where it stays as it was at birth unless somebody intervenes.
        source: author and year, or "chosen".
    """

    name: str
    meaning: str
    low: float
    high: float
    initial: float
    changed_by: str
    source: str

    @property
    def changes_in_life(self) -> bool:
        """Whether anything but an experimenter changes it."""
        return self.changed_by != EXPERIMENTER


@dataclass(frozen=True)
class Constant:
    """A number of steering that stays as it is for life, and that evolution may set within its range."""

    name: str
    meaning: str
    value: float
    low: float
    high: float


_OLD_MEMBERS = {"purposes": "stream_names"}


class Innate(NamedTuple):
    """State of a steering subsystem as a compiled kernel takes it: records of transients, mutable variables and lesions."""

    transient: np.ndarray
    mutable: np.ndarray
    lesions: np.ndarray


class Judgement(NamedTuple):
    """What a compiled ``_judge`` fills in: ``judgement.parts[row].pain``, ``judgement.channels[row].pain``."""

    parts: np.ndarray
    channels: np.ndarray


@renamed_attributes(**_OLD_MEMBERS, rows="num_animals", command_space="action_space")
class Steering(abc.ABC):
    """The innate subsystem of one species, for ``num_animals`` animals.

    Args:
        num_animals: how many.
        senses: all senses of the world.
        action_space: the world's action space for one animal.
        dt: seconds per step.

    Attributes:
        world: name of the world that it is for.
        version: empty for the subsystem that animals of that world are born with; others are chosen as ``world/version``.
        wants: what it can want, for those who watch; a reflex gives an index into it.
        parts: what reward is made of; they add up to it.
        relative: those parts that are an expectation and are taken off, so that reward is the error of a prediction.
        channels: innate signals that a learner can learn to predict.
        judging_delay: seconds from a graded action to its judgement; None where actions are not judged moment by moment.
        assessed: channels whose predictions it values (``Reflex.channel_values``).
        delayed: channels that follow their cause late, with the time constant in s.
        reflex_lead: seconds by which a learned copy of its action should come before it (latency of the reflex, and the time that
            the body takes to follow). A learner then predicts the action so far ahead, and the larger of the two is carried out.
            None where nothing is to be learned of it.
        best_constant: the motor programme that does best if it is held for life, found on tuning seeds; None where nobody looked.
        lesionable: parts that an experimenter can remove.
        variables: the numbers that may change within a life.
        constants: numbers that evolution may set; ``self.constant[name]`` has their values.
        transient_state: what starts afresh with every episode (accumulators, timers); ``self.transient`` holds it.
        signals: what it broadcasts to the learner.
        stream_names: one for each purpose for which random numbers are drawn.
    """

    world: ClassVar[str]
    version: ClassVar[str] = ""
    wants: ClassVar[tuple[str, ...]]
    parts: ClassVar[tuple[str, ...]]
    relative: ClassVar[tuple[str, ...]] = ()
    channels: ClassVar[tuple[str, ...]]
    judging_delay: ClassVar[float | None] = None
    assessed: ClassVar[tuple[str, ...]] = ()
    delayed: ClassVar[tuple[tuple[str, float], ...]] = ()
    reflex_lead: ClassVar[float | None] = None
    best_constant: ClassVar[str | None] = None
    lesionable: ClassVar[tuple[str, ...]] = ()
    variables: ClassVar[tuple[MutableVariable, ...]] = ()
    constants: ClassVar[tuple[Constant, ...]] = ()
    transient_state: ClassVar[tuple[Field, ...]] = ()
    signals: ClassVar[Senses] = Senses()
    stream_names: ClassVar[tuple[str, ...]] = ("reflex noise",)

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        accept_old_members(cls, _OLD_MEMBERS)

    def __init__(self, num_animals: int, senses: Senses, action_space: gym.Space, dt: float) -> None:
        self.num_animals, self.senses, self.action_space, self.dt = num_animals, senses, action_space, dt
        self.streams = RowStreams(num_animals, self.stream_names)
        self.constant = {constant.name: constant.value for constant in self.constants}
        self.mutable = RecordState(num_animals, **{variable.name: variable.initial for variable in self.variables})
        self._frozen = RecordState(num_animals, **{variable.name: False for variable in self.variables})
        self._lesions = RecordState(num_animals, **dict.fromkeys(self.lesionable, False))
        self.transient = self._make_transient(num_animals)
        self._relative = [self.parts.index(part) for part in self.relative]
        self._copy: Steering | None = None
        self._ticks = 0

    # -- what an author writes -------------------------------------------------------------------

    def _make_transient(self, num_animals: int) -> RecordState:
        """State that starts afresh with every episode; by default what ``transient_state`` declares."""
        return RecordState.declared(num_animals, self.transient_state)

    @abc.abstractmethod
    def _react(self, reading: Any, recollection: Recollection | None) -> Reflex:
        """Reflexes to the senses now. Called once for every observation that an animal makes, so it may advance accumulators.

        At the end of an episode it may be called for a part of the animals; ``self.num_animals`` is their number.
        """

    @abc.abstractmethod
    def _judge(self, before: Any, action: np.ndarray, after: Any, parts: Any, channels: Any) -> None:
        """Fill ``parts["<name>"]`` and ``channels["<name>"]``, each (animals,), from the senses before and after."""

    def modulate(self, age: np.ndarray) -> Gains:
        """Gains for learning at ``age`` seconds of life, (animals,); the default leaves everything at 1."""
        one = np.ones(len(age))
        return Gains(one, one.copy(), one.copy())

    @property
    @abc.abstractmethod
    def repertoire(self) -> Repertoire:
        """The innate motor programmes that a learner with discrete decisions may call."""

    def sense_signals(self, reading: Any) -> None:
        """Write the signals that steering broadcasts to the learner: ``reading["<signal>"][:] = ...``."""

    # -- what the loop calls ---------------------------------------------------------------------

    def birth(self, seeds: np.ndarray, mask: np.ndarray) -> None:
        """Make new animals of those chosen (bool mask): seeds (animals,), first values of all variables."""
        self.streams.seed(seeds, mask)
        for part in (self.mutable, self._frozen, self._lesions, self.transient):
            part.restart(mask)

    def begin(self, mask: np.ndarray) -> None:
        """Start an episode of the chosen animals; mutable variables stay as they are."""
        self.transient.restart(mask)

    def react(self, senses: np.ndarray, recollection: Recollection | None = None, mask: np.ndarray | None = None) -> Reflex:
        """Reflexes to ``senses`` (animals, senses.size), once for every observation; what is frozen does not change.

        Args:
            senses: what is sensed now.
            recollection: what the learner remembers; None for a reflex without memory.
            mask: (animals,) bool, who makes an observation now; None for all. The reflexes of the others are zeros.
        """
        if mask is None or mask.all():
            return self._react_now(senses, recollection)
        rows = np.flatnonzero(mask)
        with self._only(rows):
            some = self._react_now(senses[rows], None if recollection is None else recollection.of(rows))
        return Reflex(**{name: _spread(getattr(some, name), rows, self.num_animals) for name in reflex_parts(some)})

    def _react_now(self, senses: np.ndarray, recollection: Recollection | None) -> Reflex:
        frozen = self._frozen_values()
        try:
            reflex = self._react(self.senses.split(senses), recollection)
        except ValueError as error:
            check_name(self, "_react", error)
            raise
        self._restore(frozen)
        if self.inspected or not isinstance(reflex, Reflex):
            check_reflex(self, reflex)
        if reflex.channel_values is None:
            reflex.channel_values = np.zeros((self.num_animals, len(self.assessed)))
        if self.reflex_lead is not None:
            reflex.innate_action = reflex.action
            if recollection is not None and recollection.anticipated_action is not None:
                assert isinstance(self.action_space, Box)
                rest = np.asarray(self.repertoire.actions[0], float)
                reflex.action = farther_from_rest(reflex.action, recollection.anticipated_action, rest, self.action_space)
        return reflex

    def imagine(self, senses: np.ndarray) -> Reflex:
        """What the reflexes to ``senses`` would be if nothing were remembered, worked out on a copy: nothing happens to the animals."""
        if self._copy is None:
            self._copy = copy.deepcopy(self)
        self._copy.set_state(self.get_state())
        return self._copy.react(senses)

    def judge(self, before: np.ndarray, action: np.ndarray, after: np.ndarray, mask: np.ndarray | None = None) -> Verdict:
        """Judge one step from the senses before and after it, each (animals, senses.size).

        Args:
            before, after: senses.
            action: (animals, *action shape) what was carried out.
            mask: (animals,) bool, for whom there was a step; None for all. The verdicts on the others are zeros.
        """
        if mask is None or mask.all():
            return self._judge_now(before, action, after)
        rows, animals = np.flatnonzero(mask), self.num_animals
        verdict = Verdict(
            reward=np.zeros(animals),
            judged=np.zeros(animals),
            parts=np.zeros((animals, len(self.parts))),
            channels=np.zeros((animals, len(self.channels))),
        )
        if rows.size:
            with self._only(rows):
                some = self._judge_now(before[rows], action[rows], after[rows])
            for name in ("reward", "judged", "parts", "channels"):
                getattr(verdict, name)[rows] = getattr(some, name)
        return verdict

    def _judge_now(self, before: np.ndarray, action: np.ndarray, after: np.ndarray) -> Verdict:
        parts, channels = _named_columns(self.parts, self.num_animals), _named_columns(self.channels, self.num_animals)
        frozen = self._frozen_values()
        try:
            self._judge(self.senses.split(before), action, self.senses.split(after), parts, channels)
        except ValueError as error:
            check_name(self, "_judge", error)
            raise
        self._restore(frozen)
        numbers = _as_matrix(parts)
        reward = np.add.reduce(numbers, axis=1)
        self._ticks += 1
        if self.inspected or not np.isfinite(np.add.reduce(reward)):
            check_verdict(self, numbers, _as_matrix(channels))
        judged = reward
        for index in self._relative:
            judged = judged - numbers[:, index]
        return Verdict(reward=reward, judged=judged, parts=numbers, channels=_as_matrix(channels))

    @property
    def inspected(self) -> bool:
        """Whether all that it gives in this step is checked."""
        return inspected(self._ticks)

    @contextmanager
    def _only(self, rows: np.ndarray) -> Iterator[None]:
        """Within the block there are only these animals."""
        everyone, self.num_animals = self.num_animals, rows.size
        try:
            with only(rows, self._state_parts().values()):
                yield
        finally:
            self.num_animals = everyone

    @property
    def _innate(self) -> Innate:
        """For kernels: ``innate.transient[row].threat``, ``innate.lesions[row].smell``."""
        return Innate(self.transient.records, self.mutable.records, self._lesions.records)

    def __getstate__(self) -> dict[str, Any]:
        return self.__dict__ | {"_copy": None}

    # -- experimenters ---------------------------------------------------------------------------

    def lesion(self, part: str, rows: Iterable[int] | np.ndarray | None = None, lesioned: bool = True) -> None:
        """Remove one innate part (or restore it with ``lesioned=False``) in the chosen rows (indices or bool mask)."""
        if part not in self.lesionable:
            raise unknown_name(f"lesion of {type(self).__name__}", part, self.lesionable)
        getattr(self._lesions, part)[row_mask(rows, self.num_animals)] = lesioned

    def lesioned(self, part: str) -> np.ndarray:
        """(animals,) bool: where the part is missing."""
        return getattr(self._lesions, part)

    def set_variable(self, name: str, value: float, rows: Iterable[int] | np.ndarray | None = None) -> None:
        """Set a mutable variable, within its declared range."""
        variable = self.variable(name)
        value = in_range(name, value, variable.low, variable.high)
        getattr(self.mutable, name)[row_mask(rows, self.num_animals)] = value

    def freeze_variable(self, name: str, rows: Iterable[int] | np.ndarray | None = None, frozen: bool = True) -> None:
        """Keep a mutable variable from changing by itself (or let it go with ``frozen=False``)."""
        self.variable(name)
        getattr(self._frozen, name)[row_mask(rows, self.num_animals)] = frozen

    def set_constant(self, name: str, value: float) -> None:
        """Set a constant for all animals, within its declared range; before they are born."""
        known = {constant.name: constant for constant in self.constants}
        if name not in known:
            raise unknown_name(f"constant of {type(self).__name__}", name, known)
        self.constant[name] = in_range(name, value, known[name].low, known[name].high)

    def variable(self, name: str) -> MutableVariable:
        """The declaration of a mutable variable."""
        for variable in self.variables:
            if variable.name == name:
                return variable
        raise unknown_name("mutable variable", name, [variable.name for variable in self.variables])

    def _frozen_values(self) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        """What :meth:`_restore` needs: for each variable that is frozen anywhere its values, where, and a copy of them."""
        kept = []
        for variable in self.variables:
            frozen, values = getattr(self._frozen, variable.name), getattr(self.mutable, variable.name)
            if frozen.any():
                kept.append((values, frozen, values.copy()))
        return kept

    @staticmethod
    def _restore(kept: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> None:
        for values, frozen, before in kept:
            values[frozen] = before[frozen]

    # -- state -----------------------------------------------------------------------------------

    def _state_parts(self) -> dict[str, Any]:
        return {
            "mutable": self.mutable,
            "frozen": self._frozen,
            "lesions": self._lesions,
            "transient": self.transient,
            "streams": self.streams,
        }

    def get_state(self) -> dict[str, np.ndarray]:
        """Everything that changes, as copies."""
        return state_of(self._state_parts())

    def set_state(self, state: dict[str, np.ndarray]) -> None:
        """Restore what :meth:`get_state` gave; raises :class:`core.errors.StateMismatch` if it does not fit."""
        owner = f"steering {type(self).__name__}"
        check_same_layout(owner, self.get_state(), state)
        check_declared(owner, self.transient_state, state, "transient/")
        check_declared(owner, self.variables, state, "mutable/")
        restore(self._state_parts(), state)


def reflex_parts(reflex: Reflex) -> tuple[str, ...]:
    """Names of what steering said in a reflex."""
    always = ("action", "urgency", "want", "arousal", "channel_values")
    return always if reflex.innate_action is None else (*always, "innate_action")


def _spread(values: np.ndarray, rows: np.ndarray, num_animals: int) -> np.ndarray:
    """Put (n, ...) values into their rows of (animals, ...) zeros."""
    spread = np.zeros((num_animals, *values.shape[1:]), values.dtype)
    spread[rows] = values
    return spread


@cache
def _record(names: tuple[str, ...]) -> np.dtype:
    return record_dtype([(name, np.float64) for name in names])


def _named_columns(names: tuple[str, ...], num_animals: int) -> np.ndarray:
    """Zeros, (animals,) float64 for each name: ``columns["pain"][:] = values``, or ``columns[row].pain`` in a kernel."""
    return np.zeros(num_animals, _record(names))


def _as_matrix(columns: np.ndarray) -> np.ndarray:
    return columns.view(np.float64).reshape(len(columns), -1)
