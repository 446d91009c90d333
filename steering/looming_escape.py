"""The mouse's steering subsystem: looming detector, threat accumulator, freeze, flight, and approach to food."""

from __future__ import annotations

import math
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numba import njit

from core.batch_state import Field, RecordState
from core.interfaces import Gains, Goal, Recollection, Reflex, Repertoire
from core.senses import Sense, Senses
from steering.detectors import EtaFunction, LoomingDetector, accumulate, looming_response
from steering.subsystem import Judgement, MutableVariable, Steering

REST, FORAGE, FREEZE, FLEE, HIDE = range(5)

# Accumulator: structure from Evans et al. (2018), constants chosen so that most strikes are fled in time.
_LEAK = 0.5  # s
_DRIVE = 7.0  # evidence per second at the detector's peak for the typical l/|v|, at contrast 1
_NOISE = 0.15  # evidence per square root of a second
_TYPICAL_SIZE_OVER_SPEED = 0.2  # s
_FREEZE_SHARE = 0.4  # of the bound, from which it freezes
_NO_REFUGE_FACTOR = 2.0  # on the bound where no refuge is remembered: freezing rises (Vale et al. 2017)
_SWEEP_DRIVE = 10.0  # per rad of translation
_SOUND_DRIVE = 4.0  # per second at loudness 1
_REMEMBERED = 0.3  # confidence from which a remembered refuge counts
# Acts; all chosen.
_FLIGHT_SECONDS = 2.0  # how long flight goes on after the threat fell below the bound
_HIDE_SECONDS = 3.0
_ALARM_SECONDS = 2.0
_HUNGRY = 0.3  # empty share of the energy store from which it forages
_SMELLED = 0.12  # strength of smell that is followed
_WALK = 0.31  # share of full speed: 0.25 m/s
_TROT = 0.5
_WANDER_TURN = 1.5  # rad per square root of a second
# Mutable variables: directions from Lenzi et al. (2022), sizes chosen.
_HABITUATION = 0.12
_SENSITISATION = 0.2
_CALMING = 600.0  # s in which the effect of pain wears off
_RECENT_FLIGHT = 7200.0  # s for which a flight keeps the bound from rising
_BOUND_LOW, _BOUND_HIGH = 0.6, 2.5
# Neuromodulation and judgement; chosen.
_EXPLORATION_DECAY = 3000.0  # s
_PAIN = 10.0  # reward lost by a capture; one meal when half hungry is worth 1
_RELIEF = 0.5


class Refuge(NamedTuple):
    """What the learner remembers of the shelter."""

    displacement: np.ndarray  # (animals, 2), in m
    remembered: np.ndarray  # (animals,) bool


class Vision(NamedTuple):
    """The looming detector, and the evidence per second that a unit of its response gives."""

    eta: EtaFunction
    gain: float
    dt: float


@njit(cache=True)
def _react(innate, senses, refuge, vision, noise, action):
    """Reflexes of every row; see :class:`Mouse` for what they are."""
    dt = vision.dt
    for row in range(action.shape[0]):
        animal, variable, lesions, sense = innate.transient[row], innate.mutable[row], innate.lesions[row], senses[row]
        bound, remembered = variable.threat_bound, refuge.remembered[row]
        _feel_threat(animal, lesions, sense, vision, noise[row, 0])
        dark = sense.darkness > 0.5
        needed = bound if remembered else _NO_REFUGE_FACTOR * bound
        crossed = (animal.threat > needed or animal.sound > 1.0) and not lesions.flight_threshold and not dark
        afraid = animal.threat > _FREEZE_SHARE * bound or animal.sweep > 0.5 or animal.sound > 0.5
        _flee_or_hide(animal, crossed, afraid, dark, max(animal.threat / needed, animal.sound), dt)
        _decide(animal, sense, afraid, dark)
        action[row, 0] = action[row, 1] = 0.0
        _wander(animal, sense, noise[row, 1], dt)
        if animal.fleeing:
            _flight(animal, sense, remembered, refuge.displacement[row], action[row])
        elif animal.want == FORAGE:
            _approach_food(animal, sense, lesions.smell, action[row])
        animal.arousal = 1.0 if sense.contrast != 0.0 or sense.loudness > 0.0 else animal.alarm
        _habituate(animal, variable, dt)
        variable.seconds_since_flight = 0.0 if animal.fleeing else variable.seconds_since_flight + dt


@njit(cache=True)
def _feel_threat(animal, lesions, sense, vision, noise):
    dt = vision.dt
    seen = max(0.0, sense.contrast) if sense.elevation > 0.0 and not lesions.looming_detector else 0.0
    response = looming_response(animal.history, sense.angular_size, sense.expansion, vision.eta)
    animal.threat = accumulate(animal.threat, vision.gain * seen * response, _NOISE * math.sqrt(dt) * noise, _LEAK, dt)
    animal.sweep = accumulate(animal.sweep, _SWEEP_DRIVE * seen * sense.translation, 0.0, _LEAK, dt)
    animal.sound = accumulate(animal.sound, _SOUND_DRIVE * sense.loudness, 0.0, _LEAK, dt)


@njit(cache=True)
def _flee_or_hide(animal, crossed, afraid, dark, strength, dt):
    starts = crossed and not animal.fleeing
    vigour = min(1.0, max(0.6, 0.35 + 0.4 * strength))
    if starts:
        animal.vigour = vigour
    elif animal.fleeing:
        animal.vigour = max(animal.vigour, vigour)
    animal.flight_left = _FLIGHT_SECONDS if crossed else max(0.0, animal.flight_left - dt)
    animal.fleeing = (starts or animal.fleeing) and not dark and animal.flight_left > 0.0
    animal.fled |= animal.fleeing
    animal.alarm = 1.0 if afraid else max(0.0, animal.alarm - dt / _ALARM_SECONDS)
    animal.hide_left = _HIDE_SECONDS if dark and afraid else max(0.0, animal.hide_left - dt)
    if animal.alarm <= 0.0:
        animal.relieved = False


@njit(cache=True)
def _decide(animal, sense, afraid, dark):
    if animal.fleeing:
        animal.want, animal.urgency = FLEE, 1.0
    elif dark and animal.hide_left > 0.0:
        animal.want, animal.urgency = HIDE, 0.5
    elif afraid:
        animal.want, animal.urgency = FREEZE, 0.7
    elif sense.hunger > _HUNGRY:
        animal.want, animal.urgency = FORAGE, 0.3 * sense.hunger
    else:
        animal.want, animal.urgency = REST, 0.0


@njit(cache=True)
def _flight(animal, sense, remembered, displacement, action):
    x, y = -sense.disc_direction[0], -sense.disc_direction[1]
    if math.hypot(x, y) < 0.5:
        x, y = math.cos(animal.heading), math.sin(animal.heading)
    else:
        animal.heading = min(math.pi, max(-math.pi, math.atan2(y, x)))  # of single precision, whose pi is above pi
    if remembered:
        x, y = displacement[0], displacement[1]
    length = max(math.hypot(x, y), 1e-9)
    action[0], action[1] = animal.vigour * x / length, animal.vigour * y / length


@njit(cache=True)
def _wander(animal, sense, noise, dt):
    turned = animal.heading + _WANDER_TURN * math.sqrt(dt) * noise
    x, y = math.cos(turned) + 1.5 * sense.touch[0], math.sin(turned) + 1.5 * sense.touch[1]
    animal.heading = math.atan2(y, x)


@njit(cache=True)
def _approach_food(animal, sense, anosmic, action):
    x, y = sense.smell[0], sense.smell[1]
    if anosmic or math.hypot(x, y) <= _SMELLED:
        x, y = math.cos(animal.heading), math.sin(animal.heading)
    length = max(math.hypot(x, y), 1e-9)
    action[0], action[1] = _WALK * x / length, _WALK * y / length


@njit(cache=True)
def _habituate(animal, variable, dt):
    bound = variable.threat_bound
    variable.threat_bound += max(0.0, 1.0 - bound) * dt / _CALMING
    passed = animal.exposed and animal.threat < 0.5 * _FREEZE_SHARE * bound
    if passed and not animal.fled and not animal.harmed:
        calm = 1.0 - math.exp(-((variable.seconds_since_flight / _RECENT_FLIGHT) ** 2))
        variable.threat_bound += _HABITUATION * calm * (_BOUND_HIGH - bound) / (_BOUND_HIGH - 1.0)
    if passed:
        animal.exposed = animal.harmed = animal.fled = False
    else:
        animal.exposed |= animal.threat > _FREEZE_SHARE * bound


@njit(cache=True)
def _judge(innate, before, action, after, dt, judgement):
    for row in range(action.shape[0]):
        animal, variable = innate.transient[row], innate.mutable[row]
        part, channel = judgement.parts[row], judgement.channels[row]
        dark, hurt = after[row].darkness > 0.5, after[row].pain > 0.5
        fear = 0.0 if dark else min(1.0, animal.threat / variable.threat_bound)
        relief = dark and before[row].darkness < 0.5 and animal.alarm > 0.0 and not animal.relieved
        animal.relieved |= relief
        speed = min(1.0, math.hypot(action[row, 0], action[row, 1]))
        part.pain = -_PAIN * hurt
        part.fear = -0.2 * dt * fear
        part.relief = _RELIEF * relief
        part.food = after[row].taste * (0.5 + before[row].hunger)
        part.effort = -0.2 * dt * speed * speed
        channel.pain, channel.fear, channel.relief = hurt, fear, relief
        channel.food, channel.darkness = after[row].taste > 0.0, after[row].darkness
        if hurt:
            variable.threat_bound = max(_BOUND_LOW, variable.threat_bound - _SENSITISATION)
            animal.harmed = True


class Mouse(Steering):
    """Reflexes, judgement and gains of the animal of ``LoomingEscape``.

    Vision: the eta detector (threshold size 24 degrees, delay 25 ms), weighted by dark contrast, drives a
    leaky accumulator T (leak 0.5 s); flight when T > bound, freezing between 0.4 bound and bound
    (structure: Evans et al. 2018; constants chosen). Flight heads for the refuge that the learner
    remembers; where none is remembered the bound is twice as high, so that freezing rises (Vale et al.
    2017), and flight heads straight away from the disc. A small sweeping disc drives freezing
    (De Franceschi et al. 2016). Sound has an accumulator of its own.
    """

    world = "LoomingEscape"
    wants = ("rest", "forage", "freeze", "flee", "hide")
    parts = ("pain", "fear", "relief", "food", "effort")
    channels = ("pain", "fear", "relief", "food", "darkness")
    best_constant = "walk 90"
    lesionable = ("looming_detector", "flight_threshold", "smell")
    stream_names = ("reflex noise",)
    signals = Senses(
        Sense("threat", "1", 0.0, 4.0, "threat accumulator as a share of the flight bound"),
        Sense("urgency", "1", 0.0, 1.0, "urgency of the reflex"),
        Sense("alarm", "1", 0.0, 1.0, "1 after a threat, fading over 2 s"),
    )
    variables = (
        MutableVariable(
            "threat_bound",
            "evidence needed before flight",
            _BOUND_LOW,
            _BOUND_HIGH,
            1.0,
            "rises when a threat below it passes without harm or flight, unless a flight was recent; falls with pain, "
            "which wears off in ten minutes",
            "learned suppression of escape: Lenzi et al. 2022; step sizes chosen",
        ),
        MutableVariable(
            "seconds_since_flight",
            "time since the last full flight",
            0.0,
            1e9,
            1e6,
            "runs with time; set to 0 by a flight",
            "recent threat-escape history: Lenzi et al. 2022",
        ),
    )

    transient_state: ClassVar[tuple[Field, ...]] = (
        Field("threat", "1", "evidence of a looming disc", 0.0, 0.0),
        Field("sweep", "1", "evidence of a sweeping disc", 0.0, 0.0),
        Field("sound", "1", "evidence of an alarming sound", 0.0, 0.0),
        Field("fleeing", "bool", "whether it flees", False, 0, 1),
        Field("flight_left", "s", "that flight goes on after the threat fell below the bound", 0.0, 0.0, _FLIGHT_SECONDS),
        Field("vigour", "1", "share of full speed at which it flees", 0.0, 0.0, 1.0),
        Field("hide_left", "s", "that it stays hidden", 0.0, 0.0, _HIDE_SECONDS),
        Field("alarm", "1", "1 after a threat, fading", 0.0, 0.0, 1.0),
        Field("relieved", "bool", "whether relief was felt in this alarm", False, 0, 1),
        Field("exposed", "bool", "whether a threat is passing", False, 0, 1),
        Field("harmed", "bool", "whether it hurt meanwhile", False, 0, 1),
        Field("fled", "bool", "whether it fled meanwhile", False, 0, 1),
        Field("heading", "rad", "in which it wanders", 0.0, -math.pi, math.pi),
        Field("urgency", "1", "of the reflex", 0.0, 0.0, 1.0),
        Field("arousal", "1", "how much is at stake", 0.0, 0.0, 1.0),
        Field("want", "index", "in wants", REST, REST, HIDE),
    )

    transient: RecordState

    def _make_transient(self, num_animals: int) -> RecordState:
        self.detector = LoomingDetector(self.dt)
        self._vision = Vision(self.detector.eta, _DRIVE / self.detector.peak(_TYPICAL_SIZE_OVER_SPEED), self.dt)
        history = np.zeros((self.detector.memory, 2))  # size and expansion of the disc, as far back as the detector's delay
        return RecordState.declared(num_animals, self.transient_state, history=history)

    def _react(self, reading: Any, recollection: Recollection | None) -> Reflex:
        now = self.transient
        refuge = Refuge(np.zeros((self.num_animals, 2)), np.zeros(self.num_animals, bool))
        if recollection is not None and "darkness" in recollection.displacement:
            where, confidence = recollection.displacement["darkness"], recollection.confidence["darkness"]
            refuge = Refuge(where, confidence > _REMEMBERED)
        action, noise = np.empty((self.num_animals, 2)), self.streams.normal("reflex noise", 2)
        _react(self._innate, reading, refuge, self._vision, noise, action)
        return Reflex(action, now.urgency.copy(), now.want.copy(), now.arousal.copy())

    def _judge(self, before: Any, action: np.ndarray, after: Any, parts: Any, channels: Any) -> None:
        _judge(self._innate, before, action, after, self.dt, Judgement(parts, channels))

    def modulate(self, age: np.ndarray) -> Gains:
        """Exploration falls to a tenth with age; the rest stays."""
        one = np.ones(len(age))
        return Gains(one, np.maximum(0.1, np.exp(-age / _EXPLORATION_DECAY)), one.copy())

    @property
    def repertoire(self) -> Repertoire:
        """Standing still, walking in eight directions, following a smell, and going to remembered places."""
        angles = np.arange(8) * math.pi / 4
        compass = np.stack([np.cos(angles), np.sin(angles)], axis=1)
        names = ("stay", *(f"walk {45 * k}" for k in range(8)))
        actions = np.concatenate([np.zeros((1, 2)), _WALK * compass])
        goals = (
            Goal("follow smell", _TROT, sense="smell"),
            Goal("go to food", _TROT, channel="food", depletes=True),
            Goal("walk home", _WALK, channel="darkness"),
            Goal("run home", 1.0, channel="darkness"),
        )
        return Repertoire(names, actions, goals, place="place")

    def sense_signals(self, reading: Any) -> None:
        """Threat, urgency and alarm, as broadcast to the learner."""
        reading["threat"][:] = np.minimum(4.0, self.transient.threat / self.mutable.threat_bound)
        reading["urgency"][:] = self.transient.urgency
        reading["alarm"][:] = self.transient.alarm
