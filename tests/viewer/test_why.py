"""The sentence that says who acts and why is true of the tick it is about."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from agents.population import Population
from core.player.recorded_canvas import UNITS, Library, RecordedCanvas
from steering.registration import steered_worlds
from viewer.panels import compass
from viewer.session import Session
from viewer.why import why
from viewer.words import act_name, heading_of, short_act_name


@pytest.mark.parametrize("world", steered_worlds())
def test_it_is_true_of_every_tick(world: str, tmp_path: Path) -> None:
    session = Session(world, "steered", 2, folder=tmp_path)
    assert why(session) == ""
    said = set()
    for _ in range(700):
        session.step()
        tick, sentence = session.history.last, why(session)
        assert tick is not None
        assert sentence.startswith("Learning" if tick.in_charge[0] else "Steering acts")
        if not tick.in_charge[0]:
            assert f"wants to {session.population.steered.steering.wants[int(tick.reflex.want[0])]} " in sentence
        practises = bool(session.population.steered.hand_over.practising()[0])
        assert ("tries something out" in sentence) == bool(
            tick.in_charge[0] and tick.proposal.explores[0] and not practises
        )
        assert ("practises" in sentence) == practises
        assert ("guided" in sentence) == bool(session.population.steered.hand_over.guiding()[0])
        early = tick.reflex.innate_action is not None and abs(tick.reflex.action - tick.reflex.innate_action)[0].max() > 0.5
        assert ("was predicted" in sentence) <= early
        assert len(sentence) < 140, "it has one line"
        said.add(sentence)
    assert len(said) >= 2


def test_without_a_learner_steering_acts_alone(tmp_path: Path) -> None:
    session = Session("Rivals", "steered", 2, folder=tmp_path)
    session.toggle_lesion("learning")
    session.step()
    assert why(session).startswith("Steering acts alone")
    session.next_animal()
    session.step()
    assert not why(session).startswith("Steering acts alone")
    reflex = Session("Rivals", "reflex", 1, folder=tmp_path)
    reflex.step()
    assert why(reflex).startswith("Steering acts alone")


def test_who_drives_is_told(tmp_path: Path) -> None:
    session = Session("LoomingEscape", "steered", 1, folder=tmp_path)
    session.drive(True)
    assert session.driver is not None
    session.driver.held.add("up")
    said = set()
    for _ in range(40):
        session.step()
        said.add(why(session).split()[0])
    assert said <= {"You", "Steering"}
    assert "You" in said


@pytest.mark.parametrize("world", steered_worlds())
def test_acts_can_be_told_apart_in_few_letters(world: str) -> None:
    learner = Population("steered", world, 1).learner
    assert learner is not None
    for letters in (6, 20):
        short = [short_act_name(name, letters) for name in learner.option_names]
        assert len(set(short)) == len(short), short
        assert max(map(len, short)) <= letters
    assert [act_name(name) for name in ("walk 45", "walk 270", "look -36, +20", "lick")] == [
        "walk ↗",
        "walk ↓",
        "look ↖ 36°",
        "lick",
    ]


@pytest.mark.parametrize("world", ["LoomingEscape", "SaltAppetite"])
def test_the_compass_points_where_learning_would_walk(world: str, tmp_path: Path) -> None:
    session = Session(world, "steered", 1, folder=tmp_path)
    seen = set()
    for _ in range(600):
        session.step()
        canvas = RecordedCanvas(Library())
        compass.draw(canvas, session)
        chosen = [command for command in canvas.commands if command.style[:3] == ("path", "#1c2026", 2)]
        tick, learner = session.history.last, session.population.learner
        assert tick is not None
        assert learner is not None
        heading = heading_of(learner.option_names[int(tick.proposal.option[0])])
        assert len(chosen) == (heading is not None and not tick.proposal.defers[0])
        if chosen and heading is not None:
            at = session.population.world.animal_at(0)
            assert at is not None
            *_, x, y = np.array(chosen[0].places[:6]) / UNITS
            assert np.allclose(np.degrees(np.arctan2(at[1] - y, x - at[0])) % 360.0, heading % 360.0, atol=1.0)
            seen.add(heading)
    assert len(seen) > 3
