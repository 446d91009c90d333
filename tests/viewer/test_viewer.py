"""The viewer: it shows the very life of the benchmark's animal, records whole files, and is driven in a real window."""

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import imageio.v3 as imageio
import numpy as np
import pytest

from agents.life import live
from agents.population import Population
from envs.canvas import pixels
from envs.errors import UnknownName
from tests.conformance.agent_contract import states_equal
from viewer.record import CannotRecord, Recorder
from viewer.session import Session, parse_age
from viewer.stage import compose, progress
from viewer.window import Window

ROOT = Path(__file__).parents[2]


@pytest.fixture
def session(tmp_path: Path) -> Session:
    return Session("LoomingEscape", animals=2, seed=4, folder=tmp_path)


def test_watching_changes_nothing(session: Session) -> None:
    for _ in range(150):
        session.step()
        compose(session)
    unwatched = Population("steered", "LoomingEscape", 2, seed=4)
    live(unwatched, 150)
    assert states_equal(session.population.get_state(), unwatched.get_state())


def test_frame_shows_its_panels(session: Session) -> None:
    for _ in range(40):
        session.step()
    frame = pixels(compose(session, "1 x", show_help=True))
    assert frame.shape == (720, 1280, 3)
    for top, left in ((60, 40), (60, 700), (320, 700), (556, 120)):
        assert len(np.unique(frame[top : top + 150, left : left + 400].reshape(-1, 3), axis=0)) > 20, "a panel is empty"


@pytest.mark.parametrize("agent", ["reflex", "random", "learner"])
def test_every_kind_of_agent_can_be_shown(agent: str, tmp_path: Path) -> None:
    session = Session("LoomingEscape", agent, 1, folder=tmp_path)
    compose(session)
    session.step()
    assert pixels(compose(session)).any()


def test_growing_up_is_kept(session: Session) -> None:
    heard = []
    session.grow(300, lambda done, total: heard.append((done, total)))
    assert heard[0] == (0, 300)
    assert heard[-1] == (300, 300)
    state = session.population.get_state()
    heard.clear()
    session.be_newborn()
    assert session.age == 0.0
    session.grow(300, lambda done, total: heard.append((done, total)))
    assert not heard, "the second time the checkpoint serves"
    assert states_equal(session.population.get_state(), state)
    (checkpoint,) = session.folder.iterdir()
    checkpoint.write_bytes(b"damaged")
    session.grow(300)
    assert states_equal(session.population.get_state(), state)


def test_lesions_and_manipulations_reach_only_the_shown_animal(session: Session) -> None:
    session.next_animal()
    assert session.toggle_lesion("learning")
    assert session.population.steered.lesions.learning.tolist() == [False, True]
    session.manipulate("remove_shelter")
    assert session.population.world.body.shelter_present.tolist() == [True, False]
    assert not session.toggle_lesion("learning")
    with pytest.raises(UnknownName, match="Did you mean 'learning'"):
        session.toggle_lesion("lerning")


def test_ages() -> None:
    assert parse_age("newborn") == 0
    assert parse_age("1234") == 1234
    for wrong in ("old", "-3", "1.5"):
        with pytest.raises(UnknownName, match="whole number of steps"):
            parse_age(wrong)


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
    assert frames.shape[-3:] == ((1080, 1280, 3) if ending == ".png" else (720, 1280, 3))
    assert ending == ".png" or len(frames) == 12
    assert not list(tmp_path.glob(".*")), "nothing half-written is left behind"


def test_unknown_recording_format(tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match=r"\.mp4"):
        Recorder(tmp_path / "life.avi")


def test_no_encoder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("imageio_ffmpeg.get_ffmpeg_exe", lambda: (_ for _ in ()).throw(RuntimeError("no ffmpeg exe")))
    with pytest.raises(CannotRecord, match=r"or record to \.gif"):
        Recorder(tmp_path / "life.mp4")


def test_keys(session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("viewer.window.GROWN_STEPS", 200)
    window = Window(session)
    import pygame

    for key in ("h", "space", "right", ".", "up", "down", "tab", "l", "r", "e", "m", "return", "g", "n", "s", "x", "space"):
        pygame.event.post(pygame.event.Event(pygame.KEYDOWN, key=pygame.key.key_code(key)))
    window.run(steps=3)
    assert list(tmp_path.glob("nestling-*.png"))
    pygame.display.init()
    progress(compose(session), 1, 2, "growing up")
    pygame.display.quit()


def run_watch(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {k: v for k, v in os.environ.items() if k not in ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")}
    command = [sys.executable, "scripts/watch.py", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env=clean | environment, capture_output=True, text=True, check=False, timeout=120
    )


def test_no_display_is_said_plainly_and_recording_goes_on(tmp_path: Path) -> None:
    done = run_watch("--animals", "1", "--steps", "3")
    assert done.returncode == 2
    assert "No window can be opened" in done.stderr
    assert "--headless" in done.stderr
    done = run_watch("--animals", "1", "--steps", "3", "--record", str(tmp_path / "life.gif"))
    assert done.returncode == 0, done.stderr
    assert len(imageio.imread(tmp_path / "life.gif")) == 3


def test_command_records_without_a_screen(tmp_path: Path) -> None:
    path = tmp_path / "life.gif"
    done = run_watch(
        "--headless", "--record", str(path), "--steps", "8", "--lesion", "learning", XDG_CACHE_HOME=str(tmp_path)
    )
    assert done.returncode == 0, done.stderr
    assert len(imageio.imread(path)) == 8


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--headless",), "say where to record"),
        (("NoSuchWorld",), "no world named"),
        (("--agent", "nobody"), "no agent named"),
        (("--lesion", "tail"), "no lesion"),
        (("--age", "old"), "An age is"),
        (("--steps", "0", "--headless", "--record", "x.gif"), "at least 1"),
    ],
)
def test_command_refuses_plainly(arguments: tuple[str, ...], words: str) -> None:
    done = run_watch(*arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(
    not (shutil.which("Xvfb") and shutil.which("xdotool")), reason="needs Xvfb and xdotool (Debian: xvfb xdotool)"
)
def test_real_window(tmp_path: Path) -> None:
    display = f":{90 + os.getpid() % 100}"
    screen = subprocess.Popen(["Xvfb", display, "-screen", "0", "1400x900x24"], stderr=subprocess.DEVNULL)
    time.sleep(1.0)
    environment = os.environ | {"DISPLAY": display, "XDG_CACHE_HOME": str(tmp_path)}
    environment.pop("SDL_VIDEODRIVER", None)
    command = [sys.executable, str(ROOT / "scripts/watch.py"), "--animals", "2", "--record", str(tmp_path / "seen.mp4")]
    viewer = subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        for _ in range(60):
            found = subprocess.run(
                ["xdotool", "search", "--class", "watch.py|python|Nestling"],
                env=environment,
                capture_output=True,
                text=True,
            )
            if found.stdout.strip():
                break
            time.sleep(0.5)
        window = found.stdout.split()[0]
        subprocess.run(["xdotool", "windowsize", window, "1000", "600"], env=environment, check=True)
        for key in ("h", "h", "Up", "l", "Tab", "m", "Return", "space", "period", "s", "space"):
            subprocess.run(["xdotool", "key", "--window", window, key], env=environment, check=True)
            time.sleep(0.15)
        time.sleep(1.0)
        subprocess.run(["xdotool", "key", "--window", window, "q"], env=environment, check=True)
        assert viewer.wait(timeout=20) == 0, viewer.stderr.read() if viewer.stderr else ""
    finally:
        viewer.kill()
        screen.terminate()
        screen.wait()
    assert list(tmp_path.glob("nestling-*.png")), "the key s must save a picture"
    assert len(imageio.imread(tmp_path / "seen.mp4")) >= 2, "what was seen must be recorded, however slow the machine"
