"""The rat's steering subsystem: tongue, drives, hormones felt as need, and what a predicted taste is worth now."""

from __future__ import annotations

import math
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numba import njit

from core.batch_state import Field, RecordState
from core.interfaces import Gains, Recollection, Reflex, Repertoire
from core.senses import Sense, Senses
from envs.salt_appetite.physiology import LICKING
from steering.subsystem import EXPERIMENTER, Judgement, MutableVariable, Steering

REST, WANDER, LICK, LEAVE, APPROACH_CUE, AVOID_CUE = range(6)
SALT, WATER, SWEET, BITTER, MALAISE = range(5)

# Drive D = (sum |need / scale|^n)^(1/m); n > m > 1 is needed for all its properties (Keramati and Gutkin 2014).
_N, _M = 4.0, 3.0
REWARD = 2.5  # for a unit of drive; sets the scale of reward and nothing else; chosen
SODIUM_SCALE, WATER_SCALE, ENERGY_SCALE = 1.0, 8.0, 15.0  # mEq, ml, kJ; chosen
# Sodium need = max(0, A (1 + k L) - brake) (1 + tally): synergy of angiotensin and aldosterone (Resch et al. 2017),
# a tonic brake (Park et al. 2020), sensitisation (Sakai et al. 1989); numbers chosen.
_SYNERGY = 0.5  # per mEq
_BRAKE = 1.9  # mEq
_SATIETY = 0.6  # of the rest, for each ml of salt taste: the tongue shuts need off in minutes (Lee et al. 2019)
_SATIETY_FADES = 1800.0  # s
_METER_FADES = 900.0  # s: water and sugar on their way, as metered by the mouth, fade as the gut empties
_PALATABLE, _UNPLEASANT = 0.75, -1.5  # reward of a usual lick of sugar, and of full bitterness; chosen
_SICKENING = -15.0  # reward for each unit of malaise that is added
_EFFORT = -0.025  # reward for a step of walking; chosen
# Acts; all chosen.
_SEEK, _SATED = 0.4, 0.2  # felt need (in scales) from which it seeks, and at which it stops
_ACCEPT = 0.05  # reward of a step of licking above which it goes on
_REFUSE = 600.0  # s for which it leaves spouts alone after one was rejected
_WANDER_TURN = 0.6  # rad per square root of a step
_CUE = 0.04  # predicted reward above which a cue is approached; below its negative, a cue is avoided
_SIGN_TRACKING = 1.0  # urgency of turning to or from a cue
_USUAL_SALT, _USUAL_WATER, _USUAL_SWEET = 0.225, 0.75, 7.5  # mEq, ml, kJ of one step of licking
# Mutable variables
_TALLY_STEP = 0.3
_TALLY_CEILING = 1.5
_EPISODE_BEGINS, _EPISODE_ENDS = 0.8, 0.1  # mEq of need


@njit(cache=True)
def drive(sodium, water, energy):
    """Distance from the set-points, from needs in their scales; surplus counts as much as lack."""
    return (np.abs(sodium) ** _N + np.abs(water) ** _N + np.abs(energy) ** _N) ** (1.0 / _M)


@njit(cache=True)
def sodium_need(angiotensin, aldosterone, tally):
    """mEq felt as missing, before satiation by taste."""
    return max(0.0, angiotensin * (1.0 + _SYNERGY * aldosterone) - _BRAKE) * (1.0 + tally)


@njit(cache=True)
def _feel(animal, variable, lesion, sense):
    """Needs in their scales, as steering feels them now."""
    need = 0.0 if lesion.sodium_drive else sodium_need(sense.angiotensin, sense.aldosterone, variable.depletion_tally)
    animal.raw_need = need
    animal.sodium = variable.salt_gain * need * (1.0 - animal.satiety) / SODIUM_SCALE
    thirst = 0.0 if lesion.thirst else sense.water_deficit - animal.water_meter
    hunger = 0.0 if lesion.hunger else sense.energy_deficit - animal.energy_meter
    animal.water = variable.thirst_gain * thirst / WATER_SCALE
    animal.energy = hunger / ENERGY_SCALE


@njit(cache=True)
def worth(animal, salt, water, sweet, bitter):
    """Reward of tasting this much now: predicted drive reduction, and palatability."""
    before = drive(animal.sodium, animal.water, animal.energy)
    after = drive(
        animal.sodium - salt / SODIUM_SCALE, animal.water - water / WATER_SCALE, animal.energy - sweet / ENERGY_SCALE
    )
    return REWARD * (before - after) + _PALATABLE * sweet / _USUAL_SWEET * animal.wants_sweet + _UNPLEASANT * bitter


@njit(cache=True)
def _value_channels(animal, values):
    """What a unit of each channel would be worth now, from a usual lick of it; nothing is sought by a sated animal."""
    animal.wants_sweet = 1.0 if animal.energy > 0.0 else 0.0
    values[SALT] = worth(animal, _USUAL_SALT, 0.0, 0.0, 0.0) / _USUAL_SALT
    values[WATER] = worth(animal, 0.0, _USUAL_WATER, 0.0, 0.0) / _USUAL_WATER
    values[SWEET] = worth(animal, 0.0, 0.0, _USUAL_SWEET, 0.0) / _USUAL_SWEET
    values[BITTER] = _UNPLEASANT
    values[MALAISE] = _SICKENING


class Prediction(NamedTuple):
    """What the learner's assessors expect when a lever is out."""

    channels: np.ndarray  # (animals, channels)
    reward: np.ndarray  # (animals,)


@njit(cache=True)
def _promise(prediction, row, values):
    """Reward that a cue predicts: what is expected of each channel, at its present value."""
    promise = prediction.reward[row]
    for channel in range(values.shape[0]):
        promise += values[channel] * max(0.0, prediction.channels[row, channel])  # no sensation is less than none
    return promise


@njit(cache=True)
def _react(innate, senses, prediction, noise, dt, reflex):
    action, channel_values = reflex
    for row in range(action.shape[0]):
        animal, variable, lesions, sense = innate.transient[row], innate.mutable[row], innate.lesions[row], senses[row]
        _feel(animal, variable, lesions, sense)
        _value_channels(animal, channel_values[row])
        _count_episodes(animal, variable)
        most = max(animal.sodium, max(animal.water, animal.energy))
        animal.seeking = most > _SEEK or (animal.seeking and most > _SATED)
        animal.refusing = max(0.0, animal.refusing - dt)
        tasted = sense.salt + sense.water + sense.sweet + sense.bitter > 0.0
        good = worth(animal, sense.salt, sense.water, sense.sweet, sense.bitter) - sense.lick_cost * _volume(sense, dt)
        if tasted and not lesions.tongue and good < _ACCEPT:
            animal.refusing = _REFUSE
        _head(animal, sense, noise[row])
        out = sense.lever[0] + sense.lever[1] > 0.5
        promise = animal.promise = _promise(prediction, row, channel_values[row]) if out else 0.0
        for axis in range(2):
            action[row, axis] = 0.0
        action[row, 2] = -1.0
        if out and abs(promise) > _CUE:
            animal.want, animal.urgency = (APPROACH_CUE if promise > 0.0 else AVOID_CUE), _SIGN_TRACKING
            for axis in range(2):
                action[row, axis] = (1.0 if promise > 0.0 else -1.0) * sense.lever_direction[axis]
        elif sense.spout > 0.5 and animal.seeking and animal.refusing <= 0.0:
            animal.want, animal.urgency = LICK, 0.3
            action[row, 2] = 1.0
        elif animal.seeking or animal.refusing > _REFUSE - 3.0 * dt:
            animal.want, animal.urgency = (WANDER if animal.seeking else LEAVE), min(0.3, 0.1 * most)
            action[row, 0], action[row, 1] = math.cos(animal.heading), math.sin(animal.heading)
        else:
            animal.want, animal.urgency = REST, 0.0


@njit(cache=True)
def _volume(sense, dt):
    """ml licked in the last step, as far as the tongue can tell."""
    tasted = sense.salt + sense.water + sense.sweet + sense.bitter > 0.0
    return LICKING / 60.0 * dt if tasted and sense.spout > 0.5 else 0.0


@njit(cache=True)
def _head(animal, sense, noise):
    turned = animal.heading + _WANDER_TURN * noise
    x, y = math.cos(turned) + 1.5 * sense.touch[0], math.sin(turned) + 1.5 * sense.touch[1]
    animal.heading = math.atan2(y, x)


@njit(cache=True)
def _count_episodes(animal, variable):
    """The tally rises once for each episode of need, through plasticity within it, towards its ceiling."""
    if animal.raw_need > _EPISODE_BEGINS and variable.in_need < 0.5:
        variable.in_need = 1.0
        variable.depletion_tally += _TALLY_STEP * (1.0 - variable.depletion_tally / _TALLY_CEILING)
    elif animal.raw_need < _EPISODE_ENDS:
        variable.in_need = 0.0


@njit(cache=True)
def _judge(innate, before, action, after, dt, judgement):
    for row in range(action.shape[0]):
        animal, sense, part, channel = innate.transient[row], after[row], judgement.parts[row], judgement.channels[row]
        salt, water, sweet, bitter = sense.salt, sense.water, sense.sweet, sense.bitter
        if innate.lesions[row].tongue:
            salt = water = sweet = bitter = 0.0
        sick = max(0.0, sense.malaise - before[row].malaise)
        part.drive = worth(animal, salt, water, sweet, 0.0)
        part.palatability = _UNPLEASANT * bitter
        part.malaise = _SICKENING * sick
        part.effort = _EFFORT * min(1.0, math.hypot(action[row, 0], action[row, 1])) * (action[row, 2] <= 0.0)
        part.effort -= sense.lick_cost * _volume(sense, dt)
        channel.salt, channel.water, channel.sweet, channel.bitter = salt, water, sweet, bitter
        channel.malaise = sick
        fade = math.exp(-dt / _SATIETY_FADES)
        licked = min(1.0, salt / _USUAL_SALT) * LICKING / 60.0 * dt
        animal.satiety = fade * animal.satiety
        animal.satiety += (1.0 - animal.satiety) * (1.0 - math.exp(-_SATIETY * licked))
        meter = math.exp(-dt / _METER_FADES)
        animal.water_meter = meter * animal.water_meter + water
        animal.energy_meter = meter * animal.energy_meter + sweet


class Rat(Steering):
    """Reflexes, drives and judgement of the animal of ``SaltAppetite``.

    The tongue accepts or rejects by taste and state; an animal in need wanders, licks at spouts, and leaves one alone for ten
    minutes after rejecting it. Reward is predicted drive reduction by taste, r = D(H) - D(H + K(taste)), with n > m > 1
    (Keramati and Gutkin 2014). Satiation comes from the tongue within minutes; the blood catches up later (Lee et al.
    2019). What the learner's thought assessors predict when a lever comes out is valued in the present state of the body, and
    the lever approached or avoided (the flip of Robinson and Berridge 2013; Zhang et al. 2009).
    """

    world = "SaltAppetite"
    wants = ("rest", "wander", "lick", "leave", "approach cue", "avoid cue")
    parts = ("drive", "palatability", "malaise", "effort")
    channels: ClassVar[tuple[str, ...]] = ("salt", "water", "sweet", "bitter", "malaise")
    assessed: ClassVar[tuple[str, ...]] = channels
    delayed: ClassVar[tuple[tuple[str, float], ...]] = (("malaise", 900.0),)  # s, as long as the gut takes
    best_constant = "stay"
    lesionable = ("tongue", "sodium_drive", "thirst", "hunger")
    stream_names = ("reflex noise",)
    signals = Senses(
        Sense("salt_hunger", "1", 0.0, 8.0, "felt need of sodium, in mEq", scale=0.5),
        Sense("thirst", "1", 0.0, 6.0, "felt need of water, in units of 8 ml", scale=0.5),
        Sense("hunger", "1", 0.0, 8.0, "felt need of energy, in units of 15 kJ", scale=0.5),
    )
    variables = (
        MutableVariable(
            "depletion_tally",
            "how much past depletions strengthen the need of salt",
            0.0,
            _TALLY_CEILING,
            0.0,
            "rises with each episode of sodium need, less so near its ceiling",
            "Sakai et al. 1989; ceiling: Pereira-Derderian et al. 2016; step chosen",
        ),
        MutableVariable(
            "in_need",
            "1 while an episode of sodium need lasts",
            0.0,
            1.0,
            0.0,
            "1 from a need of 0.8 mEq, 0 again below 0.1",
            "chosen",
        ),
        MutableVariable(
            "salt_gain",
            "gain of sodium need",
            0.0,
            4.0,
            1.0,
            EXPERIMENTER,
            "chosen",
        ),
        MutableVariable(
            "thirst_gain",
            "gain of thirst",
            0.0,
            4.0,
            1.0,
            EXPERIMENTER,
            "chosen",
        ),
    )

    transient_state = (
        Field("sodium", "mEq", "felt need of sodium", 0.0, 0.0),
        Field("water", "8 ml", "felt need of water"),
        Field("energy", "15 kJ", "felt need of energy"),
        Field("raw_need", "mEq", "need of sodium before satiation by taste", 0.0, 0.0),
        Field("satiety", "1", "share by which the taste of salt has shut need off", 0.0, 0.0, 1.0),
        Field("water_meter", "ml", "on its way from the mouth to the blood", 0.0, 0.0),
        Field("energy_meter", "kJ", "on its way from the mouth to the blood", 0.0, 0.0),
        Field("wants_sweet", "1", "1 while energy is missing", 0.0, 0.0, 1.0),
        Field("seeking", "bool", "whether it is in need and looks for something", False, 0, 1),
        Field("refusing", "s", "that it leaves spouts alone", 0.0, 0.0, _REFUSE),
        Field("heading", "rad", "in which it wanders", 0.0, -math.pi, math.pi),
        Field("promise", "1", "reward that a cue predicts"),
        Field("want", "index", "in wants", REST, REST, AVOID_CUE),
        Field("urgency", "1", "of the reflex", 0.0, 0.0, 1.0),
    )

    transient: RecordState

    def _react(self, reading: Any, recollection: Recollection | None) -> Reflex:
        now, count = self.transient, len(self.channels)
        prediction = Prediction(np.zeros((self.num_animals, count)), np.zeros(self.num_animals))
        if recollection is not None and recollection.predicted_channels is not None:
            prediction = prediction._replace(channels=recollection.predicted_channels)
        if recollection is not None and recollection.predicted_reward is not None:
            prediction = prediction._replace(reward=recollection.predicted_reward)
        action, channel_values = np.empty((self.num_animals, 3)), np.zeros((self.num_animals, count))
        noise = self.streams.normal("reflex noise", 1)[:, 0]
        _react(self._innate, reading, prediction, noise, self.dt, (action, channel_values))
        channel_values[~now.seeking] = np.minimum(channel_values[~now.seeking], 0.0)
        return Reflex(action, now.urgency.copy(), now.want.copy(), now.seeking.astype(float), channel_values)

    def _judge(self, before: Any, action: np.ndarray, after: Any, parts: Any, channels: Any) -> None:
        _judge(self._innate, before, action, after, self.dt, Judgement(parts, channels))

    def modulate(self, age: np.ndarray) -> Gains:
        """Exploration falls to a tenth within days; the rest stays."""
        one = np.ones(len(age))
        return Gains(one, np.maximum(0.1, np.exp(-age / 172_800.0)), one.copy())

    @property
    def repertoire(self) -> Repertoire:
        """Standing still, walking in eight directions, licking."""
        angles = np.arange(8) * math.pi / 4
        walks = np.stack([np.cos(angles), np.sin(angles), np.full(8, -1.0)], axis=1)
        names = ("stay", *(f"walk {45 * k}" for k in range(8)), "lick")
        return Repertoire(names, np.concatenate([[[0.0, 0.0, -1.0]], walks, [[0.0, 0.0, 1.0]]]), place="place")

    def sense_signals(self, reading: Any) -> None:
        """Felt needs, as broadcast to the learner."""
        now = self.transient
        reading["salt_hunger"][:] = np.clip(now.sodium, 0.0, 8.0)
        reading["thirst"][:] = np.clip(now.water, 0.0, 6.0)
        reading["hunger"][:] = np.clip(now.energy, 0.0, 8.0)
