"""The base of every learner from scratch: random at birth, taught only by steering's verdicts."""

from __future__ import annotations

import abc
from dataclasses import dataclass
from typing import Any, ClassVar

import gymnasium as gym
import numpy as np

from core.batch_state import Rows, nest, unnest
from core.interfaces import Gains, Proposal, Recollection, Reflex, Repertoire, Verdict
from core.senses import Senses
from core.streams import RowStreams, check_same_layout


@dataclass(slots=True)
class Experience:
    """One tick as the learner lives through it; (rows, ...) arrays.

    Attributes:
        reflex: what steering would have done.
        in_charge: (rows,) bool, the learner's proposal was carried out.
        command: what was carried out, whoever chose it.
        verdict: steering's judgement.
        outcome: (rows, context) what the learner senses at the end of the step, before any new episode.
        next_context: (rows, context) what it senses now.
        terminated, truncated: (rows,) bool.
        gains: neuromodulation.
    """

    reflex: Reflex
    in_charge: np.ndarray
    command: np.ndarray
    verdict: Verdict
    outcome: np.ndarray
    next_context: np.ndarray
    terminated: np.ndarray
    truncated: np.ndarray
    gains: Gains


@dataclass(frozen=True, slots=True)
class LiveMap:
    """A picture of something learned.

    Attributes:
        title: what it shows, in words.
        values: (rows, columns); negative and positive are told apart by colour.
        rows, columns: names along the sides; columns may be empty.
    """

    title: str
    values: np.ndarray
    rows: tuple[str, ...]
    columns: tuple[str, ...] = ()


@dataclass(frozen=True)
class Anatomy:
    """What a learner is born into: the senses it hears, the commands it may give, and steering's offers.

    Attributes:
        senses: all that it hears: ``outer`` senses of the world first, then steering's signals.
        outer: the former alone.
        command_space: of one animal.
        repertoire: motor programmes that it may call.
        channels: innate signals that it can learn to predict, in the order of ``Verdict.channels``.
        assessed: those of them whose predictions steering values.
        delayed: channels that follow their cause late, with the time constant in s.
        judging_delay: s from an act to the judgement of its moment, where graded commands are judged moment by moment; else None.
        dt: seconds per step.
        command_names: of the axes of a graded command, for those who watch.
    """

    senses: Senses
    outer: Senses
    command_space: gym.Space
    repertoire: Repertoire
    channels: tuple[str, ...]
    assessed: tuple[str, ...]
    delayed: tuple[tuple[str, float], ...]
    judging_delay: float | None
    dt: float
    command_names: tuple[str, ...] = ()


class Learner(abc.ABC):
    """A learner for a whole population; each row has its own wiring and weights.

    Args:
        rows: number of animals.
        anatomy: senses, commands and repertoire.
        may_defer: whether "let the reflex act" is among the options.
    """

    name: ClassVar[str]
    option_names: tuple[str, ...] = ()
    purposes: ClassVar[tuple[str, ...]] = ("wiring", "exploration")
    lesionable: ClassVar[tuple[str, ...]] = ()
    needs: ClassVar[tuple[str, ...]] = ()
    """Optional libraries that it cannot do without, by the names under which they are imported."""
    costly: ClassVar[bool] = False
    """Whether a step costs about a thousand times a step of the world, so that comparisons take few animals of it."""

    def __init__(self, num_animals: int, anatomy: Anatomy, may_defer: bool = True) -> None:
        self.num_animals, self.anatomy, self.may_defer = num_animals, anatomy, may_defer
        self.streams = RowStreams(num_animals, self.purposes)
        self.lesions = Rows(num_animals, **dict.fromkeys(self.lesionable, False))

    @abc.abstractmethod
    def birth(self, seeds: np.ndarray, mask: np.ndarray) -> None:
        """Wire the chosen animals (bool mask) at random from their own seeds (rows,), with nothing learned."""

    @abc.abstractmethod
    def begin(self, mask: np.ndarray) -> None:
        """Start an episode in the chosen rows; what was learned stays."""

    def recall(self, context: np.ndarray) -> Recollection | None:
        """What is remembered about steering's channels here; None if the learner has no such memory."""
        return None

    @abc.abstractmethod
    def propose(self, context: np.ndarray, reflex: Reflex, gains: Gains) -> Proposal:
        """What to do now, for a context (rows, senses.size)."""

    @abc.abstractmethod
    def learn(self, context: np.ndarray, proposal: Proposal, experience: Experience) -> None:
        """Learn from one tick."""

    @abc.abstractmethod
    def _state_parts(self) -> dict[str, Any]:
        """Everything that changes or was drawn at birth: parts with ``get_state`` and ``set_state``, wiring as ``"wiring"``."""

    def get_state(self) -> dict[str, np.ndarray]:
        """Everything that changes or was drawn at birth, as copies."""
        state: dict[str, np.ndarray] = {}
        for name, part in self._state_parts().items():
            state |= nest(name, part.get_state())
        return state

    def set_state(self, state: dict[str, np.ndarray]) -> None:
        """Restore what :meth:`get_state` gave; raises :class:`core.errors.StateMismatch` if it does not fit."""
        check_same_layout(f"learner {self.name}", self.get_state(), state)
        for name, part in self._state_parts().items():
            part.set_state(unnest(name, state))

    def read_outs(self) -> dict[str, np.ndarray]:
        """The learned weights, name -> (rows, ...) array, the learner's own: exchanging rows exchanges what was learned."""
        return {}

    def option_values(self, row: int) -> np.ndarray | None:
        """(options,) values at the last decision of one animal, for those who watch; None if it has none."""
        return None

    def live_map(self, row: int) -> LiveMap | None:
        """What one animal has learned, as a small picture for those who watch; None if there is none."""
        return None

    def settings(self) -> dict[str, Any]:
        """The innate settings (genome), for reports and checkpoints."""
        return {}
