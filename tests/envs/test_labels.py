"""Labels and sound files as song researchers' tools write them: read right, or refused in words that say how to mend it."""

import contextlib
import struct
import warnings
from pathlib import Path

import numpy as np
import pytest
import soundfile
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import envs
from core.errors import InvalidArgument, NestlingError
from envs.birdsong.features import PERIODICITY, PITCH, extract
from envs.birdsong.gestures import STRANGER, gesture_of
from envs.birdsong.labels import BadLabels, read_labels
from envs.birdsong.recordings import BadRecording, read_audio
from envs.birdsong.syrinx import RATE, render
from envs.birdsong.tutor import recorded_tutor

SPANS = [(0.05, 0.10, "i"), (0.20, 0.31, "a"), (0.34, 0.40, "b"), (0.44, 0.57, "c")]
TIER = """
    item [{number}]:
        class = "IntervalTier"
        name = "{name}"
        xmin = 0
        xmax = 1
        intervals: size = {size}
{intervals}"""
INTERVAL = '        intervals [{n}]:\n            xmin = {a}\n            xmax = {b}\n            text = "{text}"\n'


def song() -> np.ndarray:
    quiet = 1e-3 * np.random.default_rng(0).standard_normal(RATE // 5)
    return np.concatenate([quiet, 0.5 * render(gesture_of(STRANGER)), quiet])


def textgrid(*tiers: str) -> str:
    edges = [0.0, *[edge for a, b, _ in SPANS for edge in (a, b)], 1.0]
    texts = ["", *[text for *_, name in SPANS for text in (name, "")]]
    parts = [INTERVAL.format(n=n + 1, a=edges[n], b=edges[n + 1], text=text) for n, text in enumerate(texts)]
    head = f'File type = "ooTextFile"\nObject class = "TextGrid"\n\nxmin = 0\nxmax = 1\ntiers? <exists>\nsize = {len(tiers)}\nitem []:'
    body = [TIER.format(number=n, name=name, size=len(parts), intervals="".join(parts)) for n, name in enumerate(tiers, 1)]
    return head + "".join(body)


def table(head: str, row: str, delimiter: str = ",", comma: bool = False, end: str = "\n") -> str:
    lines = [head]
    for number, (onset, offset, label) in enumerate(SPANS, 1):
        text = row.format(n=number, onset=onset, offset=offset, label=label, d=delimiter)
        lines.append(text.replace(".", ",") if comma else text)
    return end.join(lines) + end


RAVEN = "Selection\tView\tChannel\tBegin Time (s)\tEnd Time (s)\tLow Freq (Hz)\tHigh Freq (Hz)\tBegin File\tAnnotation"
CROWSETTA = "label,onset_s,offset_s,onset_sample,offset_sample,notated_path,annot_path,sequence,annotation"
LEGAL = {
    "nestling.csv": table("file,onset_s,offset_s,label", "song.wav,{onset},{offset},{label}"),
    "own_order.csv": table("label,offset_s,onset_s", "{label},{offset},{onset}"),
    "mark.csv": "\ufeff" + table("onset_s,offset_s,label", "{onset},{offset},{label}"),
    "excel_in_german.csv": table("onset_s;offset_s;label", "{onset};{offset};{label}", comma=True, end="\r\n"),
    "tabs.tsv": table("onset_s\toffset_s\tlabel", "{onset}\t{offset}\t{label}"),
    "empty_rows.csv": table("onset_s,offset_s,label", "{onset},{offset},{label}\n,,\n"),
    "full_path.csv": table("file,onset_s,offset_s,label", "/data/bird 1/song.wav,{onset},{offset},{label}"),
    "windows_path.csv": table("file,onset_s,offset_s,label", "C:\\data\\song.wav,{onset},{offset},{label}"),
    "no_ending.csv": table("file,onset_s,offset_s,label", "song,{onset},{offset},{label}"),
    "avn.csv": table("files,onsets,offsets,labels", "song.wav,{onset},{offset},{label}"),
    "avn_index.csv": table(",files,onsets,offsets,labels", "{n},song.wav,{onset},{offset},{label}"),
    "generic_seq.csv": table(CROWSETTA, "{label},{onset},{offset},1,2,/x/song.wav,/x/song.csv,0,0"),
    "raven.txt": table(RAVEN, "{n}\tSpectrogram 1\t1\t{onset}\t{offset}\t400\t9000\tsong.wav\t{label}"),
    "audacity.txt": "".join(f"{a:.6f}\t{b:.6f}\t{name}\n" for a, b, name in SPANS),
    "audacity_boxes.txt": "".join(f"{a}\t{b}\t{name}\n\\\t400.0\t9000.0\n" for a, b, name in SPANS),
    "praat.TextGrid": textgrid("syllables"),
}


@pytest.mark.parametrize("name", LEGAL)
def test_what_tools_write_is_read(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text(LEGAL[name], encoding="utf-8")
    found = read_labels(tmp_path / name, "song.wav")
    assert [(label.onset, label.offset, label.name) for label in found] == SPANS
    path = tmp_path / "song.wav"
    soundfile.write(path, song(), RATE)
    assert len(recorded_tutor(str(path), str(tmp_path / name)).syllables) == 3


def test_wide_text_is_read(tmp_path: Path) -> None:
    path = tmp_path / "raven.txt"
    path.write_text(LEGAL["raven.txt"], encoding="utf-16")
    assert len(read_labels(path, "song.wav")) == 4


def test_a_tier_is_chosen(tmp_path: Path) -> None:
    path = tmp_path / "a.TextGrid"
    path.write_text(textgrid("phrases", "syllables"), encoding="utf-8")
    with pytest.raises(BadLabels, match="phrases, syllables"):
        read_labels(path, "song.wav")
    assert len(read_labels(path, "song.wav", tier="syllables")) == 4
    soundfile.write(tmp_path / "song.wav", song(), RATE)
    envs.make_world("Birdsong", 1, tutor=tmp_path / "song.wav", labels=path, tier="phrases")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "column for the onset"),
        ("recording,onset_s,offset_s,label\na.wav,0.1,0.2,a\nb.wav,0.3,0.4,b\n", "column recording.*Call it file"),
        ("onset_s,offset_s,label\n0.1,0.3,a\n0.15,0.35,b\n", "overlap.*several recordings"),
        ("onset_s,offset_s,label\n0,1,0,2,a\n", "5 cells.*commas"),
        ("onset_s,onset_s,offset_s,label\n1,1,2,a\n", "twice"),
        ("file,onset_s,offset_s,label\n,0.1,0.2,a\n", "names no file"),
        ("onset_ms,offset_ms,label\n100,200,a\n", "column for the onset"),
        ("onset_s,label\n0.1,a\n", "column for the offset"),
        ('onset_s,offset_s,label\n0.1,0.2,"a\n', "cannot be read as a table"),
    ],
)
def test_unclear_tables_are_refused(tmp_path: Path, text: str, says: str) -> None:
    path = tmp_path / "labels.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadLabels, match=says):
        read_labels(path, "song.wav")


def test_other_encodings_and_damaged_grids_are_refused(tmp_path: Path) -> None:
    latin = tmp_path / "latin.csv"
    latin.write_bytes("onset_s,offset_s,label\n0.1,0.2,ä\n".encode("latin-1"))
    with pytest.raises(BadLabels, match="UTF-8"):
        read_labels(latin, "song.wav")
    grid = tmp_path / "a.TextGrid"
    grid.write_text(textgrid("syllables")[:400], encoding="utf-8")
    with pytest.raises(BadLabels, match="TextGrid"):
        read_labels(grid, "song.wav")


@given(
    st.sampled_from(sorted(LEGAL)), st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), min_size=1, max_size=6)
)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damaged_labels_are_read_or_refused(tmp_path: Path, name: str, changes: list[tuple[int, int]]) -> None:
    content = bytearray(LEGAL[name].encode())
    for place, value in changes:
        content[place % len(content)] = value
    path = tmp_path / name
    path.write_bytes(content)
    with contextlib.suppress(NestlingError):
        assert all(isinstance(label.onset, float) for label in read_labels(path, "song.wav"))


# -- sound files -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "subtype"),
    [("WAV", "PCM_24"), ("WAVEX", "PCM_16"), ("WAVEX", "PCM_24"), ("RF64", "PCM_24"), ("FLAC", "PCM_24")],
)
def test_kinds_of_files(tmp_path: Path, kind: str, subtype: str) -> None:
    plain = tmp_path / "plain.wav"
    soundfile.write(plain, song(), RATE, subtype="DOUBLE")
    path = tmp_path / "song.any"
    soundfile.write(path, song(), RATE, format=kind, subtype=subtype)
    assert np.allclose(read_audio(path), read_audio(plain), atol=1e-3)


def test_a_second_channel_is_not_averaged_in(tmp_path: Path) -> None:
    audio = song()
    sync = np.where(np.arange(len(audio)) % 1470 < 735, 0.9, -0.9)  # a camera at 30 frames a second
    both, alone = tmp_path / "both.wav", tmp_path / "alone.wav"
    soundfile.write(alone, audio, RATE)
    soundfile.write(both, np.stack([audio, sync], axis=1), RATE)
    with pytest.warns(UserWarning, match="2 channels that differ; channel 1 is heard"):
        heard = read_audio(both)
    assert np.allclose(heard, read_audio(alone), atol=1e-6)
    soundfile.write(both, np.stack([1e-6 * sync, audio], axis=1), RATE)
    with pytest.warns(UserWarning, match="channel=2"), pytest.raises(BadRecording, match="give channel=2"):
        read_audio(both)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert np.allclose(read_audio(both, channel=2), read_audio(alone), atol=1e-6)
    for wrong in (0, 3, True, "1"):
        with pytest.raises(InvalidArgument, match="must be a whole number from 1 to 2"):
            read_audio(both, channel=wrong)  # type: ignore[arg-type]


def test_hum_does_not_change_pitch(tmp_path: Path) -> None:
    audio = song()
    hum = 0.3 * np.sin(2.0 * np.pi * 100.0 * np.arange(len(audio)) / RATE)
    soundfile.write(tmp_path / "clean.wav", audio, RATE)
    soundfile.write(tmp_path / "hum.wav", audio + hum, RATE)
    clean, with_hum = (extract(read_audio(tmp_path / name)) for name in ("clean.wav", "hum.wav"))
    clear = clean[:, PERIODICITY] > 0.9
    wrong = np.abs(clean[clear, PITCH] - with_hum[clear, PITCH]) > 0.05
    assert clear.sum() > 20
    assert wrong.mean() < 0.02


def test_a_recording_that_was_not_closed_is_told(tmp_path: Path) -> None:
    path = tmp_path / "song.wav"
    soundfile.write(path, song(), RATE)
    content = bytearray(path.read_bytes())
    place = content.index(b"data") + 4
    content[place : place + 4] = struct.pack("<I", 0)
    path.write_bytes(content)
    with pytest.raises(BadRecording, match="not closed in order"):
        read_audio(path)
