"""The finch's steering subsystem: babble and calls, a template that is partly innate and partly heard, and a judge of every moment."""

from __future__ import annotations

import math
from typing import Any, ClassVar, NamedTuple

import numpy as np
from numba import njit

from core.batch_state import BatchState, Field, RecordState
from core.interfaces import Gains, Recollection, Reflex, Repertoire
from core.senses import Sense, Senses
from envs.birdsong.gestures import FRAME_TIME, SILENT
from envs.birdsong.practice import HEARING_DELAY, LONGEST
from envs.birdsong.similarity import AUDIBLE
from steering.subsystem import Judgement, MutableVariable, Steering

REST, BABBLE, CALL = range(3)
DAY = 40.0  # renditions in a day of development, each of which stands for about fifty of a real bird; chosen
HATCHED = 25.0  # days after hatching at which a life begins

# Template and judgement; all chosen. Scales: loudness, octaves, periodicity, entropy, octaves.
_SCALE = np.array([0.12, 0.08, 0.2, 2.0, 0.5])
_COARSE = np.array([6.0, 12.0, 4.0, 4.0, 4.0])  # coarse scales of hearing, in fine ones
_WEIGHT = np.array([1.0, 4.0, 1.0, 0.7, 0.5])
_STRICT = 6.0  # innate match = exp(-squared distance / strict)
_FOLLOWS = 0.1  # share by which the template follows a song that is heard while the window is open
_INNATE_SHARE = 0.1  # of judgement that stays innate however often a tutor was heard
_CONVINCES = 1.0  # songs that shift half of the rest from innate to heard
_EXPECTS = 0.1  # share by which the expectation of a moment follows each rendition
# What the species' notes are like (loudness, pitch, periodicity, entropy), innately: stack, whistle, noise.
_KINDS = np.array([[0.85, 0.4, 0.97, -8.0], [0.9, 2.6, 0.97, -11.0], [0.75, 1.5, 0.45, -3.0]])
_KIND_SCALE = np.array([0.25, 1.0, 0.2, 2.0])
# Frames of the species' rhythm, the match of a gap, and the share of a match that is left where the rhythm is wrong.
_LONGEST_NOTE, _SHORTEST_GAP, _LONGEST_GAP, _GAP_MATCH, _WRONG = 12, 2, 5, 0.7, 0.3
# Sensitive period in days after hatching (Gobes et al. 2017; Eales 1987), and how fast it closes (chosen).
_CLOSES, _CLOSING = 65.0, 5.0
_ENOUGH = 5.0  # songs that let it close
# Neuromodulation: variability and plasticity fall from plastic song to crystallisation at 80 to 90 days (Liu 2004). From then on
# they fall more slowly: the older the bird, the slower its song decays (Lombardino and Nottebohm 2000).
_PLASTIC, _CRYSTAL, _LEFT, _AGES = 55.0, 90.0, 0.15, 60.0
_BEGINS, _OPENS = 0.5, 0.5  # days until practice begins, after the first songs of a tutor, and until it is in full swing
# Babble (chosen): frames of notes and gaps, and the share of innate calls.
_NOTE, _GAP, _CALLS = (4.0, 14.0), (2.0, 5.0), 0.2
_CALL_FRAMES = 10.0
_URGENCY = 0.02  # babble insists on nothing


@njit(cache=True)
def _babble(birds, lesions, draw, action, want, urgency):
    """Advance the central pattern generator by a frame: fills ``action`` (birds, 3)."""
    for row in range(birds.shape[0]):
        bird = birds[row]
        if bird.left <= 0:
            bird.sounds = not bird.sounds
            low, high = _NOTE if bird.sounds else _GAP
            bird.left = int(low + (high - low) * draw[row, 0])
            bird.calls = bird.sounds and draw[row, 1] < _CALLS
            if bird.sounds:
                bird.pressure = 0.5 + 0.4 * draw[row, 2]
                bird.tension = -0.8 + 1.4 * draw[row, 3]
                bird.turbulence = -1.0 + 1.2 * draw[row, 4]
            if bird.calls:
                bird.left, bird.pressure, bird.tension, bird.turbulence = int(_CALL_FRAMES), 0.8, -0.35, -1.0
        bird.left -= 1
        if lesions[row].pattern_generator:
            action[row, 0], action[row, 1], action[row, 2] = SILENT, 0.0, -1.0
            want[row], urgency[row] = REST, 0.0
            continue
        fall = 0.25 * (1.0 - bird.left / _CALL_FRAMES) if bird.calls else 0.0
        action[row, 0] = bird.pressure if bird.sounds else SILENT
        action[row, 1], action[row, 2] = bird.tension - fall, bird.turbulence
        want[row], urgency[row] = (CALL if bird.calls else BABBLE), _URGENCY


@njit(cache=True)
def heard_match(heard, template):
    """How well a moment (5,) fits the template's (5,), in [0, 1]: mean over features of 1 / (1 + distance^2),
    at a fine and at a coarse scale.

    Timbre counts where the template sounds, pitch where it is clear. The long tails let a young bird tell bad from worse.
    """
    audible = min(1.0, max(0.0, (template[0] - 0.1) / 0.3))
    heard_at_all = min(1.0, max(0.0, (heard[0] - 0.1) / 0.3))
    total = weights = 0.0
    for index in range(5):
        weight = _WEIGHT[index]
        if index > 0:
            weight *= audible
        if index == 1:
            weight *= max(0.0, template[2]) ** 2
        away = abs(max(-9.0, heard[index]) - max(-9.0, template[index])) / _SCALE[index]
        fine, coarse = away * away, (away / _COARSE[index]) ** 2
        found = 0.5 / (1.0 + fine) + 0.5 / (1.0 + coarse)
        total += weight * found * (heard_at_all if index > 0 else 1.0)
        weights += weight
    return total / weights


@njit(cache=True)
def innate_match(heard, run, gap):
    """How well a moment fits the species at all: one of its kinds of note, or a gap, each of the right length.

    Args:
        heard: (5,) features.
        run: frames for which sound, or silence, has lasted.
        gap: frames of the gap before this note.
    """
    if heard[0] <= AUDIBLE:
        return _GAP_MATCH if run <= _LONGEST_GAP else _WRONG * _GAP_MATCH
    least = 1e9
    for kind in range(_KINDS.shape[0]):
        total = 0.0
        for index in range(4):
            away = min(5.0, abs(heard[index] - _KINDS[kind, index]) / _KIND_SCALE[index])
            total += away * away
        least = min(least, total)
    return math.exp(-least / _STRICT) * (1.0 if run <= _LONGEST_NOTE and gap >= _SHORTEST_GAP else _WRONG)


class SongMemory(NamedTuple):
    """The song that was heard, moment by moment, and how well each moment of the own song is expected to match."""

    template: np.ndarray  # (birds, LONGEST, 5) features
    expectation: np.ndarray  # (birds, LONGEST) in [0, 1]
    renditions: np.ndarray  # (birds,) sung so far


@njit(cache=True)
def _judge(innate, song, senses, luck, judgement):
    heard = np.empty(5)
    closing = math.exp(-1.0 / (DAY * _CLOSING))
    parts, channels = judgement
    for row in range(luck.shape[0]):
        bird, variable, lesions, sense = innate.transient[row], innate.mutable[row], innate.lesions[row], senses[row]
        if sense.hears < 0.5:
            continue
        moment = min(song.expectation.shape[1] - 1, max(0, int(sense.moment)))
        if moment == 0:
            song.renditions[row] += 1.0
            if variable.songs_heard >= _ENOUGH and HATCHED + song.renditions[row] / DAY > _CLOSES:
                variable.template_window *= closing
        heard[0], heard[1], heard[2] = sense.loudness, sense.pitch, sense.periodicity
        heard[3], heard[4] = sense.entropy, sense.brightness
        template = song.template[row, moment]
        if sense.tutor_sings > 0.5:
            if moment == 0:
                variable.songs_heard = min(100.0, variable.songs_heard + variable.template_window)
            share = variable.template_window * max(_FOLLOWS, 1.0 / max(1.0, variable.songs_heard))
            for index in range(5):
                template[index] += min(1.0, share) * (heard[index] - template[index])
            continue
        sounds = heard[0] > AUDIBLE
        if sounds and not bird.sounding:
            bird.gap = bird.run
        bird.run = bird.run + 1 if sounds == bird.sounding else 1
        bird.sounding = sounds
        memory = 0.0 if lesions.memory else variable.songs_heard / (variable.songs_heard + _CONVINCES)
        share = memory * (1.0 - _INNATE_SHARE)
        by_ear, by_birth = heard_match(heard, template), innate_match(heard, bird.run, bird.gap)
        if lesions.judgement:
            by_ear = by_birth = luck[row]
        if lesions.innate_template:
            by_birth = 0.0
        match = share * by_ear + (1.0 - share) * by_birth
        expected = song.expectation[row, moment]
        song.expectation[row, moment] += _EXPECTS * (match - expected)
        variable.expected_match += 0.001 * (match - variable.expected_match)
        parts[row].heard_template, parts[row].innate_template = share * by_ear, (1.0 - share) * by_birth
        parts[row].expectation = -expected
        channels[row].match, channels[row].loudness = match, heard[0]


class Finch(Steering):
    """Babble, judgement and neuromodulation of the animal of ``Birdsong``.

    A central pattern generator babbles and calls from the first day, with the rhythm of the species. The template is innate in
    what notes and rhythms it accepts, and is filled by whatever song is heard while the sensitive period is open. Every moment
    of the own song is judged against it, 20 ms after the act, and reward is the match less the match that is expected at
    that moment (Gadagkar et al. 2016). Nothing here learns to sing.
    """

    world = "Birdsong"
    wants = ("rest", "babble", "call")
    parts = ("heard_template", "innate_template", "expectation")
    relative = ("expectation",)
    channels = ("match", "loudness")
    judging_delay = HEARING_DELAY * FRAME_TIME
    best_constant = "high stack"
    lesionable = ("pattern_generator", "memory", "innate_template", "judgement")
    stream_names = ("babble", "luck")
    signals = Senses(
        Sense("expected_match", "1", 0.0, 1.0, "how well the song has lately gone"),
    )
    variables: ClassVar[tuple[MutableVariable, ...]] = (
        MutableVariable(
            "template_window",
            "how far a song that is heard is memorised",
            0.0,
            1.0,
            1.0,
            "closes after day 65 once about 5 songs were heard",
            "Gobes et al. 2017; Eales 1987; rate chosen",
        ),
        MutableVariable(
            "songs_heard",
            "songs of a tutor that were memorised",
            0.0,
            100.0,
            0.0,
            "each song heard while the window is open",
            "chosen",
        ),
        MutableVariable(
            "expected_match",
            "match that the song is expected to have",
            0.0,
            1.0,
            0.0,
            "follows the match of the last renditions",
            "Gadagkar et al. 2016; rate chosen",
        ),
    )

    transient_state: ClassVar[tuple[Field, ...]] = (
        Field("left", "frame", "of this note or gap", 0),
        Field("sounds", "bool", "whether it is a note", False, 0, 1),
        Field("calls", "bool", "whether it is an innate call", False, 0, 1),
        Field("pressure", "1", "of the note", 0.0, -1.0, 1.0),
        Field("tension", "1", "of the note", 0.0, -1.0, 1.0),
        Field("turbulence", "1", "of the note", 0.0, -1.0, 1.0),
        Field("run", "frame", "for which sound, or silence, was heard", 0, 0),
        Field("gap", "frame", "of silence before this note", 9, 0),
        Field("sounding", "bool", "whether sound was heard last", False, 0, 1),
    )

    transient: RecordState

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.memory = BatchState(
            self.num_animals,
            template=np.zeros((LONGEST, 5), np.float32),
            expectation=np.zeros(LONGEST, np.float32),
            renditions=0.0,
        )

    def birth(self, seeds: np.ndarray, mask: np.ndarray) -> None:
        """As every subsystem, with an empty memory of songs."""
        super().birth(seeds, mask)
        self.memory.restart(mask)

    def _state_parts(self) -> dict[str, Any]:
        return super()._state_parts() | {"memory": self.memory}

    def _react(self, reading: Any, recollection: Recollection | None) -> Reflex:
        birds = self.num_animals
        draw = self.streams.uniform("babble", 5, self.transient.left <= 0)
        action, want, urgency = np.empty((birds, 3)), np.empty(birds, np.int64), np.empty(birds)
        _babble(self.transient.records, self._lesions.records, draw, action, want, urgency)
        return Reflex(action, urgency, want, np.zeros(birds))

    def _judge(self, before: Any, action: np.ndarray, after: Any, parts: Any, channels: Any) -> None:
        judgement = self._lesions.judgement
        luck = self.streams.uniform("luck", 1, judgement)[:, 0] if judgement.any() else np.zeros(self.num_animals)
        song = SongMemory(self.memory.template, self.memory.expectation, self.memory.renditions)
        _judge(self._innate, song, after, luck, Judgement(parts, channels))

    def modulate(self, age: np.ndarray) -> Gains:
        """Variability and plasticity fall from plastic song to crystallisation; both wait for a bird that has heard no tutor.

        A bird's age counts renditions, not seconds, so that it does not depend on how long its tutor's song is.
        """
        day = HATCHED + self.memory.renditions / DAY
        heard = self.mutable.songs_heard >= _ENOUGH
        mature = np.where(heard, np.clip((day - _PLASTIC) / (_CRYSTAL - _PLASTIC), 0.0, 1.0), 0.0)
        left = (1.0 - (1.0 - _LEFT) * mature) * np.exp(-np.where(heard, np.maximum(0.0, day - _CRYSTAL), 0.0) / _AGES)
        begun = np.clip((day - HATCHED - _BEGINS) / _OPENS, 0.0, 1.0)
        return Gains(left.copy(), left * begun, np.ones(len(age)))

    @property
    def repertoire(self) -> Repertoire:
        """Silence and six innate notes."""
        tension, turbulence = np.array([-0.7, -0.4, 0.0, 0.4, 0.8, 0.0]), np.array([-1.0, -1.0, -1.0, -1.0, -1.0, 0.6])
        notes = np.stack([np.full(6, 0.8), tension, turbulence], axis=1)
        names = ("silence", "low stack", "stack", "high stack", "whistle", "high whistle", "noise")
        return Repertoire(names, np.concatenate([[[SILENT, 0.0, -1.0]], notes]), mapped="phase")

    def sense_signals(self, reading: Any) -> None:
        """The expected match, as broadcast to the learner."""
        reading["expected_match"][:] = np.clip(self.mutable.expected_match, 0.0, 1.0)
