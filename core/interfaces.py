"""What passes between the rooms: plain data, so that steering and learning need not know each other.

All arrays have a leading axis of animals (rows).
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np


@dataclass(slots=True)
class Reflex:
    """What steering would do now.

    Attributes:
        command: (rows, *command shape).
        urgency: (rows,) in [0, 1].
        want: (rows,) int, index into the steering's ``wants``.
        arousal: (rows,) in [0, 1]: how much is at stake now, so that a learner looks and tries more.
        appraisal: (rows, len(steering.assessed)): what a unit of each assessed channel would be worth now, in reward; None
            where steering assesses no predictions.
    """

    command: np.ndarray
    urgency: np.ndarray
    want: np.ndarray
    arousal: np.ndarray
    appraisal: np.ndarray | None = None


@dataclass(slots=True)
class Verdict:
    """Steering's judgement of one step.

    Attributes:
        reward: (rows,) the sum of ``parts``.
        judged: (rows,) the same before any expectation is taken off: how good steering finds this step by itself.
        parts: (rows, len(steering.parts)) what the reward is made of.
        channels: (rows, len(steering.channels)) innate signals that a learner can learn to predict.
    """

    reward: np.ndarray
    judged: np.ndarray
    parts: np.ndarray
    channels: np.ndarray


@dataclass(slots=True)
class Gains:
    """Neuromodulation, all (rows,): multiplies the learner's learning rate, exploration and plasticity."""

    learning_rate: np.ndarray
    exploration: np.ndarray
    plasticity: np.ndarray


@dataclass(slots=True)
class Recollection:
    """What the learner remembers and expects of steering's channels.

    Attributes:
        displacement: channel name -> (rows, 2) from here to there, in units of the place sense.
        confidence: channel name -> (rows,) in [0, 1]; 0 where nothing is remembered.
        foretold: (rows, len(steering.assessed)): what is expected of each assessed channel soon, as things are; None
            where the learner has no thought assessors.
    """

    displacement: dict[str, np.ndarray] = field(default_factory=dict)
    confidence: dict[str, np.ndarray] = field(default_factory=dict)
    foretold: np.ndarray | None = None
    cached: np.ndarray | None = None


@dataclass(slots=True)
class Proposal:
    """What the learner would do now.

    Attributes:
        command: (rows, *command shape).
        confidence: (rows,) lower bound of the estimated advantage over the reflex, in units of reward.
        advantage: (rows,) the estimate itself.
        familiarity: (rows,) in [0, 1]: share of the evidence that rests on enough visits.
        defers: (rows,) bool: the learner itself chooses to let the reflex act.
        explores: (rows,) bool: proposed to find out, not because it looks best.
        option: (rows,) int, index into the learner's ``option_names``; -1 where it has none.
        fresh: (rows,) bool: a new decision, not the rest of a bout.
        adopted: (rows,) bool: an act of the learner that has become part of the baseline, so that it needs no new proof.
    """

    command: np.ndarray
    confidence: np.ndarray
    advantage: np.ndarray
    familiarity: np.ndarray
    defers: np.ndarray
    explores: np.ndarray
    option: np.ndarray
    fresh: np.ndarray
    adopted: np.ndarray

    @classmethod
    def plain(cls, command: np.ndarray) -> Proposal:
        """A proposal of which only the command is known, as any reinforcement-learning library gives it."""
        rows = len(command)
        no, nothing = np.zeros(rows, bool), np.zeros(rows)
        return cls(
            command, nothing, nothing.copy(), nothing.copy(), no, no.copy(), np.full(rows, -1), np.ones(rows, bool), no.copy()
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Goal:
    """A motor programme with a target, at ``pace`` (share of full speed).

    The target is the place where ``channel`` is remembered, or, for a taxis, the direction of ``sense``.
    ``depletes`` says that a place just visited has nothing left for a while (food, not shelter).
    """

    name: str
    pace: float
    channel: str | None = None
    sense: str | None = None
    depletes: bool = False


@dataclass(frozen=True, slots=True)
class Repertoire:
    """The brainstem's motor programmes, which a learner can call by number.

    Attributes:
        names: one for each fixed programme; the first is rest.
        commands: (programmes, *command shape).
        goals: programmes that need a target.
        place: name of the two-dimensional sense in which targets are remembered, or None.
    """

    names: tuple[str, ...]
    commands: np.ndarray
    goals: tuple[Goal, ...] = ()
    place: str | None = None
