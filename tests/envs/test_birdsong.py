"""Tutors from recordings good and bad, fitness of songs, and the manipulations of the bird's world."""

from pathlib import Path

import numpy as np
import pytest
import soundfile

import envs
from core.errors import InvalidArgument
from envs.birdsong.features import LOUDNESS
from envs.birdsong.gestures import STRANGER, TUTOR, gesture_of
from envs.birdsong.note_table import features_of
from envs.birdsong.practice import HEARING_DELAY
from envs.birdsong.similarity import likeness_of, similarity, song_fitness
from envs.birdsong.syrinx import RATE, render
from envs.birdsong.tutor import BadRecording, innate_tutor, recorded_tutor

REAL = Path(__file__).parents[3] / "shared" / "data" / "zebra_finch"


def world(num_animals: int = 2, **options):
    built = envs.make_world("Birdsong", num_animals, **options)
    built.reset(seed=3)
    return built


def sing(built, actions: np.ndarray) -> np.ndarray:
    """Fitness of one rendition in which every bird sings the same gesture."""
    total = np.zeros(built.num_envs)
    for step in range(built.max_episode_steps):
        action = actions[min(step, len(actions) - 1)]
        total += built.step(np.tile(action, (built.num_envs, 1)).astype(np.float32))[1]
    built.step(np.zeros(built.action_space.shape, np.float32))
    return total


def recording(path: Path, audio: np.ndarray | None = None, rate: int = RATE, subtype: str = "PCM_16") -> Path:
    if audio is None:
        quiet = 1e-4 * np.random.default_rng(0).standard_normal(RATE // 5)
        audio = np.concatenate([quiet, 0.5 * render(gesture_of(STRANGER)), quiet])
    soundfile.write(path, audio, rate, subtype=subtype)
    return path


def test_fitness_knows_the_own_song_from_others() -> None:
    tutor = innate_tutor()
    own = features_of(gesture_of(TUTOR))
    assert similarity(own, tutor.measures, tutor.quantiles) == pytest.approx(1.0)
    assert abs(similarity(features_of(gesture_of(STRANGER)), tutor.measures, tutor.quantiles)) < 0.35
    silence = np.tile([-1.0, 0.0, -1.0], (len(tutor), 1))
    assert song_fitness(features_of(silence), tutor.measures, tutor.quantiles) < -0.2
    noisy = [
        song_fitness(features_of(np.clip(gesture_of(TUTOR) + s, -1, 1)), tutor.measures, tutor.quantiles)
        for s in (0.0, 0.05, 0.15, 0.4)
    ]
    assert noisy == sorted(noisy, reverse=True)
    assert 0.0 <= likeness_of(own) <= 1.0


def test_the_world_gives_the_fitness_that_the_song_has() -> None:
    built, tutor = world(), innate_tutor()
    for gesture in (gesture_of(TUTOR), gesture_of(STRANGER)[: len(tutor)]):
        expected = song_fitness(features_of(gesture.astype(np.float32)), tutor.measures, tutor.quantiles)
        assert np.allclose(sing(built, gesture), expected, atol=1e-6)
    assert np.allclose(built.rendition(0)[: len(tutor)], gesture, atol=1e-6)


@pytest.mark.parametrize(
    ("rate", "subtype", "channels"),
    [(44_100, "PCM_U8", 1), (44_100, "PCM_24", 2), (96_000, "FLOAT", 1), (22_050, "PCM_16", 2)],
)
def test_recordings_of_many_kinds(tmp_path: Path, rate: int, subtype: str, channels: int) -> None:
    import librosa

    quiet = 2e-3 * np.random.default_rng(0).standard_normal(RATE // 5)
    audio = np.concatenate([quiet, 0.5 * render(gesture_of(STRANGER)), quiet])
    audio = librosa.resample(audio, orig_sr=RATE, target_sr=rate)
    path = recording(tmp_path / "song.wav", np.stack([audio] * channels, axis=1), rate, subtype)
    tutor = recorded_tutor(str(path))
    assert len(tutor.syllables) >= 4
    assert 0.4 < len(tutor) / 100 < 0.8
    assert tutor.gesture.shape == (len(tutor), 3)
    fitted = features_of(tutor.gesture)
    assert song_fitness(fitted, tutor.measures, tutor.quantiles) > 0.6


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda p: p.write_bytes(b"no sound at all"), "cannot be read"),
        (lambda p: p.write_bytes(b""), "cannot be read"),
        (lambda p: recording(p, np.zeros(RATE)), "silent"),
        (lambda p: recording(p, 1e-5 * np.ones(RATE), subtype="FLOAT"), "silent"),
        (lambda p: recording(p, np.zeros(200)), "only"),
        (lambda p: recording(p, np.zeros(4000 * 4000), 8000), "lasts"),
        (lambda p: recording(p, np.random.default_rng(0).normal(0, 0.1, 8000), 8000), "at least 16000"),
        (lambda p: recording(p, np.random.default_rng(0).normal(0, 0.1, RATE)), "stands out"),
        (lambda p: recording(p, np.full(RATE, np.nan), subtype="FLOAT"), "finite"),
    ],
)
def test_bad_recordings_are_refused_in_words(tmp_path: Path, make, says: str) -> None:
    path = tmp_path / "song.wav"
    make(path)
    with pytest.raises(BadRecording, match=says):
        envs.make_world("Birdsong", 1, tutor=str(path))


def test_a_clipped_recording_is_warned_about(tmp_path: Path) -> None:
    quiet = 1e-3 * np.random.default_rng(0).standard_normal(RATE // 5)
    audio = np.clip(5 * np.concatenate([quiet, render(gesture_of(STRANGER)), quiet]), -0.9, 0.9)
    with pytest.warns(UserWarning, match="clipped"):
        recorded_tutor(str(recording(tmp_path / "song.wav", audio)))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a,b\n1,2\n", "column for the onset"),
        ("onset_s,offset_s,label\n0.1,nothing,a\n", "no number"),
        ("onset_s,offset_s,label\n0.5,0.2,a\n", "spans"),
        ("onset_s,offset_s,label\n0.1,99,a\n", "lasts"),
        ("file,onset_s,offset_s,label\nother.wav,0.1,0.2,a\n", "labels nothing"),
        ("onset_s,offset_s,label\n0.2,0.25,i\n", "No motif"),
    ],
)
def test_labels_that_do_not_fit(tmp_path: Path, text: str, says: str) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text(text)
    with pytest.raises(BadRecording, match=says):
        recorded_tutor(str(recording(tmp_path / "song.wav")), str(labels))


def test_labels_decide_what_is_a_syllable(tmp_path: Path) -> None:
    labels = tmp_path / "labels.csv"
    labels.write_text("onset_s,offset_s,label\n0.05,0.1,i\n0.20,0.31,a\n0.34,0.40,b\n0.44,0.57,c\n0.9,0.95,a\n")
    tutor = recorded_tutor(str(recording(tmp_path / "song.wav")), str(labels))
    assert len(tutor) == 37
    assert len(tutor.syllables) == 3
    with pytest.raises(InvalidArgument, match="without a recording"):
        world(labels=labels)


def test_a_label_may_end_with_the_file(tmp_path: Path) -> None:
    audio = np.concatenate(
        [1e-4 * np.random.default_rng(0).standard_normal(RATE // 10), 0.5 * render(gesture_of(STRANGER))]
    )
    path = recording(tmp_path / "song.wav", audio[: round(0.716 * RATE)])
    labels = tmp_path / "labels.csv"
    labels.write_text("onset_s,offset_s,label\n0.10,0.21,a\n0.24,0.716,b\n")
    assert len(recorded_tutor(str(path), str(labels))) == 61


def test_an_edited_recording_is_heard_anew(tmp_path: Path) -> None:
    path = recording(tmp_path / "song.wav")
    first = recorded_tutor(str(path))
    assert recorded_tutor(str(path)) is first
    recording(path, soundfile.read(path)[0][: RATE // 2])
    assert len(recorded_tutor(str(path))) < len(first)


def test_what_is_heard_frame_by_frame_is_the_song() -> None:
    built, gesture, parts = world(1), gesture_of(TUTOR), []
    for step in range(built.max_episode_steps):
        built.step(gesture[min(step, len(gesture) - 1)][None].astype(np.float32))
        parts.append(built.sound(0))
    whole = built.audio(0)
    heard_so_far = np.concatenate(parts)[len(parts[0]) :]
    assert np.allclose(heard_so_far[: 60 * 441], whole[: 60 * 441], atol=1e-9), "one frame late, and without a seam"
    before = built.audio(0).copy()
    built.reset(seed=99)
    for step in range(built.max_episode_steps):
        built.step(gesture[::-1][min(step, len(gesture) - 1)][None].astype(np.float32))
    assert not np.array_equal(built.audio(0), before), "another bird's song must not be played in its place"


@pytest.mark.skipif(not REAL.is_dir(), reason="the real recordings lie beside the project, and are not here")
@pytest.mark.parametrize("name", ["G402_02", "R402_05"])
def test_real_recordings(name: str) -> None:
    tutor = recorded_tutor(str(REAL / f"{name}.wav"), str(REAL / "syllables.csv"))
    assert 0.5 < len(tutor) / 100 < 1.6
    fitted = features_of(tutor.gesture)
    assert song_fitness(fitted, tutor.measures, tutor.quantiles) > 0.7
    clear = (tutor.features[:, 2] > 0.8) & (tutor.features[:, LOUDNESS] > 0.3)
    assert np.mean(np.abs(fitted[clear, 1] - tutor.features[clear, 1]) < 0.08) > 0.9


def heard(built) -> np.ndarray:
    """What steering hears during one rendition of the tutor's gesture, (steps, rows, senses)."""
    built.reset(options={"reset_mask": np.ones(built.num_envs, bool)})
    gesture, seen = gesture_of(TUTOR), []
    for step in range(built.max_episode_steps):
        action = gesture[min(step, len(gesture) - 1)]
        seen.append(built.step(np.tile(action, (built.num_envs, 1)).astype(np.float32))[0])
    return np.stack(seen)


def test_ears() -> None:
    built = world(4)
    built.manipulate("isolate")
    built.manipulate("deafen", [1])
    built.manipulate("muffle", [2], decibels=25.0)
    built.manipulate("shift_pitch", [3], cents=300.0)
    found = heard(built)
    place = built.senses.place
    loud, pitch = found[..., place("loudness")][..., 0], found[..., place("pitch")][..., 0]
    tutor = innate_tutor().features
    judged = slice(HEARING_DELAY, HEARING_DELAY + len(tutor))
    assert np.allclose(loud[judged, 0], np.clip(tutor[:, LOUDNESS], 0, 1.5), atol=0.05), "heard after the delay"
    assert loud[:, 1].max() < 0.15
    assert np.allclose(loud[judged, 2], np.maximum(0, loud[judged, 0] - 0.5), atol=0.05)
    assert np.allclose(pitch[judged, 3] - pitch[judged, 0], 0.25, atol=0.03)


def test_lessons_and_noise() -> None:
    built = world(3)
    tutored = heard(built)
    assert (tutored[5:, :, built.senses.place("tutor_sings")] == 1.0).all()
    built.manipulate("isolate")
    assert (heard(built)[5:, :, built.senses.place("tutor_sings")] == 0.0).all()
    first, end = built.tutors[0].syllables[3]
    built.manipulate("white_noise", [1], syllable=3, above=True, threshold=300.0)
    built.manipulate("distort", [2], syllable=1, probability=1.0)
    clear = heard(built)[..., built.senses.place("periodicity")][HEARING_DELAY:, :, 0]
    assert (clear[first + 1 : end, 1] < 0.3).all(), "noise is heard where the pitch is above the threshold"
    assert (clear[first + 1 : end, 0] > 0.8).all(), "in no other bird"
    other = built.tutors[0].syllables[1]
    assert (clear[other[0] : other[1], 2] < 0.3).all()
    assert built.body.mean_pitch[0, 3] == pytest.approx(1.18, abs=0.1)
    built.manipulate("quiet")
    assert (heard(built)[first + HEARING_DELAY + 1 : end, 1:, built.senses.place("periodicity")] > 0.8).all()


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("muffle", {"decibels": -1.0}),
        ("shift_pitch", {"cents": 9e9}),
        ("white_noise", {"syllable": 99}),
        ("white_noise", {"syllable": 0, "threshold": float("nan")}),
        ("distort", {"probability": 1.5}),
        ("lessons", {"renditions": -1}),
        ("lessons", {"renditions": 1.5}),
    ],
)
def test_impossible_manipulations_change_nothing(name: str, options: dict) -> None:
    built = world()
    before = built.get_state()
    with pytest.raises(InvalidArgument):
        built.manipulate(name, **options)
    assert all(np.array_equal(before[key], value) for key, value in built.get_state().items())


def test_frame_length_is_fixed() -> None:
    with pytest.raises(InvalidArgument, match="always"):
        world(dt=0.02)
