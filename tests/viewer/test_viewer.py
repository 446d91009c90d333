"""The viewer: it shows the very life of the benchmark's animal, and is driven in a real window."""

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
from core.canvas import pixels
from core.errors import InvalidArgument, UnknownName
from nestling.testing.animal_contract import states_equal
from scripts.watch import Args, main
from tests.commands import refusal
from viewer.layout import TALL, WIDE, Layout, layout_of
from viewer.session import Session, parse_age
from viewer.stage import compose, progress
from viewer.timing import span
from viewer.window import NoDisplay, Window

ROOT = Path(__file__).parents[2]


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
    assert pixels(compose(session, size=(900, 1000))).shape == (1000, 900, 3)
    for top, left in ((60, 40), (60, 700), (320, 700), (556, 120)):
        assert len(np.unique(frame[top : top + 150, left : left + 400].reshape(-1, 3), axis=0)) > 20, "a panel is empty"


@pytest.mark.parametrize("agent", ["reflex", "random", "learner"])
def test_every_kind_of_agent_can_be_shown(agent: str, tmp_path: Path) -> None:
    session = Session("LoomingEscape", agent, 1, folder=tmp_path)
    compose(session)
    session.step()
    assert pixels(compose(session)).any()


def test_drawing_goes_on_after_others_have_ended_pygame(session: Session) -> None:
    import pygame

    before = pixels(compose(session))
    pygame.quit()  # as Gymnasium's play does
    assert (pixels(compose(session)) == before).all()
    pygame.font.quit()
    pygame.font.init()
    assert (pixels(compose(session)) == before).all()


def test_growing_up_is_kept(session: Session, tmp_path: Path) -> None:
    heard = []
    session.grow(300, lambda done, total: heard.append((done, total)))
    assert heard[0] == (0, 300)
    assert heard[-1] == (300, 300)
    assert len(session.history.in_charge) == 300, "it is seen while it grows"
    state = session.population.get_state()
    heard.clear()
    session.be_newborn()
    assert session.age == 0.0
    session.grow(300, lambda done, total: heard.append((done, total)))
    assert not heard, "the second time the checkpoint serves"
    assert states_equal(session.population.get_state(), state)
    assert len(session.history.in_charge) == 300, "what led to an age is seen again"
    for kept in sorted(tmp_path.iterdir()):
        kept.write_bytes(b"damaged")
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


@pytest.mark.parametrize("world", ["LoomingEscape", "SaltAppetite", "Birdsong"])
def test_stepping_back_is_exact(world: str, tmp_path: Path) -> None:
    session = Session(world, animals=2, seed=4, folder=tmp_path)
    states = []
    for _ in range(60):
        states.append(session.population.get_state())
        session.step()
    for wanted in (59, 58, 30, 29):
        while session.snapshots._now > wanted:
            assert session.step_back()
        assert states_equal(session.population.get_state(), states[wanted])
        assert len(session.history.in_charge) == wanted
    session.toggle_lesion("reflex")
    assert not session.step_back(), "a replay would not repeat what the experimenter did"


def test_only_whole_episodes_count(session: Session) -> None:
    live(session.population, 400)  # into the first day, unwatched
    for _ in range(700):
        session.step()
    assert session.history.today != 0.0
    ended = int(session.history.deaths)
    assert len(session.history.days) <= ended, "a day that was under way when one began to look is no whole one"
    session.be_newborn()
    for _ in range(1000):
        session.step()
    assert len(session.history.days) >= 1


def test_newborn_and_grown_side_by_side(session: Session) -> None:
    session.grow(400)
    session.next_animal()
    session.compare(True)
    twin = session.twin
    assert twin is not None
    assert (twin.row, twin.age) == (1, 0.0)
    for _ in range(30):
        session.step()
    newborn = Population("steered", "LoomingEscape", 2, seed=4)
    live(newborn, 30)
    assert states_equal(twin.population.get_state(), newborn.get_state())
    session.toggle_lesion("learning")
    assert twin.population.steered.lesions.learning[1]
    frame = pixels(compose(session))
    assert len(np.unique(frame[70:500, 30:600].reshape(-1, 3), axis=0)) > 20
    session.compare(False)
    assert session.twin is None


def test_other_worlds_and_agents(session: Session) -> None:
    session.change(world="SaltAppetite")
    session.step()
    assert session.population.world_name == "SaltAppetite"
    session.change(agent="reflex")
    assert session.population.learner is None
    with pytest.raises(UnknownName):
        session.change(world="NoSuchWorld")
    assert session.population.world_name == "SaltAppetite", "what cannot be done changes nothing"


def test_a_human_as_cortex(session: Session) -> None:
    session.drive(True)
    assert session.driver is not None
    session.driver.held = {"right", "up"}
    for _ in range(20):
        session.step()
    tick = session.history.last
    assert tick is not None
    assert tick.in_charge[0]
    assert np.allclose(tick.action[0], [1.0, 1.0])
    session.drive(False)
    session.step()
    assert not session.population.driven.any()
    undriven = Population("steered", "LoomingEscape", 2, seed=4)
    live(undriven, 21)
    assert np.array_equal(session.population.world.body.position[1], undriven.world.body.position[1]), "others live as ever"


def test_a_checkpoint_of_another_world_is_refused(session: Session, tmp_path: Path) -> None:
    from agents import checkpoint

    path = checkpoint.save(Population("reflex", "SaltAppetite", 2), tmp_path / "rats.safetensors")
    with pytest.raises(InvalidArgument, match="SaltAppetite --agent reflex"):
        session.open(path)
    live(session.population, 30)
    own = checkpoint.save(session.population, tmp_path / "mice.safetensors")
    session.be_newborn()
    session.open(own)
    assert session.age == pytest.approx(3.0)


def post(*events: tuple[int, dict]) -> None:
    import pygame

    for kind, options in events:
        pygame.event.post(pygame.event.Event(kind, **options))


def press(window: Window, *keys: str, mod: int = 0, up: bool = True) -> None:
    """Press keys, one after the other; ``up`` lets each go before the next."""
    import pygame

    for key in keys:
        code = pygame.key.key_code(key)
        post((pygame.KEYDOWN, {"key": code, "mod": mod}), *([(pygame.KEYUP, {"key": code, "mod": mod})] if up else []))
    window._events()


def test_keys(session: Session, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("viewer.session.grown_steps", lambda world: 200)
    window = Window(session)
    import pygame

    window.run(steps=5)
    pygame.display.init()
    window = Window(session)
    press(window, "h", "space", ".", ".", ",", "+", "-", "tab", "backspace")
    assert window._paused
    assert window._help
    assert session.age > 0.0
    press(window, "l", "r", "e", "m", "return")
    assert session.population.steered.lesions.learning[0]
    session.lives.steps, session.lives.ages = 600, [200, 400, 600]
    press(window, "g")
    assert not window._paused
    ticks = 0
    while window._lapse is not None:
        ticks += window._advance()  # the last call may find nothing left to live
        window._show(window._frame())
    assert ticks == 600
    assert session.age == pytest.approx(60.0), "a time lapse of the whole life"
    press(window, "g", "g")
    assert window._lapse is None, "asked twice, its end at once"
    assert session.age == pytest.approx(60.0)
    press(window, "g")
    window._advance()
    press(window, "l")
    assert window._lapse is None, "who intervenes ends the time lapse"
    press(window, "l", "c")
    assert session.twin is not None
    press(window, "c", "n", "d", "s", "space")
    press(window, "right", "x", up=False)
    assert session.driver is not None
    assert session.driver.held == {"right", "x"}
    post((pygame.WINDOWFOCUSLOST, {}))
    window._events()
    assert session.driver.held == set(), "keys that go up while another window has the keyboard are not held for ever"
    press(window, "d", "f1")
    assert "does nothing" in window._message
    assert list(tmp_path.glob("nestling-*.png"))
    progress(compose(session), 1, 2, "growing up")
    press(window, "q")
    window.run()


def test_keys_that_are_meant_for_others_or_held(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    import pygame

    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    window = Window(session)
    lesions, speed = session.population.steered.lesions, window._speed
    press(window, "tab", mod=pygame.KMOD_LALT)
    press(window, "l", "q", "w", mod=pygame.KMOD_LCTRL)
    press(window, "left shift", "left ctrl", "left alt", "caps lock")
    assert (session.row, window._open, window._message) == (0, True, "")
    assert not lesions.learning.any()
    press(window, "l", "l", "l", up=False)  # held: the system repeats it
    assert lesions.learning[0], "a key that is held removes learning once"
    press(window, ".", ".", up=False)
    assert session.age == pytest.approx(0.2), "a step is done again while its key is held"
    press(window, "[+]", "[+]", "[-]")
    assert window._speed == speed + 1
    press(window, "m", "enter")
    assert "done:" in window._message


def click(window: Window, text: str) -> None:
    """Press the button, menu or menu entry that shows a text, with the mouse."""
    import pygame

    found = [
        element
        for element in window._controls.manager.get_sprite_group().sprites()
        if getattr(element, "text", None) == text and element.visible
    ]
    assert found, f"nothing shows {text!r}"
    place = found[-1].rect.center
    pygame.mouse.set_pos(place)
    for kind in (pygame.MOUSEBUTTONDOWN, pygame.MOUSEBUTTONUP):
        window._controls.manager.mouse_position = place
        window._controls.manager._handle_hovering(0.1)
        post((kind, {"button": 1, "pos": place}))
        window._events()
    for _ in range(3):
        window._events()
        window._show(window._frame())


def test_mouse(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    window = Window(session)
    window._show(window._frame())
    click(window, "pause")
    assert window._paused
    click(window, "step")
    assert session.population.steered.age[0] > 0.0
    click(window, "lesion")
    click(window, "remove learning")
    assert session.population.steered.lesions.learning.tolist() == [True, False]
    click(window, "manipulate")
    click(window, "remove_shelter")
    assert session.population.world.body.shelter_present.tolist() == [False, True]
    click(window, "lesion")
    assert window._controls.menu_is_open
    press(window, "escape")
    assert not window._controls.menu_is_open
    assert window._open, "Escape closes the menu, and not the window"
    click(window, "LoomingEscape")  # a menu says what is in force
    click(window, "SaltAppetite")
    assert session.population.world_name == "SaltAppetite"
    click(window, "SaltAppetite")
    click(window, "Rivals")
    assert session.population.world_name == "Rivals"
    window._show(window._frame())
    press(window, "q")
    window.run()


@pytest.mark.parametrize(("size", "least"), [((3840, 2160), 30), ((1280, 720), 11), ((700, 420), 8), ((500, 900), 9)])
def test_the_text_of_buttons_grows_with_the_window(
    session: Session, size: tuple[int, int], least: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    import pygame

    from viewer.controls import Controls

    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    pygame.display.init()
    pygame.display.set_mode(size)
    controls = Controls(size, session)
    buttons = [each for each in controls.manager.get_sprite_group().sprites() if getattr(each, "text", "") == "compare"]
    assert buttons
    assert buttons[0].font.get_point_size() >= least
    assert buttons[0].font.get_rect("compare").width <= buttons[0].rect.width, "no name is cut off"
    boxes = [each.rect for each in controls._actions] + [each.rect for each in controls._menus]
    assert all(pygame.Rect(0, 0, *size).contains(box) for box in boxes)
    assert all(len(box.collidelistall(boxes)) == 1 for box in boxes), "nothing lies on anything else"


@pytest.mark.parametrize("layout", [WIDE, TALL])
def test_panels_lie_beside_each_other(layout: Layout) -> None:
    import pygame

    frame = pygame.Rect(0, 0, layout.size[0], layout.size[1] - layout.bar)
    panels = [layout.box(name) for name in ("world", "steering", "learning", "sentence", "time", "life")]
    views = [pygame.Rect(x, y, layout.view_width, world + brief + 32) for x, y, world, brief in layout.views]
    for boxes in (panels, [*views, layout.box("life")]):
        assert all(frame.contains(box) for box in boxes)
        assert all(len(box.collidelistall(boxes)) == 1 for box in boxes)
    assert layout_of(layout.size) is layout


def test_a_screen_that_is_too_small(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    import pygame

    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    pygame.display.init()
    monkeypatch.setattr("pygame.display.get_desktop_sizes", lambda: [(320, 200)])
    with pytest.raises(NoDisplay, match="320 x 200"):
        Window(session)


@pytest.mark.parametrize(("seconds", "words"), [(1 / 3, "0.33 s"), (60.0, "60 s"), (1000.0, "17 min"), (18_000.0, "5 h")])
def test_spans_of_time_are_short(seconds: float, words: str) -> None:
    assert span(seconds) == words


def test_a_world_that_follows_a_lesion_is_pointed_out() -> None:
    with pytest.raises(InvalidArgument, match=r"watch\.py saltappetite --lesion"):
        main(Args(lesion=("learning", "saltappetite")))


def test_without_a_sound_device(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    import pygame

    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    monkeypatch.setattr("pygame.mixer.init", lambda *a, **k: (_ for _ in ()).throw(pygame.error("no device")))
    window = Window(Session("Birdsong", "reflex", 1, folder=tmp_path))
    assert "no sound" in window._message
    window.run(steps=80)


def own_cache(folder: Path) -> dict[str, str]:
    """A cache of a process's own for all but compiled kernels, which take a minute to compile."""
    import numba

    return {"XDG_CACHE_HOME": str(folder), "NUMBA_CACHE_DIR": numba.config.CACHE_DIR}


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
    done = run_watch("--headless", "--record", str(path), "--steps", "8", "--lesion", "learning", **own_cache(tmp_path))
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
def test_command_refuses_plainly(
    arguments: tuple[str, ...], words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert words in refusal("watch", *arguments, monkeypatch=monkeypatch, capsys=capsys)


@pytest.mark.skipif(
    not (shutil.which("Xvfb") and shutil.which("xdotool")), reason="needs Xvfb and xdotool (Debian: xvfb xdotool)"
)
def test_real_window(tmp_path: Path) -> None:
    display = f":{90 + os.getpid() % 100}"
    screen = subprocess.Popen(["Xvfb", display, "-screen", "0", "1400x900x24"], stderr=subprocess.DEVNULL)
    time.sleep(1.0)
    environment = os.environ | {"DISPLAY": display} | own_cache(tmp_path)
    environment.pop("SDL_VIDEODRIVER", None)
    command = [sys.executable, str(ROOT / "scripts/watch.py"), "--animals", "2", "--record", str(tmp_path / "seen.mp4")]
    viewer = subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True)
    try:
        for _ in range(240):
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

        def tell(*words: str) -> None:
            subprocess.run(["xdotool", *words], env=environment, check=True)
            time.sleep(0.2)

        for key in ("h", "h", "Up", "l", "Tab", "m", "Return", "space", "period", "comma", "s", "space"):
            tell("key", "--window", window, key)
        tell("mousemove", "--window", window, "46", "692", "click", "1")  # the first button: pause
        tell("mousemove", "--window", window, "46", "692", "click", "1")
        tell("windowsize", window, "1000", "600")
        time.sleep(1.0)
        tell("key", "--window", window, "q")
        assert viewer.wait(timeout=20) == 0, viewer.stderr.read() if viewer.stderr else ""
    finally:
        viewer.kill()
        screen.terminate()
        screen.wait()
    assert list(tmp_path.glob("nestling-*.png")), "the key s must save a picture"
    assert len(imageio.imread(tmp_path / "seen.mp4")) >= 2, "what was seen must be recorded, however slow the machine"
