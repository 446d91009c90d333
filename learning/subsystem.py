"""The base of every learner from scratch: random at birth, taught only by steering's verdicts."""

from __future__ import annotations

import abc
from dataclasses import dataclass
from typing import Any, ClassVar

import gymnasium as gym
import numpy as np

from core.batch_state import BatchState, restore, state_of
from core.errors import StateMismatch, WrongOrder
from core.interfaces import Gains, Proposal, Recollection, Reflex, Repertoire, Verdict
from core.renamed import accept_old_members, old_names, renamed_attributes
from core.senses import Senses
from core.streams import RowStreams, check_same_layout
from learning.last_release import accept_old_learner, called_from_old, parent_of_old, parts_of_old


@renamed_attributes(command="action", outcome="final_observation")
@dataclass(slots=True, kw_only=True)
class Transition:
    """One tick as the learner lives through it.

    Attributes:
        observation: (animals, senses) what the learner sensed before it acted.
        proposal: what it proposed.
        reflex: what steering would have done.
        in_charge: (animals,) bool, the learner's proposal was carried out.
        action: (animals, *action shape) what was carried out, whoever chose it.
        verdict: steering's judgement.
        final_observation: (animals, senses) what the learner senses at the end of the step, before any new episode.
        terminated, truncated: (animals,) bool.
        gains: neuromodulation.
    """

    observation: np.ndarray
    proposal: Proposal
    reflex: Reflex
    in_charge: np.ndarray
    action: np.ndarray
    verdict: Verdict
    final_observation: np.ndarray
    terminated: np.ndarray
    truncated: np.ndarray
    gains: Gains


@renamed_attributes(rows="row_names", columns="column_names")
@dataclass(frozen=True, slots=True, kw_only=True)
class LiveMap:
    """A picture of something learned.

    Attributes:
        title: what it shows, in words.
        values: (len(row_names), columns); negative and positive are told apart by colour.
        row_names, column_names: labels along the sides; those of columns may be missing.
        row_meanings: a sentence for each row, which the viewer shows under the mouse; may be missing.
        marked: number of a column that stands out, or -1.
        offered: (columns,) bool, whether a column could be chosen at all, such as a goal that is known; None where all can.
    """

    title: str
    values: np.ndarray
    row_names: tuple[str, ...]
    column_names: tuple[str, ...] = ()
    marked: int = -1
    offered: np.ndarray | None = None
    row_meanings: tuple[str, ...] = ()


@renamed_attributes(command_space="action_space", command_names="action_names")
@dataclass(frozen=True, kw_only=True)
class LearnerSpec:
    """What a learner is born into: the senses it hears, the actions it may take, and steering's offers.

    Attributes:
        senses: all that it hears: ``outer`` senses of the world first, then steering's signals.
        outer: the former alone.
        action_space: of one animal.
        repertoire: motor programmes that it may call.
        channels: innate signals that it can learn to predict, in the order of ``Verdict.channels``.
        assessed: those of them whose predictions steering values.
        delayed: channels that follow their cause late, with the time constant in s.
        judging_delay: seconds from a graded action to its judgement; None where actions are not judged moment by moment.
        reflex_lead: seconds ahead by which steering's own graded action is to be predicted; None where nobody asks for it.
        dt: seconds per step.
        action_names: of the axes of a graded action, or of the actions of a discrete one, for those who watch.
    """

    senses: Senses
    outer: Senses
    action_space: gym.Space
    repertoire: Repertoire
    channels: tuple[str, ...] = ()
    assessed: tuple[str, ...] = ()
    delayed: tuple[tuple[str, float], ...] = ()
    judging_delay: float | None = None
    reflex_lead: float | None = None
    dt: float
    action_names: tuple[str, ...] = ()


_OLD_MEMBERS = {"purposes": "stream_names"}


@renamed_attributes(**_OLD_MEMBERS, rows="num_animals", anatomy="spec")
class Learner(abc.ABC):
    """A learner for a whole population; each animal has its own wiring and weights.

    The order of calls, which the base enforces::

        learner.birth(seeds, everyone)       # random wiring, nothing learned
        learner.observe(observation)         # once for every observation, before steering reacts to it
        while True:
            recollection = learner.recall()  # changes nothing; steering reads it when it reacts
            proposal = learner.propose(observation, reflex, gains)
            ...                              # hand-over, the world's step, steering's judgement
            learner.observe(next_observation)  # that of the next episode, where one has ended
            learner.learn(transition)
            learner.begin(ended)             # where an episode has ended

    Steering's signals are part of an observation. When it is observed they are still those of the moment before, since steering
    has not reacted; when it is proposed for, they are those of now.

    A subclass writes ``birth``, ``begin``, ``_propose``, ``_learn`` and ``_state_parts``; ``_observe`` and ``_recall`` if it
    remembers anything about steering's channels.

    Args:
        num_animals: how many.
        spec: senses, actions and repertoire.
        may_defer: whether "let the reflex act" is among the options.

    Attributes:
        name: as people type it.
        option_names: for those who watch.
        stream_names: one for each purpose for which random numbers are drawn.
        lesionable: parts that an experimenter can remove.
        needs: optional libraries that it cannot do without, by the names under which they are imported.
        costly: whether one of its steps takes about a thousand times as long as one of the world; comparisons then take few animals.
    """

    name: ClassVar[str]
    option_names: tuple[str, ...] = ()
    stream_names: ClassVar[tuple[str, ...]] = ("wiring", "exploration")
    lesionable: tuple[str, ...] = ()
    needs: ClassVar[tuple[str, ...]] = ()
    costly: ClassVar[bool] = False

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        accept_old_members(cls, _OLD_MEMBERS)
        accept_old_learner(cls)

    def __init__(self, num_animals: int, spec: LearnerSpec, may_defer: bool = True) -> None:
        self.num_animals, self.spec, self.may_defer = num_animals, spec, may_defer
        self.streams = RowStreams(num_animals, self.stream_names)
        self.lesions = BatchState(num_animals, **dict.fromkeys(self.lesionable, False))
        self._due, self._proposed = "observe", False

    # -- what an author writes -------------------------------------------------------------------

    @abc.abstractmethod
    def birth(self, seeds: np.ndarray, mask: np.ndarray) -> None:
        """Wire the chosen animals (bool mask) at random from their own seeds (animals,), with nothing learned."""

    @abc.abstractmethod
    def begin(self, mask: np.ndarray) -> None:
        """Start an episode of the chosen animals (bool mask); what was learned stays."""

    def _observe(self, observation: np.ndarray) -> None:
        """Take in an observation (animals, spec.senses.size)."""

    def _recall(self) -> Recollection | None:
        """What is remembered about steering's channels now; changes nothing. None if the learner has no such memory."""
        return None

    @abc.abstractmethod
    def _propose(self, observation: np.ndarray, reflex: Reflex, gains: Gains) -> Proposal:
        """What to do after an observation (animals, spec.senses.size)."""

    @abc.abstractmethod
    def _learn(self, transition: Transition) -> None:
        """Learn from one tick; the observation that follows was observed already."""

    @abc.abstractmethod
    def _state_parts(self) -> dict[str, Any]:
        """Everything that changes or was drawn at birth: parts with ``get_state`` and ``set_state``, wiring as ``"wiring"``."""

    def _group_for_kernels(self) -> None:
        """Group arrays as kernels take them. Called once by ``__init__``, and again on a copy, whose arrays are its own."""

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self._group_for_kernels()

    # -- what the loop calls ---------------------------------------------------------------------

    def observe(self, observation: np.ndarray) -> None:
        """Take in an observation (animals, spec.senses.size), once for each."""
        self._in_turn("observe", "learn" if self._proposed else "propose")
        self._observe(observation)

    def recall(self, *old: Any) -> Recollection | None:
        """What is remembered about steering's channels now; as often as anyone likes, since it changes nothing."""
        if old:
            return parent_of_old(self)._recall()
        return self._recall()

    def propose(self, observation: np.ndarray, reflex: Reflex, gains: Gains) -> Proposal:
        """What to do after an observation (animals, spec.senses.size); once a tick."""
        if called_from_old(self):
            return parent_of_old(self)._propose(observation, reflex, gains)
        self._in_turn("propose", "observe")
        self._proposed = True
        return self._propose(observation, reflex, gains)

    def learn(self, transition: Transition, *old: Any) -> None:
        """Learn from one tick, once."""
        if old:
            parent_of_old(self)._learn(Transition(**parts_of_old(transition, *old)))
            return
        self._in_turn("learn", "propose")
        self._proposed = False
        self._learn(transition)

    def interrupt(self, due: str = "propose") -> None:
        """The tick that was begun is not finished: next is ``due``, "propose", or "observe" where a reset gives another observation."""
        self._due, self._proposed = due, False

    def _in_turn(self, call: str, following: str) -> None:
        if call != self._due:
            raise WrongOrder(
                f"The learner {self.name} was asked to {call} when it was time to {self._due}. The order is observe, then in each tick "
                "propose, observe, learn; recall is free. See the docstring of learning.subsystem.Learner."
            )
        self._due = following

    # -- state -----------------------------------------------------------------------------------

    def get_state(self) -> dict[str, np.ndarray]:
        """Everything that changes or was drawn at birth, as copies; to be taken between ticks."""
        return state_of(self._state_parts())

    def set_state(self, state: dict[str, np.ndarray]) -> None:
        """Restore what :meth:`get_state` gave; raises :class:`core.errors.StateMismatch` if it does not fit."""
        check_same_layout(f"learner {self.name}", self.get_state(), state)
        self._check_numbers(state)
        restore(self._state_parts(), state)
        self.interrupt()

    def _check_numbers(self, state: dict[str, np.ndarray]) -> None:
        """Raise unless whole numbers by which kernels find their way name something that there is; -1 names nothing."""
        counts = self._counts()
        for name, values in state.items():
            count = counts.get(name.rpartition("/")[2])
            if (
                count is not None
                and values.dtype.kind in "iu"
                and values.size
                and not (-1 <= values.min() <= values.max() < count)
            ):
                raise StateMismatch(
                    f"In the saved state of the learner {self.name}, {name} names number {values.max()}, but there are {count}."
                )

    def _counts(self) -> dict[str, int]:
        """Names of fields of state that hold numbers of things -> how many such things there are."""
        return {}

    # -- for those who watch and compare ---------------------------------------------------------

    def read_outs(self) -> dict[str, np.ndarray]:
        """The learned weights, name -> (animals, ...) array, the learner's own: exchanging rows exchanges what was learned."""
        return {}

    def option_values(self, row: int) -> np.ndarray | None:
        """(options,) values at the last decision of one animal; None if it has none."""
        return None

    def live_map(self, row: int) -> LiveMap | None:
        """What one animal has learned, as a small picture; None if there is none."""
        return None

    def settings(self) -> dict[str, Any]:
        """The innate settings (genome), for reports and checkpoints."""
        return {}


__getattr__ = old_names(__name__)
