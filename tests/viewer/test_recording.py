"""Recording: films, moving pictures and filmstrips are whole or not there, whatever ends them."""

import gc
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import imageio.v3 as imageio
import numpy as np
import pytest

from core.canvas import pixels
from core.errors import UnknownName
from viewer.record import CannotRecord, Recorder, check_target, pace
from viewer.session import Session
from viewer.stage import compose

ROOT = Path(__file__).parents[2]


@pytest.fixture(autouse=True)
def collected() -> Iterator[None]:
    """imageio leaves pipes of ffmpeg to the garbage collector; its warnings must not come while Python compiles something else."""
    yield
    gc.collect()


@pytest.mark.parametrize("ending", [".mp4", ".gif", ".png"])
def test_recordings_are_whole(session: Session, tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"life{ending}"

    def interrupted() -> None:
        with Recorder(path, 20, 12) as recorder:
            for _ in range(12):
                session.step()
                recorder.add(pixels(compose(session)))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    frames = imageio.imread(path)
    assert frames.shape[-3:] == ((2160, 2560, 3) if ending == ".png" else (720, 1280, 3))
    assert ending == ".png" or len(frames) == 12
    assert not list(tmp_path.glob(".*")), "nothing half-written is left behind"


def test_unknown_recording_format(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match=r"\.mp4"):
        Recorder(tmp_path / "life.avi")


def test_where_nothing_can_be_written_is_told_before_any_work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "life.png").mkdir()
    with pytest.raises(CannotRecord, match=r"life\.png is a folder; add the name of a file"):
        check_target(tmp_path / "life.png")
    check_target(tmp_path / "other.png")
    assert [path.name for path in tmp_path.iterdir()] == ["life.png"], "the trial leaves nothing behind"

    def refuse(**_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("tempfile.TemporaryFile", refuse)  # some folders only seem to be writable
    with pytest.raises(CannotRecord, match=r"cannot be written .*denied.*; choose another folder"):
        check_target(tmp_path / "other.png")


def test_no_encoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imageio_ffmpeg.get_ffmpeg_exe", lambda: (_ for _ in ()).throw(RuntimeError("no ffmpeg exe")))
    with pytest.raises(CannotRecord, match=r"or record to \.gif"):
        Recorder(tmp_path / "life.mp4")


def test_song_is_recorded_with_its_sound(tmp_path: Path) -> None:
    session = Session("Birdsong", "reflex", 1, folder=tmp_path)
    rate, each = pace(session.population.world)
    assert (rate, each) == (25.0, 4)
    path = tmp_path / "song.mp4"
    with Recorder(path, rate, sound_rate=44_100) as recorder:
        for step in range(100):
            session.step()
            recorder.add_sound(session.population.world.sound(0))
            if step % each == 0:
                recorder.add(pixels(compose(session)))
    import imageio_ffmpeg

    told = subprocess.run(
        [imageio_ffmpeg.get_ffmpeg_exe(), "-i", str(path), "-af", "volumedetect", "-f", "null", "-"],
        capture_output=True,
        text=True,
        check=False,
    ).stderr
    assert "Audio: aac" in told
    loudest = float(told.split("max_volume: ")[1].split(" dB")[0])
    assert -40.0 < loudest <= 0.0
    assert len(imageio.imread(path)) == 25
    assert [file.name for file in tmp_path.iterdir()] == ["song.mp4"], "nothing half-written is left behind"


def test_a_film_without_its_sound_is_still_a_film(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    session = Session("LoomingEscape", "reflex", 1, folder=tmp_path)
    path = tmp_path / "mute.mp4"
    monkeypatch.setattr(
        "viewer.sound.subprocess",
        SimpleNamespace(
            run=lambda *a, **k: (_ for _ in ()).throw(OSError("no ffmpeg")),
            DEVNULL=subprocess.DEVNULL,
            CalledProcessError=subprocess.CalledProcessError,
        ),
    )
    with pytest.warns(UserWarning, match="stays mute"), Recorder(path, 20, sound_rate=44_100) as recorder:
        recorder.add(pixels(compose(session)))
    assert len(imageio.imread(path)) == 1
    with pytest.raises(KeyError), Recorder(tmp_path / "nothing.mp4", 20, sound_rate=44_100):
        raise KeyError("what went wrong first")
    assert [file.name for file in tmp_path.iterdir()] == ["mute.mp4"]


def _record_noise(path: Path) -> None:
    frames = np.random.default_rng(0).integers(0, 255, (8, 480, 640, 3)).astype(np.uint8)
    with Recorder(path, 20) as recorder:
        for frame in frames:
            recorder.add(frame)


@pytest.mark.parametrize(("name", "kind"), [("life.mp4", "ffmpeg"), ("life.gif", "disk"), ("life.mp4", "disk")])
def test_a_film_that_fails_leaves_the_one_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, kind: str
) -> None:
    path = tmp_path / "films" / name
    path.parent.mkdir()
    if kind == "ffmpeg":
        broken = tmp_path / "ffmpeg"
        broken.write_text(
            '#!/bin/sh\ncase "$*" in *-version*) echo "ffmpeg version 6";; *) exit 1;; esac\n', encoding="utf-8"
        )
        broken.chmod(0o755)
        monkeypatch.setattr("imageio_ffmpeg.get_ffmpeg_exe", lambda: str(broken))
        monkeypatch.setenv("IMAGEIO_FFMPEG_EXE", str(broken))
    elif subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", path.parent], check=False).returncode:
        pytest.skip("this machine does not let a test mount a file system")
    path.write_bytes(b"the film before")
    try:
        with pytest.raises(CannotRecord, match=r"cannot be recorded.*as it was"):
            _record_noise(path)
        assert path.read_bytes() == b"the film before"
        assert [file.name for file in path.parent.iterdir()] == [name], "nothing half-written is left behind"
    finally:
        if kind == "disk":
            subprocess.run(["umount", "-l", path.parent], check=True)


def test_a_recording_ends_in_order(tmp_path: Path) -> None:
    path = tmp_path / "life.mp4"
    command = [sys.executable, "scripts/watch.py", "Birdsong", "--headless", "--record", str(path), "--steps", "1000000"]
    viewer = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not any(file.name.endswith(".wav") and file.stat().st_size > 100_000 for file in tmp_path.iterdir()):
        assert time.monotonic() < deadline, "nothing is recorded"
        time.sleep(0.1)
    viewer.terminate()
    assert viewer.wait(30) == 128 + 15
    assert [file.name for file in tmp_path.iterdir()] == ["life.mp4"], "the film is whole, and nothing else is left"
    assert len(imageio.imread(path)) >= 1


@pytest.fixture
def interruptible() -> Iterator[None]:
    """SIGINT and SIGTERM raise, also where the tests run in the background, which ignores Ctrl+C."""
    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, signal.default_int_handler) for number in numbers]
    yield
    for number, handler in zip(numbers, before, strict=True):
        signal.signal(number, handler)


@pytest.mark.usefixtures("interruptible")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_frame_that_is_being_written_is_written_to_its_end(tmp_path: Path, number: signal.Signals) -> None:
    """imageio-ffmpeg kills the encoder where an interrupt comes while it hands a frame over, and the whole film is lost."""
    path = tmp_path / "life.mp4"
    large = np.zeros((1080, 1920, 3), dtype=np.uint8)  # more than a pipe holds: nearly all time is spent in handing over

    def record() -> None:
        with Recorder(path) as recorder:
            recorder.add(large)
            threading.Timer(0.2, os.kill, (os.getpid(), number)).start()
            for _ in range(1000):
                recorder.add(large)

    with pytest.raises(KeyboardInterrupt):
        record()
    assert [file.name for file in tmp_path.iterdir()] == ["life.mp4"]
    assert len(imageio.imread(path)) >= 1


@pytest.mark.usefixtures("interruptible")
def test_a_film_that_is_being_closed_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "life.mp4"
    frame = np.zeros((360, 640, 3), dtype=np.uint8)
    recorder = Recorder(path)
    recorder.add(frame)
    close = recorder._writer.close
    recorder._writer.close = lambda: (signal.raise_signal(signal.SIGINT), close())
    with pytest.raises(KeyboardInterrupt), recorder:
        pass
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    assert [file.name for file in tmp_path.iterdir()] == ["life.mp4"]
    recorder = Recorder(path)
    recorder._writer.append_data = lambda frame: [signal.raise_signal(signal.SIGINT) for _ in range(2)]
    with pytest.raises(KeyboardInterrupt), recorder:
        recorder.add(frame)
    assert recorder._count == 0, "asked twice, it does not wait"
