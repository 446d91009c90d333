"""The fly's steering subsystem: innate worth of odours, feeding, escape and search, and judgement of sugar by hunger."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numba import njit

from core.batch_state import Field, RecordState
from core.interfaces import Gains, Recollection, Reflex, Repertoire
from core.senses import Sense, Senses
from envs.odour_choice.odours import LIKED, SHUNNED
from envs.odour_choice.tunnel import SIP
from steering.subsystem import EXPERIMENTER, Judgement, MutableVariable, Steering

REST, TRACK, AVOID, FEED, ESCAPE, SEARCH = range(6)
_WORTH = 0.25  # valence of a smell from which it is called tracked or avoided; for the urgency of either; chosen
_HUNGRY, _SATED = 0.2, 0.05  # hunger from which it looks for food, and at which it stops eating; chosen
_LEARNED = 2.0  # valence of what is expected for certain, where a glomerulus of innate worth at full rate has 1; chosen
_NEED = 0.5  # worth of sugar to a fly that lacks nothing; chosen
_ESCAPE = 4  # steps that it runs from a shock; chosen
_TURN = 0.3  # chance in a step that a walking fly decides anew where to go; chosen
_STARTLES = 0.25  # change of valence within a step at which it decides at once; chosen
_CHOICE = 0.1  # valence that sends 73% of flies upwind; chosen
_CONTRAST, _ADAPTS = (
    0.9,
    10.0,
)  # share of the usual valence that is taken off, and s in which a fly gets used to one; chosen
_SUGAR, _PAIN, _EFFORT = (
    3.0,
    1.0,
    0.03,
)  # reward of a meal at full need, lost by a shock, and by a step at full speed; chosen
_MATURES = 1500.0  # s in which exploration falls to a third; chosen
_URGENCY = (0.0, 0.3, 0.5, 0.6, 1.0, 0.2)  # of each want; chosen


@njit(cache=True)
def _react(innate, senses, expected, noise, dt, reflex):
    """Fill ``action`` and ``channel_values``; ``expected`` (animals, 2) is learned sugar and pain, ``noise`` (animals, 2) uniform."""
    action, channel_values = reflex
    for row in range(action.shape[0]):
        fly, variable, lesions, sense = innate.transient[row], innate.mutable[row], innate.lesions[row], senses[row]
        fly.hunger = 0.0 if lesions.hunger else min(1.0, variable.hunger_gain * sense.lack)
        fly.seeking = fly.hunger > _HUNGRY or (fly.seeking and fly.hunger > _SATED)
        need = _NEED + fly.hunger if fly.seeking else 0.0
        channel_values[row, 0], channel_values[row, 1] = _SUGAR * SIP * need, -_PAIN
        innately = max(sense.odour[LIKED[0]], sense.odour[LIKED[1]]) - max(sense.odour[SHUNNED[0]], sense.odour[SHUNNED[1]])
        before = fly.valence
        learned = min(1.0, max(-1.0, need * expected[row, 0] - expected[row, 1]))
        fly.valence = _LEARNED * learned
        if not lesions.lateral_horn:
            fly.valence += innately
        relative = fly.valence - _CONTRAST * fly.usual
        fly.usual += (1.0 - math.exp(-dt / _ADAPTS)) * (fly.valence - fly.usual)
        fly.escapes = _ESCAPE if sense.pain > 0.5 and not lesions.escape else max(0, fly.escapes - 1)
        if noise[row, 0] < _TURN or abs(fly.valence - before) > _STARTLES:
            fly.heading = 1.0 if noise[row, 1] < 1.0 / (1.0 + math.exp(-relative / _CHOICE)) else -1.0
        fly.want = SEARCH if fly.seeking else REST
        if fly.seeking and fly.valence > _WORTH:
            fly.want = TRACK
        if fly.valence < -_WORTH:
            fly.want = AVOID
        if sense.sweet > 0.5 and fly.seeking and not lesions.feeding:
            fly.want = FEED
        if fly.escapes > 0:
            fly.want = ESCAPE
        walks = fly.want == SEARCH or fly.want == TRACK or fly.want == AVOID
        action[row, 0] = fly.heading if walks else -1.0 if fly.want == ESCAPE else 0.0
        action[row, 1] = 1.0 if fly.want == FEED else -1.0
        fly.urgency = _URGENCY[fly.want]


class Fly(Steering):
    """Reflexes, hunger and judgement of the animal of ``OdourChoice``.

    Lateral horn: a few glomeruli are good or bad by nature. A hungry fly walks, upwind the more often the better it smells; what is
    learned of sugar and pain, worth what it is worth now, adds to what smells good or bad. It feeds where it stands in sugar, if it
    is hungry, and runs downwind from a shock. Reward is sugar times need, pain and effort.
    """

    world = "OdourChoice"
    wants = ("rest", "track", "avoid", "feed", "escape", "search")
    parts = ("sugar", "pain", "effort")
    channels = ("sugar", "pain")
    assessed = channels
    best_constant = "rest"
    lesionable = ("lateral_horn", "feeding", "escape", "hunger")
    signals = Senses(Sense("hunger", "1", 0.0, 1.0, "felt lack of food, as a share of the store"))
    variables = (MutableVariable("hunger_gain", "gain of hunger", 0.0, 2.0, 1.0, EXPERIMENTER, "chosen"),)

    transient_state = (
        Field("hunger", "1", "felt lack of food", 0.0, 0.0, 1.0),
        Field("seeking", "bool", "whether it is hungry and looks for food", False, 0, 1),
        Field("valence", "1", "of what it smells now, by nature and by learning", 0.0),
        Field("usual", "1", "valence that it is used to", 0.0),
        Field("heading", "1", "1 upwind, -1 downwind", 1.0, -1.0, 1.0),
        Field("escapes", "step", "that it still runs from a shock", 0, 0, _ESCAPE),
        Field("want", "index", "in wants", REST, REST, SEARCH),
        Field("urgency", "1", "of the reflex", 0.0, 0.0, 1.0),
    )

    transient: RecordState

    def _react(self, reading: Any, recollection: Recollection | None) -> Reflex:
        now = self.transient
        expected = np.zeros((self.num_animals, len(self.channels)))
        if recollection is not None and recollection.predicted_channels is not None:
            expected = recollection.predicted_channels
        action, channel_values = np.empty((self.num_animals, 2)), np.empty((self.num_animals, len(self.channels)))
        _react(self._innate, reading, expected, self.streams.uniform("reflex noise", 2), self.dt, (action, channel_values))
        arousal = (now.seeking | (now.escapes > 0)).astype(float)
        return Reflex(action, now.urgency.copy(), now.want.copy(), arousal, channel_values)

    def _judge(self, before: Any, action: np.ndarray, after: Any, parts: Any, channels: Any) -> None:
        _judge(self._innate, after, action, Judgement(parts, channels))

    def modulate(self, age: np.ndarray) -> Gains:
        """Exploration falls to a tenth within a third of life; the rest stays."""
        one = np.ones(len(age))
        return Gains(one, np.maximum(0.1, np.exp(-age / _MATURES)), one.copy())

    @property
    def repertoire(self) -> Repertoire:
        """Standing still, walking up and down the wind, feeding."""
        actions = np.array([[0.0, -1.0], [1.0, -1.0], [-1.0, -1.0], [0.0, 1.0]])
        return Repertoire(("rest", "upwind", "downwind", "feed"), actions)

    def sense_signals(self, reading: Any) -> None:
        """Hunger, as broadcast to the learner."""
        reading["hunger"][:] = self.transient.hunger


@njit(cache=True)
def _judge(innate, after, action, judgement):
    for row in range(action.shape[0]):
        fly, sense, part, channel = innate.transient[row], after[row], judgement.parts[row], judgement.channels[row]
        part.sugar = _SUGAR * sense.swallowed * (_NEED + fly.hunger)
        part.pain = -_PAIN * sense.pain
        part.effort = -_EFFORT * min(1.0, abs(action[row, 0]))
        channel.sugar, channel.pain = min(1.0, sense.swallowed / SIP), sense.pain
