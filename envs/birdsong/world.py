"""Birdsong: a young finch with a syrinx, ears and a tutor, that practises one motif over and over."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from gymnasium.spaces import Box

from core.arguments import Number, OneOf, Whole, in_range
from core.batch_state import Field, RecordState
from core.errors import InvalidArgument, whole_number
from core.manipulations import manipulation
from core.senses import Sense, Senses
from envs.birdsong.features import FEATURES
from envs.birdsong.gestures import FRAME_TIME, SILENT
from envs.birdsong.niches import NICHES
from envs.birdsong.note_table import note_table
from envs.birdsong.practice import BURST, HEARING_DELAY, LONGEST, MOST_SYLLABLES, Kind, Songs, perceive, sing
from envs.birdsong.similarity import INTERVAL, SHIFTS, TRAITS, species
from envs.birdsong.syrinx import FRAME, MUSCLES
from envs.birdsong.tutor import LONGEST_MOTIF, Tutor, innate_tutor, tutor_of
from envs.world import World

SINGERS = ("home tutor", "stranger", "foster parent")
LESSONS = 20  # renditions of the tutor that a young bird hears before it begins to practise; chosen


class Birdsong(World):
    """A finch that practises a motif, from subsong to song.

    Description:
        An episode is one rendition of a motif, in frames of 10 ms. Actions move a syrinx (labial oscillator, trachea,
        oro-oesophageal cavity); during training its sound is looked up in a table of steady notes. The bird hears itself
        20 ms later. At the start of life the tutor is heard in place of the bird's own voice for 20 renditions. One
        rendition stands for about fifty of a real bird: a day of development is 40, a life runs from day 25 to day 90.
    Observation:
        A flat Box; see ``senses``. What is heard goes to steering alone; the learner gets the phase of the song, as HVC
        gives it.
    Action:
        Box(-1, 1, (3,), float32): air-sac pressure (sound above about 0.05), tension of the ventral muscle (pitch 0.4 to
        4.6 kHz on a logarithmic scale), turbulence of breath.
    Reward:
        Fitness: over a rendition it adds up to 0.8 x resemblance to the tutor's song (1 the same, 0 as unrelated songs)
        + 0.2 x how song-like its rhythm and notes are (0 to 1). It uses a different measure from steering's; see
        :mod:`envs.birdsong.similarity`.
    Start:
        Silence; the phase is 0.
    End:
        Never terminated; truncated at the end of the rendition (65 frames and the hearing delay by default).
    Arguments:
        tutor: a recording (any file that libsndfile reads), by default a song that the project's own syrinx sings; labels:
        its syllables, as a table or as Raven, Audacity or Praat write them; channel and tier: of a recording or TextGrid that has
        several. num_envs, autoreset_mode, render_mode: see :class:`envs.world.World`;
        ``max_episode_steps`` can only cut renditions short; ``dt`` is always 0.01 s.
    Version history:
        v0: first version.
    Source:
        Syrinx: Perl et al. (2011), Amador et al. (2013). Features: Tchernichovski et al. (2000). Times: Roper and Zann
        (2006), Gobes et al. (2017). Other numbers are chosen where the modules of ``envs/birdsong/`` say so.
    """

    id = "Birdsong-v0"
    fooled_niches = NICHES
    dt = FRAME_TIME
    episode_steps = 67
    longest_episode = round(LONGEST_MOTIF / FRAME_TIME) + HEARING_DELAY
    life_episodes = 2600
    grown_episodes = 2600
    random_hold = 0.05
    fitness_unit = "resemblance a song"
    stream_names = ("hearing", "distortion")
    decoy: ClassVar[bool] = False
    metadata = {"render_modes": ["human", "rgb_array"], "render_fps": 100, "sound_rate": 44_100}
    single_action_space = Box(-1.0, 1.0, (3,), np.float32)
    action_names = MUSCLES
    senses = Senses(
        Sense("phase", "1", 0.0, 1.0, "how far the song has come, as HVC counts it"),
        Sense("tutor_sings", "1", 0.0, 1.0, "1 while the tutor is heard in place of the own voice", heard_by=("steering",)),
        Sense("moment", "frame", -1.0, float(LONGEST), "moment of the song that is heard now", heard_by=("steering",)),
        Sense("hears", "1", 0.0, 1.0, "1 from when the first sound has arrived", heard_by=("steering",)),
        Sense("loudness", "1", 0.0, 1.5, "1 for a loud note, 0 from 50 dB below it", heard_by=("steering",)),
        Sense("pitch", "octave", -2.0, 5.0, "above 500 Hz", heard_by=("steering",)),
        Sense("periodicity", "1", 0.0, 1.1, "1 for a clear pitch, 0 for none", heard_by=("steering",)),
        Sense("entropy", "1", -20.0, 0.5, "Wiener entropy, 0 for white noise", heard_by=("steering",)),
        Sense("brightness", "octave", -1.0, 5.0, "mean frequency, above 500 Hz", heard_by=("steering",)),
    )

    state: ClassVar[tuple[Field, ...]] = (
        Field("moment", "frame", "of the song that comes next", 0, 0, LONGEST),
        Field("tutor", "index", "whose song fitness compares with: the home tutor's or the stranger's", 0, 0, 1),
        Field("tutor_heard", "index", "whose song is heard in lessons, in SINGERS", 0, 0, len(SINGERS) - 1),
        Field("lessons", "1", "renditions of a tutor that are still to be heard", LESSONS, 0),
        Field("tutoring", "bool", "whether a tutor is heard in this rendition", False, 0, 1),
        Field("deaf", "bool", "whether it cannot hear", False, 0, 1),
        Field("muffled", "50 dB", "by which everything is fainter", 0.0, 0.0, 1.0),
        Field("pitch_shift", "octave", "by which it hears itself higher", 0.0, -1.0, 1.0),
        Field(
            "noise_syllable", "index", "syllable during which noise may be played, -1 for none", -1, -1, MOST_SYLLABLES - 1
        ),
        Field("noise_above", "bool", "whether it is played above the threshold, or below it", True, 0, 1),
        Field("noise_threshold", "octave", "above 500 Hz, of pitch", 0.0),
        Field("noise_left", "frame", "that noise goes on", 0, 0, BURST),
        Field(
            "distorted_syllable", "index", "syllable that is distorted at random, -1 for none", -1, -1, MOST_SYLLABLES - 1
        ),
        Field("distortion", "1", "share of renditions in which it is", 0.0, 0.0, 1.0),
        Field("distorts", "bool", "whether this rendition is one of them", False, 0, 1),
        Field("syllable", "index", "that is being sung, -1 in a gap", -1, -1, MOST_SYLLABLES - 1),
        Field("pitch_sum", "octave", "sum of the pitch of its clear frames so far", 0.0),
        Field("pitch_frames", "frame", "number of these", 0, 0, LONGEST),
        Field("mean_pitch", "octave", "running mean of each syllable's pitch", np.zeros(MOST_SYLLABLES)),
        Field("times_sung", "1", "how often each syllable was sung", np.zeros(MOST_SYLLABLES, int), 0),
        Field("before", "FEATURES", "features of the frame before", np.zeros(len(FEATURES))),
        Field("sounding", "bool", "whether the frame before sounded", False, 0, 1),
        Field("ring", "1", "distances from the tutor of the last frames, by shift", np.zeros((SHIFTS, INTERVAL)), 0.0),
        Field("sums", "1", "their sums", np.zeros(SHIFTS)),
        Field("traits", "frame", "running traits of this rendition", np.zeros(TRAITS)),
        Field(
            "ears", "FEATURES", "what is on its way from beak to judgement", np.zeros((HEARING_DELAY + 1, len(FEATURES)))
        ),
        Field("sung", "1", "gesture of this rendition so far", np.full((LONGEST, 3), SILENT, np.float32), -1.0, 1.0),
        Field("past", "1", "gesture of the last finished rendition", np.full((LONGEST, 3), SILENT, np.float32), -1.0, 1.0),
        Field("renditions", "1", "that were finished", 0, 0),
    )

    body: RecordState

    def __init__(
        self,
        num_envs: int = 1,
        *,
        tutor: str | Path | None = None,
        labels: str | Path | None = None,
        channel: int | None = None,
        tier: str | None = None,
        max_episode_steps: int | None = None,
        dt: float | None = None,
        **options: Any,
    ) -> None:
        if dt is not None and in_range("dt", dt) != FRAME_TIME:
            raise InvalidArgument(f"dt is always {FRAME_TIME} s in {self.id}, since the syrinx is played frame by frame.")
        self.tutors: tuple[Tutor, ...] = (
            tutor_of(tutor, labels, channel, tier),
            *(innate_tutor(name) for name in SINGERS[1:]),
        )
        self.frames = max(len(song) for song in self.tutors)
        self._songs, self._gestures = _stacked(self.tutors, self.frames)
        kind = species()
        self._kind = Kind(kind.scale, kind.trait_mean, kind.trait_deviation)
        self._notes = note_table()
        self._rendered: dict[tuple[str, int], tuple[Any, np.ndarray]] = {}
        longest = self.frames + HEARING_DELAY
        steps = longest if max_episode_steps is None else whole_number("max_episode_steps", max_episode_steps)
        super().__init__(num_envs, max_episode_steps=min(steps, longest), **options)

    def _be_born(self, mask: np.ndarray) -> None:
        """Nothing differs between birds of one nest but their ears' noise."""

    def _begin_episode(self, mask: np.ndarray) -> None:
        body = self.body
        body.past[mask] = body.sung[mask]
        body.renditions[mask] += body.moment[mask] > 0
        body.restart(
            mask,
            "moment",
            "noise_left",
            "syllable",
            "pitch_sum",
            "pitch_frames",
            "before",
            "sounding",
            "ring",
            "sums",
            "traits",
            "ears",
            "sung",
        )
        body.tutoring[mask] = body.lessons[mask] > 0
        body.lessons[mask] = np.maximum(0, body.lessons[mask] - 1)
        draw = self.streams.uniform("distortion", 1, mask)[:, 0]
        body.distorts[mask] = (draw < body.distortion)[mask]

    def _advance(self, action: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        fitness, noise = np.empty(self.num_envs), self.streams.uniform("hearing", 4)
        sing(self.body.records, self._notes, action, self._songs, self._kind, noise, fitness)
        return fitness, np.zeros(self.num_envs, bool)

    def _sense(self, reading: Any) -> None:
        perceive(self.body.records, float(self.frames), reading)

    def _facts(self) -> dict[str, np.ndarray]:
        return {"renditions": self.body.renditions}

    def _oracle(self) -> np.ndarray:
        """The best that this syrinx can do, known by heart."""
        gesture = self._gestures
        return gesture[self.body.tutor, np.minimum(self.body.moment, gesture.shape[1] - 1)]

    def rendition(self, row: int, finished: bool = True) -> np.ndarray:
        """(frames, 3) actions of the last finished rendition of a bird, or of the one that it is singing."""
        return (self.body.past if finished else self.body.sung)[row, : self.frames].astype(float)

    def audio(self, row: int) -> np.ndarray:
        """(frames x 441,) audio at 44.1 kHz of what the bird has sung of its present rendition; kept until it sings on."""
        return self._render("sung", row, self.body.sung[row, : int(self.body.moment[row])])

    def _render(self, what: str, row: int, gesture: np.ndarray) -> np.ndarray:
        from envs.birdsong.syrinx import render

        key = (self.voice(row), gesture.tobytes())
        if self._rendered.get((what, row), (None, None))[0] != key:
            self._rendered[what, row] = (key, render(gesture, self.voice(row)) if len(gesture) else np.zeros(0))
        return self._rendered[what, row][1]

    def voice(self, row: int) -> int:
        """Seed of a bird's breath noise."""
        return int(self.streams.seeds[row])

    def sound(self, row: int) -> np.ndarray:
        """(441,) audio at 44.1 kHz of the frame before the last: a frame can be rendered only when the next one is known."""
        end = (int(self.body.moment[row]) - 1) * FRAME
        return self.audio(row)[end - FRAME : end] if end > 0 else np.zeros(FRAME)

    def episode_sound(self, row: int) -> np.ndarray:
        """(frames x 441,) audio at 44.1 kHz of the last finished rendition; kept until the next is finished."""
        return self._render("past", row, self.rendition(row))

    # -- manipulations ---------------------------------------------------------------------------

    @manipulation
    def deafen(self, mask: np.ndarray, deaf: bool = True) -> None:
        """Take hearing away: what is left are the cells' own noise (``deaf=False`` gives it back)."""
        self.body.deaf[mask] = deaf

    @manipulation(decibels=Number(0.0, 50.0, "dB"))
    def muffle(self, mask: np.ndarray, decibels: float = 20.0) -> None:
        """Plug the ears: everything is fainter by so many dB, and duller."""
        self.body.muffled[mask] = decibels / 50.0

    @manipulation(cents=Number(-1200.0, 1200.0, "cents"))
    def shift_pitch(self, mask: np.ndarray, cents: float = 100.0) -> None:
        """Headphones: the bird hears itself higher by so many hundredths of a semitone (Sober and Brainard 2009)."""
        self.body.pitch_shift[mask] = cents / 1200.0

    @manipulation(syllable=Whole(0, MOST_SYLLABLES - 1), threshold=Number(100.0, 10_000.0, "Hz"))
    def white_noise(self, mask: np.ndarray, syllable: int = 3, above: bool = True, threshold: float | None = None) -> None:
        """Play a burst of noise whenever a syllable's pitch is above (or below) a threshold (Tumer and Brainard 2007).

        The threshold is in Hz; None takes each bird's own mean pitch at present.
        """
        index = self._syllable(syllable)
        found = self.body.mean_pitch[:, index] if threshold is None else np.full(self.num_envs, np.log2(threshold / 500.0))
        self.body.noise_threshold[mask] = found[mask]
        self.body.noise_syllable[mask], self.body.noise_above[mask] = index, above

    @manipulation(syllable=Whole(0, MOST_SYLLABLES - 1), probability=Number(0.0, 1.0))
    def distort(self, mask: np.ndarray, syllable: int = 3, probability: float = 0.5) -> None:
        """Distort a syllable by noise in a share of renditions, whatever the bird does (Gadagkar et al. 2016)."""
        self.body.distorted_syllable[mask], self.body.distortion[mask] = self._syllable(syllable), probability

    @manipulation
    def quiet(self, mask: np.ndarray) -> None:
        """End all noise and distortion."""
        self.body.restart(mask, "noise_syllable", "noise_left", "distorted_syllable", "distortion", "distorts")

    @manipulation
    def isolate(self, mask: np.ndarray) -> None:
        """Take the tutor away; nothing more is heard of it."""
        self.body.lessons[mask], self.body.tutoring[mask] = 0, False

    @manipulation(renditions=Whole(0, 10_000), singer=OneOf(SINGERS))
    def lessons(self, mask: np.ndarray, renditions: int = LESSONS, singer: str = "home tutor") -> None:
        """Let the home tutor, a stranger or a foster parent of another species be heard in the next so many renditions."""
        self.body.lessons[mask], self.body.tutor_heard[mask] = renditions, SINGERS.index(singer)

    @manipulation
    def swap_tutor(self, mask: np.ndarray, stranger: bool = True) -> None:
        """Raise the bird with a stranger: its song is heard in lessons, and fitness compares with it."""
        self.body.tutor[mask] = self.body.tutor_heard[mask] = int(stranger)

    def _syllable(self, syllable: int) -> int:
        fewest = min(len(song.syllables) for song in self.tutors[:2])  # a foster parent's song is never what is sung
        if syllable >= fewest:
            raise InvalidArgument(f"syllable must be a whole number from 0 to {fewest - 1} in this song, not {syllable}.")
        return syllable


class SongDecoy(Birdsong):
    """A nest where a loudspeaker sings: steering memorises a stranger's song, and fitness counts the home song.

    Description:
        As :class:`Birdsong`, but all lessons play the stranger's song. Steering's judgement is innately ready to take the first
        song of its species for the tutor's, so it is fooled: reward and fitness part ways.
    Observation:
        As Birdsong.
    Action:
        As Birdsong.
    Reward:
        As Birdsong, against the home tutor's song.
    Start:
        As Birdsong.
    End:
        As Birdsong.
    Source:
        Cross-tutoring: Araki et al. (2016).
    """

    id = "SongDecoy-v0"
    steering = "Birdsong"
    decoy = True
    state = tuple(replace(field, initial=1) if field.name == "tutor_heard" else field for field in Birdsong.state)


def _stacked(tutors: tuple[Tutor, ...], frames: int) -> tuple[Songs, np.ndarray]:
    """Several songs, padded with silence to the same length, and (songs, frames, 3) the gestures that sing them best."""
    total = frames + HEARING_DELAY
    syllables = np.full((len(tutors), total), -1)
    for index, song in enumerate(tutors):
        for number, (first, end) in enumerate(song.syllables[:MOST_SYLLABLES]):
            syllables[index, first:end] = number
    songs = Songs(
        features=np.stack([_padded(song.features, total, np.r_[0.0, song.features[-1, 1:]]) for song in tutors]),
        measures=np.stack([_padded(song.measures, total, song.measures[-1]) for song in tutors]),
        weights=np.stack([_padded(song.weights, total, np.zeros(())) for song in tutors]),
        quantiles=np.stack([song.quantiles for song in tutors]),
        lengths=np.array([len(song) for song in tutors]),
        syllables=syllables,
    )
    return songs, np.stack([_padded(song.gesture, total, np.r_[SILENT, song.gesture[-1, 1:]]) for song in tutors])


def _padded(values: np.ndarray, total: int, filling: np.ndarray) -> np.ndarray:
    rest = np.broadcast_to(filling, (total - len(values), *values.shape[1:]))
    return np.concatenate([values, rest])
