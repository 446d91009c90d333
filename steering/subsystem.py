"""The base of every steering subsystem: innate, active from birth, without weights.

A subclass reacts (reflexes), judges (reward and channels) and modulates (gains by age). Everything
that may change in it during a life is a declared mutable variable.
"""

from __future__ import annotations

import abc
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, ClassVar

import gymnasium as gym
import numpy as np

from core.batch_state import Records, nest, unnest
from core.errors import InvalidArgument, unknown_name
from core.interfaces import Gains, Recollection, Reflex, Repertoire, Verdict
from core.manipulations import row_mask
from core.senses import Senses
from core.streams import RowStreams, check_same_layout


@dataclass(frozen=True)
class MutableVariable:
    """One of the few numbers of steering that change within a life (the essay's idiosyncratic mutable variables)."""

    name: str
    meaning: str
    low: float
    high: float
    initial: float
    changed_by: str
    source: str


class Steering(abc.ABC):
    """The innate subsystem of one species, for ``rows`` animals.

    ``version`` tells another subsystem for the same world from the one that animals are born with (which has none); it is chosen by
    ``world/version``. ``parts`` add up to the reward; those in ``relative`` are expectations that are taken off, so that reward is
    the error of a prediction. ``judging_delay`` (s) says that graded commands are judged moment by moment, so much after each act.

    Args:
        rows: number of animals.
        senses: all senses of the world.
        command_space: the world's command space for one animal.
        dt: seconds per step.
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
    lesionable: ClassVar[tuple[str, ...]] = ()
    variables: ClassVar[tuple[MutableVariable, ...]] = ()
    signals: ClassVar[Senses] = Senses()
    purposes: ClassVar[tuple[str, ...]] = ("reflex noise",)

    def __init__(self, num_animals: int, senses: Senses, command_space: gym.Space, dt: float) -> None:
        self.num_animals, self.senses, self.command_space, self.dt = num_animals, senses, command_space, dt
        self.streams = RowStreams(num_animals, self.purposes)
        self.mutable = Records(num_animals, **{variable.name: variable.initial for variable in self.variables})
        self._frozen = Records(num_animals, **{variable.name: False for variable in self.variables})
        self._lesions = Records(num_animals, **dict.fromkeys(self.lesionable, False))
        self.transient = self._make_transient(num_animals)
        self._relative = [self.parts.index(part) for part in self.relative]

    # -- what an author writes -------------------------------------------------------------------

    def _make_transient(self, num_animals: int) -> Records:
        """State that starts afresh with every episode (accumulators, timers)."""
        return Records(num_animals)

    @abc.abstractmethod
    def _react(self, reading: Any, recollection: Recollection | None) -> Reflex:
        """Reflexes for the senses now; called exactly once a tick, so it may advance accumulators."""

    @abc.abstractmethod
    def _judge(self, before: Any, command: np.ndarray, after: Any, parts: Any, channels: Any) -> None:
        """Fill ``parts["<name>"]`` and ``channels["<name>"]``, each (rows,), from the senses before and after."""

    def modulate(self, age: np.ndarray) -> Gains:
        """Gains for learning at ``age`` seconds of life, (rows,); the default leaves everything at 1."""
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
        """Make new animals of the chosen animals (bool mask): seeds (rows,), first values of all variables."""
        self.streams.seed(seeds, mask)
        for part in (self.mutable, self._frozen, self._lesions, self.transient):
            part.restart(mask)

    def begin(self, mask: np.ndarray) -> None:
        """Start an episode in the chosen rows; mutable variables stay as they are."""
        self.transient.restart(mask)

    def react(self, senses: np.ndarray, recollection: Recollection | None = None) -> Reflex:
        """Reflexes for ``senses`` (rows, senses.size); changes of frozen variables are undone."""
        with_freeze = self._frozen_values()
        reflex = self._react(self.senses.split(senses), recollection)
        self._refreeze(with_freeze)
        if reflex.appraisal is None:
            reflex.appraisal = np.zeros((self.num_animals, len(self.assessed)))
        return reflex

    def judge(self, before: np.ndarray, command: np.ndarray, after: np.ndarray) -> Verdict:
        """Judge one step from the senses before and after it, each (rows, senses.size)."""
        with_freeze = self._frozen_values()
        parts, channels = _named_columns(self.parts, self.num_animals), _named_columns(self.channels, self.num_animals)
        self._judge(self.senses.split(before), command, self.senses.split(after), parts, channels)
        self._refreeze(with_freeze)
        numbers = _as_matrix(parts)
        reward = np.add.reduce(numbers, axis=1)
        judged = reward
        for index in self._relative:
            judged = judged - numbers[:, index]
        return Verdict(reward, judged, numbers, _as_matrix(channels))

    # -- experimenters ---------------------------------------------------------------------------

    def lesion(self, part: str, rows: Iterable[int] | np.ndarray | None = None, lesioned: bool = True) -> None:
        """Remove one innate part (or restore it with ``lesioned=False``) in the chosen rows."""
        if part not in self.lesionable:
            raise unknown_name(f"lesion of {type(self).__name__}", part, self.lesionable)
        getattr(self._lesions, part)[row_mask(rows, self.num_animals)] = lesioned

    def lesioned(self, part: str) -> np.ndarray:
        """(rows,) bool: where the part is missing."""
        return getattr(self._lesions, part)

    def set_variable(self, name: str, value: float, rows: Iterable[int] | np.ndarray | None = None) -> None:
        """Set a mutable variable, within its declared range."""
        variable = self.variable(name)
        if not variable.low <= value <= variable.high:
            raise InvalidArgument(f"{name} must lie in [{variable.low:g}, {variable.high:g}], not {value!r}.")
        getattr(self.mutable, name)[row_mask(rows, self.num_animals)] = value

    def freeze_variable(self, name: str, rows: Iterable[int] | np.ndarray | None = None, frozen: bool = True) -> None:
        """Keep a mutable variable from changing by itself (or let it go with ``frozen=False``)."""
        self.variable(name)
        getattr(self._frozen, name)[row_mask(rows, self.num_animals)] = frozen

    def variable(self, name: str) -> MutableVariable:
        """The declaration of a mutable variable."""
        for variable in self.variables:
            if variable.name == name:
                return variable
        raise unknown_name("mutable variable", name, [variable.name for variable in self.variables])

    def _frozen_values(self) -> list[tuple[np.ndarray, np.ndarray, np.ndarray]]:
        kept = []
        for variable in self.variables:
            frozen, values = getattr(self._frozen, variable.name), getattr(self.mutable, variable.name)
            if frozen.any():
                kept.append((values, frozen, values.copy()))
        return kept

    @staticmethod
    def _refreeze(kept: list[tuple[np.ndarray, np.ndarray, np.ndarray]]) -> None:
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
        state: dict[str, np.ndarray] = {}
        for name, part in self._state_parts().items():
            state |= nest(name, part.get_state())
        return state

    def set_state(self, state: dict[str, np.ndarray]) -> None:
        """Restore what :meth:`get_state` gave; raises :class:`core.errors.StateMismatch` if it does not fit."""
        check_same_layout(f"steering {type(self).__name__}", self.get_state(), state)
        for name, part in self._state_parts().items():
            part.set_state(unnest(name, state))


@cache
def _record(names: tuple[str, ...]) -> np.dtype:
    return np.dtype([(name, np.float64) for name in names])


def _named_columns(names: tuple[str, ...], num_animals: int) -> np.ndarray:
    """Zeros, (rows,) float64 for each name: ``columns["pain"][:] = values``, or ``columns[row].pain`` in a kernel."""
    return np.zeros(num_animals, _record(names))


def _as_matrix(columns: np.ndarray) -> np.ndarray:
    return columns.view(np.float64).reshape(len(columns), -1)
