"""What passes between world, steering, learning and hand-over: plain data, so that they need not know each other.

All arrays have a leading axis of animals.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np

from core.renamed import renamed_attributes


@renamed_attributes(command="action", appraisal="channel_values")
@dataclass(slots=True)
class Reflex:
    """What steering would do now.

    Attributes:
        action: (animals, *action shape).
        urgency: (animals,) in [0, 1].
        want: (animals,) int, index into the steering's ``wants``.
        arousal: (animals,) in [0, 1]: how much is at stake now, so that a learner looks and explores more.
        channel_values: (animals, len(steering.assessed)) reward that a unit of each assessed channel would be worth now; None
            where steering assesses none.
        futile: (animals,) bool: experience says that the reflex brings no good; None before anyone has said so.
        innate_action: (animals, *action shape) what steering would do if nothing had been learned of its own actions; None where
            that is ``action`` itself.
    """

    action: np.ndarray
    urgency: np.ndarray
    want: np.ndarray
    arousal: np.ndarray
    channel_values: np.ndarray | None = None
    futile: np.ndarray | None = None
    innate_action: np.ndarray | None = None


@dataclass(slots=True, kw_only=True)
class Verdict:
    """Steering's judgement of one step.

    Attributes:
        reward: (animals,) the sum of ``parts``.
        judged: (animals,) the same before any expectation is taken off: how good steering finds this step by itself.
        parts: (animals, len(steering.parts)) what the reward is made of.
        channels: (animals, len(steering.channels)) innate signals that a learner can learn to predict.
    """

    reward: np.ndarray
    judged: np.ndarray
    parts: np.ndarray
    channels: np.ndarray


@dataclass(slots=True)
class Gains:
    """Neuromodulation, all (animals,): multiplies the learner's learning rate, exploration and plasticity."""

    learning_rate: np.ndarray
    exploration: np.ndarray
    plasticity: np.ndarray


@renamed_attributes(foretold="predicted_channels", cached="predicted_reward")
@dataclass(slots=True, kw_only=True)
class Recollection:
    """What the learner remembers and expects of steering's channels.

    Attributes:
        displacement: channel name -> (animals, 2) from here to there, in units of the place sense.
        confidence: channel name -> (animals,) in [0, 1]; 0 where nothing is remembered.
        predicted_channels: (animals, len(steering.assessed)): what is expected of each assessed channel soon, as things are;
            None where the learner has no thought assessors.
        predicted_reward: (animals,) the same of reward itself, by a learner that predicts nothing else; else None.
        anticipated_action: (animals, *action shape) what steering's own action is predicted to be a moment ahead, as a deviation from
            rest; None where steering declares no :attr:`steering.subsystem.Steering.reflex_lead`.
    """

    displacement: dict[str, np.ndarray] = field(default_factory=dict)
    confidence: dict[str, np.ndarray] = field(default_factory=dict)
    predicted_channels: np.ndarray | None = None
    predicted_reward: np.ndarray | None = None
    anticipated_action: np.ndarray | None = None

    def of(self, rows: np.ndarray) -> Recollection:
        """That of the given row numbers alone."""

        def some(values: np.ndarray | None) -> np.ndarray | None:
            return None if values is None else values[rows]

        return Recollection(
            displacement={name: values[rows] for name, values in self.displacement.items()},
            confidence={name: values[rows] for name, values in self.confidence.items()},
            predicted_channels=some(self.predicted_channels),
            predicted_reward=some(self.predicted_reward),
            anticipated_action=some(self.anticipated_action),
        )

    def forget(self, mask: np.ndarray) -> None:
        """Let nothing be remembered by the chosen animals (bool mask)."""
        offered = (self.predicted_channels, self.predicted_reward, self.anticipated_action)
        for values in (*self.confidence.values(), *offered):
            if values is not None:
                values[mask] = 0.0


@renamed_attributes(command="action", fresh="new_decision", confidence="lower_bound")
@dataclass(slots=True, kw_only=True)
class Proposal:
    """What the learner would do now.

    Attributes:
        action: (animals, *action shape).
        lower_bound: (animals,) lower confidence bound of ``advantage``, in units of reward.
        advantage: (animals,) estimated advantage over the reflex, in units of reward.
        familiarity: (animals,) in [0, 1]: share of the evidence that rests on enough visits.
        defers: (animals,) bool: the learner itself chooses to let the reflex act.
        explores: (animals,) bool: proposed to find out, not because it looks best.
        option: (animals,) int, index into the learner's ``option_names``; -1 where it has none.
        new_decision: (animals,) bool: decided now, not the rest of an option that is under way.
        adopted: (animals,) bool: an act of the learner that has become part of the baseline, so that it needs no new proof.
    """

    action: np.ndarray
    lower_bound: np.ndarray
    advantage: np.ndarray
    familiarity: np.ndarray
    defers: np.ndarray
    explores: np.ndarray
    option: np.ndarray
    new_decision: np.ndarray
    adopted: np.ndarray

    @classmethod
    def plain(cls, action: np.ndarray, **known: np.ndarray) -> Proposal:
        """A proposal of which the action is known, as any reinforcement-learning library gives it, and what else is ``known``."""
        num_animals = len(action)
        plain = {name: np.zeros(num_animals) for name in ("lower_bound", "advantage", "familiarity")}
        plain |= {name: np.zeros(num_animals, bool) for name in ("defers", "explores", "adopted")}
        plain |= {"option": np.full(num_animals, -1), "new_decision": np.ones(num_animals, bool)}
        return cls(action=action, **(plain | known))

    def copy(self) -> Proposal:
        """The same in arrays of its own."""
        return Proposal(**{each.name: getattr(self, each.name).copy() for each in fields(self)})


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


@renamed_attributes(commands="actions")
@dataclass(frozen=True, slots=True)
class Repertoire:
    """The brainstem's motor programmes, which a learner can call by number.

    Attributes:
        names: one for each fixed programme; the first is rest.
        actions: (programmes, *action shape).
        goals: programmes that need a target.
        place: name of the two-dimensional sense in which targets are remembered, or None.
        mapped: name of the sense by which the animal knows where it is, of which a cortex has a map of its own: a place, a
            direction of gaze, the phase of a song; by default that of ``place``.
        act: seconds for which a programme is held, where that is innate (a blink is brief); None leaves it to the learner's genome.
    """

    names: tuple[str, ...]
    actions: np.ndarray
    goals: tuple[Goal, ...] = ()
    place: str | None = None
    mapped: str | None = None
    act: float | None = None
