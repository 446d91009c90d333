"""The line of a whole life in the viewer: what it shows was lived, and every kept age is that very life."""

from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from agents.life import live
from agents.population import Population
from core.canvas import pixels
from nestling.testing.animal_contract import states_equal
from tests.viewer.test_viewer import post
from viewer.layout import TALL, WIDE
from viewer.life_line import LifeLine
from viewer.panels import life_panel
from viewer.session import Session
from viewer.stage import SIZE, compose
from viewer.window import Window

AGES = [300, 600, 900]
BEFORE = 150  # ticks that are seen again before each; 600 are usual


@pytest.fixture
def session(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Session:
    monkeypatch.setattr("viewer.kept_lives.LENGTH", BEFORE)
    return with_few_ages(Session("Rivals", animals=2, seed=6, folder=tmp_path))


def with_few_ages(session: Session) -> Session:
    session.lives.steps, session.lives.ages = AGES[-1], list(AGES)
    return session


@cache
def unwatched(agent: str, ticks: int) -> tuple[Population, LifeLine]:
    population, line = Population(agent, "Rivals", 2, seed=6), LifeLine("Rivals", 2)
    live(population, ticks, [line])
    return population, line


def is_that_life(session: Session, ticks: int) -> bool:
    population, line = unwatched("steered", ticks)
    _, reflex = unwatched("reflex", ticks)
    same = states_equal(session.population.get_state(), population.get_state())
    for shown, wanted in ((session.line, line), (session.sibling.line, reflex)):
        same &= all(
            np.array_equal(shown.get_state()[name], value, equal_nan=True) for name, value in wanted.get_state().items()
        )
    return same


def drain(lapse: Iterator[bool], ticks: int | None = None) -> list[bool]:
    return [kept for kept, _ in zip(lapse, range(10**9 if ticks is None else ticks), strict=False)]


def test_a_life_is_lived_once_and_seen_again(session: Session) -> None:
    assert drain(session.growing(AGES[-1])) == [False] * AGES[-1]
    assert is_that_life(session, AGES[-1])
    again = drain(session.growing(AGES[-1]))
    assert again == [True] * (BEFORE * len(AGES)), "of a kept life the ticks before each age are seen again"
    assert is_that_life(session, AGES[-1])
    session.go_to(0.4)
    assert is_that_life(session, AGES[0])
    assert session.future is not None
    assert (
        np.isfinite(session.future.fitness[:, 0]).sum()
        == np.isfinite(unwatched("steered", AGES[-1])[1].fitness[:, 0]).sum()
    )
    session.go_to(0.0)
    assert session.age == 0.0


@pytest.mark.thorough
def test_an_interrupted_life_goes_on_where_it_was_kept(session: Session, tmp_path: Path) -> None:
    drain(session.growing(AGES[-1]), 640)
    other = with_few_ages(Session("Rivals", animals=2, seed=6, folder=tmp_path))
    passed = drain(other.growing(AGES[-1]))
    assert sum(passed) == 2 * BEFORE
    assert is_that_life(other, AGES[-1])


def test_an_intervention_makes_another_life(session: Session) -> None:
    session.grow(AGES[0])
    assert session.future is not None
    session.toggle_lesion("learning")
    assert session.future is None
    assert session.interventions == [(AGES[0], "learning removed")]
    with_few_ages(session).drive(True)
    session.driver.held.add("1")
    session.grow(AGES[1])
    assert session.driver is None, "what is kept is the life of an animal of its own"
    assert is_that_life(session, AGES[1])


def test_steps_back_take_the_line_back(session: Session) -> None:
    for _ in range(60):
        session.step()
    for _ in range(7):
        assert session.step_back()
    assert session.line.lived == 53
    _, line = unwatched("steered", 53)
    assert np.array_equal(session.line.fitness, line.fitness, equal_nan=True)


def test_the_strip_is_drawn_and_clicked(session: Session, monkeypatch: pytest.MonkeyPatch) -> None:
    import pygame

    monkeypatch.setenv("SDL_VIDEODRIVER", "dummy")
    left, top, width, height = WIDE.life
    newborn = pixels(compose(session))[top : top + height, left : left + width]
    session.grow(AGES[-1])
    grown = pixels(compose(session))[top : top + height, left : left + width]
    assert (newborn != grown).any(axis=2).mean() > 0.01
    window = Window(session)
    window._show(window._frame())
    for layout, size in ((WIDE, SIZE), (TALL, (546, 1005))):
        pygame.display.set_mode(size, pygame.RESIZABLE)
        post((pygame.VIDEORESIZE, {"size": size, "w": size[0], "h": size[1]}))
        window._events()
        scale = size[0] / layout.size[0]
        for share, age in ((0.35, AGES[0]), (0.01, 0), (0.9, AGES[2])):
            plot = life_panel.plot_in(layout.box("life"))
            place = (round(scale * (plot.x + share * plot.width)), round(scale * plot.centery))
            post((pygame.MOUSEBUTTONDOWN, {"button": 1, "pos": place}))
            window._events()
            assert session.line.lived == age
    assert WIDE.in_units((1920, 1080), (2 * SIZE[0], 2 * SIZE[1])) == (960.0, 540.0)
    assert life_panel.share_at((5.0, 5.0), WIDE.box("life")) is None
