"""What the mouse rests on is explained."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from viewer.session import Session
from viewer.stage import compose, tooltip_at
from viewer.window import Window
from viewer.words import BOUNDLESS

WORLDS = ("LoomingEscape", "SaltAppetite", "Birdsong", "Rivals", "Orienting", "Eyeblink", "OdourChoice")


@pytest.mark.parametrize("world", WORLDS)
def test_what_is_shown_is_explained(world: str, tmp_path: Path) -> None:
    shown = Session(world, animals=1, seed=4, folder=tmp_path)
    for _ in range(3):
        shown.step()
    frame = compose(shown)
    said = {text.partition(":")[0] for _, text in frame.tooltips}
    steering = shown.population.steered.steering
    shown_variables = {v.name for v in steering.variables if v.changes_in_life and v.high < BOUNDLESS}
    alone = {sense.name for sense in shown.population.world.senses if "learning" not in sense.heard_by and sense.size == 1}
    everywhere = {"better by at least", "urgency", "Fitness", "Steering in charge", "Learning in charge"}
    for name in {*shown_variables, *alone, *steering.parts, *everywhere}:
        assert name.replace("_", " ") in said, name
    fixed = {v.name for v in steering.variables if not v.changes_in_life}
    assert not {name.replace("_", " ") for name in fixed} & said, "what nobody changed is not shown"
    for box, text in frame.tooltips:
        assert tooltip_at(frame, box.center) == text
    for variable in steering.variables:
        if not variable.changes_in_life:
            getattr(steering.mutable, variable.name)[0] = variable.low
            assert variable.name.replace("_", " ") in {text.partition(":")[0] for _, text in compose(shown).tooltips}


def test_values_of_acts_are_explained(tmp_path: Path) -> None:
    pytest.importorskip("stable_baselines3", reason="Stable-Baselines3 is not installed")
    shown = Session("LoomingEscape", "steered-dqn", animals=1, seed=4, folder=tmp_path)
    shown.step()
    said = {text.partition(":")[0] for _, text in compose(shown).tooltips}
    assert said >= {"let the reflex act", "stay", "walk →"}


def test_the_strip_of_time_says_who_acted_by_want(tmp_path: Path) -> None:
    session = Session("Rivals", animals=1, seed=3, folder=tmp_path)
    for _ in range(40):
        session.step()
    said = [text for _, text in compose(session).tooltips if "by what steering wanted" in text]
    want = session.population.steered.steering.wants[session.history.want[-1]]
    assert len(said) == 1
    assert f"{want} " in said[0]


def test_the_mouse_brings_an_explanation(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    import pygame

    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    window = Window(session)
    session.step()
    box = next(box for box, text in window._frame().tooltips if text.startswith("threat bound"))

    def seen(place: tuple[int, int], focused: bool = True) -> np.ndarray:
        monkeypatch.setattr("pygame.mouse.get_pos", lambda: place)
        monkeypatch.setattr("pygame.mouse.get_focused", lambda: focused)
        window._show(window._frame())
        return pygame.surfarray.array3d(window._screen)

    try:
        assert not np.array_equal(seen(box.center), seen((5, 5))), "nothing lies in the corner"
        assert np.array_equal(seen(box.center, focused=False), seen((5, 5)))
    finally:
        pygame.display.quit()
