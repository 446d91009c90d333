"""The player in a real browser: it shows what the viewer shows, and is used by mouse, by keyboard and on a phone."""

import base64
import io
import itertools
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageFilter

from agents.life import live
from agents.population import Population
from core.canvas import Canvas, pixels
from core.errors import InvalidArgument, UnknownName
from core.pygame_check import import_pygame
from envs.looming_escape.world import LoomingEscape
from nestling.testing.animal_contract import states_equal
from scripts.watch import Args, main
from tests.browsing import open_page
from viewer.life_line import LifeLine
from viewer.palette import BACKGROUND
from viewer.player.player import Player, player
from viewer.player.recording import PANELS, record_life
from viewer.record import CannotRecord, pace
from viewer.shown import Shown


class Unsafe(LoomingEscape):
    """A world whose words could end the page's data."""

    id = "Unsafe-v0"
    steering = "LoomingEscape"
    fitness_unit = "</script><b>items</b> a day"


class Undrawable(LoomingEscape):
    """A world whose drawing fails."""

    id = "Undrawable-v0"
    steering = "LoomingEscape"

    def _draw(self, row: int, canvas: Any) -> None:
        raise ZeroDivisionError("no perspective")


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A brief life of a fighter, whole and lesioned."""
    page = player("Rivals", steps=1200, frames=30)
    return page.save(tmp_path_factory.mktemp("player") / "life.html")


def opened(browser: Any, file: Path, width: int = 1280, scheme: str = "light") -> Any:
    page, complaints = open_page(browser, file, width, scheme)
    page.wait_for_function("window.nestling && nestling.ready()")
    page.evaluate("nestling.setPlaying(false)")
    page.evaluate("nestling.goTo(0)")
    page.complaints = complaints
    return page


@pytest.mark.parametrize(
    "world", ["LoomingEscape", "SaltAppetite", "Birdsong", "Rivals", "Orienting", "Eyeblink", "OdourChoice"]
)
def test_pictures_are_those_of_the_viewer(browser: Any, world: str, tmp_path: Path) -> None:
    recorded, watched = Population("steered", world, 1, seed=3), Population("steered", world, 1, seed=3)
    live(recorded, 40)
    live(watched, 40)
    page = opened(browser, player(recorded, frames=3).save(tmp_path / "now.html"))
    shown = Shown()
    shown.show(watched)
    live(watched, 3 * pace(watched.world)[1], [shown.history])
    assert states_equal(recorded.get_state(), watched.get_state()), "recording changes nothing"
    for index, ((name, size), draw) in enumerate(PANELS):
        canvas = Canvas.blank((2 * size[0], 2 * size[1]), BACKGROUND)
        draw(canvas.inside((0, 0, 2 * size[0], 2 * size[1]), size), import_pygame().Rect(0, 0, *size), shown)
        page.evaluate(f"nestling.drawn({index}, 0, 0, 2, {2 * size[0]})")
        page.wait_for_function("nestling.ready()")
        url = page.evaluate(f"nestling.drawn({index}, 0, 0, 2, {2 * size[0]})")
        there = Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))).convert("RGB")
        here = Image.fromarray(pixels(canvas))
        assert there.size == here.size
        soft = [np.asarray(image.filter(ImageFilter.GaussianBlur(3)), float) for image in (here, there)]
        difference = np.abs(soft[0] - soft[1])
        assert difference.mean() < 3.0, name  # spectrograms are compressed
        assert np.quantile(difference, 0.99) < 40.0, name  # letters of a screen stand on whole pixels


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280, 2560])
def test_page_fits_and_is_silent(browser: Any, life: Path, width: int, scheme: str) -> None:
    page = opened(browser, life, width, scheme)
    for _ in range(2):
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        page.click("#compare")
    unnamed = (
        "[...document.querySelectorAll('canvas, input, select, button, svg [role=button]')].filter(e => !e.hidden && !("
    )
    unnamed += "e.getAttribute('aria-label') || e.textContent.trim() || e.closest('label'))).length"
    assert page.evaluate(unnamed) == 0
    assert not page.complaints


def test_the_mouse_brings_an_explanation(browser: Any, life: Path) -> None:
    page = opened(browser, life)
    panel = page.locator("canvas.steering").first
    box = panel.bounding_box()
    said = set()
    for down in range(4, int(box["height"]), 8):
        panel.hover(position={"x": 0.1 * box["width"], "y": down})
        said.add(panel.get_attribute("title").partition(":")[0])
    assert {"belief", "tally", ""} <= said


def test_keyboard_and_mouse(browser: Any, life: Path) -> None:
    page = opened(browser, life)
    place, total = lambda: page.evaluate("Math.floor(nestling.state.place)"), page.evaluate("nestling.total")
    for key, wanted in (("ArrowRight", 1), ("ArrowRight", 2), ("ArrowLeft", 1), ("g", total - 30), ("n", 0)):
        page.keyboard.press(key)
        assert place() == wanted, key
    page.keyboard.press("Space")
    page.wait_for_function("nestling.state.place > 3")
    page.keyboard.press("Space")
    stopped = place()
    page.wait_for_timeout(200)
    assert place() == stopped
    page.keyboard.press("c")
    assert page.is_visible(".pane:nth-child(2)")
    page.fill("#scrub", str(total - 1))
    assert page.input_value(".pane:nth-child(1) .age") == str(len(page.evaluate("nestling.before")) - 2)
    assert re.match("Steering acts|Learning (acts|tries)|The reflex has", page.inner_text(".pane:nth-child(1) .caption"))
    mark = page.locator("#line .mark").nth(0)
    mark.focus()
    page.keyboard.press("Enter")
    assert place() == 0
    page.select_option(".pane:nth-child(1) .track", label="steering alone, without learning")
    page.wait_for_function("document.querySelector('.caption').textContent.startsWith('Steering acts alone')")


def test_every_track_is_that_animal() -> None:
    recording = record_life("Rivals", steps=900, frames=20, seed=5)
    assert recording.tracks[0] == "whole animal"
    assert [track.rpartition(" ")[2] for track in recording.tracks[1:]] == ["learning", "reflex", "reward"]
    alone = Population("steered", "Rivals", 1, seed=5)
    line = LifeLine("Rivals", 1, 900)
    live(alone, 900, [line])
    assert recording.curves is not None
    assert (recording.curves.fitness[:, 0] == line.fitness[:, 0]).all()
    assert (recording.curves.share[:, 0] == line.share[:, 0]).all()
    assert (recording.curves.share[:, 1] == 0.0).all(), "an animal without learning lives on its reflexes"
    ticks = [age.tick for age in recording.ages]
    assert ticks == sorted(ticks)
    assert all(later - sooner >= 20 for sooner, later in itertools.pairwise(ticks))


def test_an_agent_without_a_learner(tmp_path: Path) -> None:
    recording = record_life("Rivals", "reflex", steps=400, frames=5)
    assert not any("without learning" in track for track in recording.tracks)
    assert Player(recording).save(tmp_path / "reflex.html").stat().st_size > 10_000


def test_words_of_a_world_stay_words(browser: Any, tmp_path: Path) -> None:
    path = player(Unsafe, steps=60, frames=2).save(tmp_path / "unsafe.html")
    page = opened(browser, path)
    assert "</script><b>items</b> a day" in (page.text_content("#line svg text >> nth=0") or "")
    assert not page.complaints
    head = re.search(r'id="head">(.*?)</script>', path.read_text(encoding="utf-8"), re.DOTALL)
    assert head is not None
    assert json.loads(head[1])["unit"] == Unsafe.fitness_unit


def test_nothing_half_written(tmp_path: Path) -> None:
    target = tmp_path / "life.html"
    for wrong, options in (
        (UnknownName, {"lesions": ("wings",)}),
        (InvalidArgument, {"frames": 0}),
        (InvalidArgument, {"steps": 10**9}),
    ):
        with pytest.raises(wrong):
            player("Rivals", **options).save(target)
    with pytest.raises(CannotRecord, match="Undrawable cannot be drawn: no perspective"):
        player(Undrawable, steps=5, frames=1).save(target)
    with pytest.raises(UnknownName, match=r"\.html"):
        player(Population("reflex", "Rivals", 1), frames=1).save(tmp_path / "life.mp4")
    with pytest.raises(CannotRecord, match="no folder"):
        main(Args("Rivals", record=tmp_path / "missing" / "life.html", headless=True))
    with pytest.raises(InvalidArgument, match="whole life"):
        main(Args("Rivals", record=target, age="grown", headless=True))
    assert not list(tmp_path.iterdir())


def test_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(Args("Rivals", record=tmp_path / "life.html", steps=450, headless=True)) == 0
    assert "450 steps" in capsys.readouterr().out
    assert (tmp_path / "life.html").read_text(encoding="utf-8").startswith("<!doctype html>")


def test_inline_in_a_notebook(browser: Any, tmp_path: Path) -> None:
    frame = player(Population("steered", "Rivals", 1), frames=2)._repr_html_()
    (tmp_path / "cell.html").write_text(f"<!doctype html><body>{frame}</body>", encoding="utf-8")
    page, complaints = open_page(browser, tmp_path / "cell.html", 1000)
    inner = page.frames[1]
    inner.wait_for_function("window.nestling")
    assert inner.is_visible("canvas.world")
    assert not complaints
