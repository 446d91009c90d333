"""Rivals: contests end by strength, staging decides them, and each version of the tally keeps what it should."""

import numpy as np
import pytest

from agents.population import Population
from core.errors import UnknownName
from envs import make_world
from envs.rivals.world import ATTACK, DISPLAY, NEIGHBOURS, OWN_STRENGTH, RETREAT, STRANGER, chance_of_round, chance_to_win


def fought(num_animals: int, action: int, steps: int = 400, **staged: object) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Contests won and lost, and fitness, of animals that always do the same."""
    world = make_world("Rivals", num_animals)
    world.reset(seed=0)
    if staged:
        world.manipulate("stage", **staged)
    won, lost, total = np.zeros(num_animals), np.zeros(num_animals), np.zeros(num_animals)
    for _ in range(steps):
        total += world.step(np.full(num_animals, action))[1]
        won += world.body.won
        lost += world.body.lost
    return won, lost, total


def test_the_chance_to_win_is_that_of_first_to_three() -> None:
    draws = np.random.default_rng(0).random((20_000, 5))
    for own, other in ((0.0, 0.0), (OWN_STRENGTH, 0.0), (-OWN_STRENGTH, 0.5)):
        p = chance_of_round(np.array(own), np.array(other))
        assert np.isclose(((draws < p).sum(axis=1) >= 3).mean(), chance_to_win(np.array(own), np.array(other)), atol=0.01)


def test_the_strong_win_more() -> None:
    world = make_world("Rivals", 128)
    world.reset(seed=0)
    strong = world.body.strength > 0
    assert 0.3 < strong.mean() < 0.7
    won, lost, _ = fought(128, ATTACK)
    assert won[strong].sum() / (won + lost)[strong].sum() > 0.6 > 0.4 > won[~strong].sum() / (won + lost)[~strong].sum()


def test_staged_outcomes() -> None:
    won, lost, _ = fought(4, ATTACK, outcome="win")
    assert (won > 5).all()
    assert (lost == 0).all()
    won, lost, _ = fought(4, ATTACK, outcome="lose")
    assert (won == 0).all()
    assert (lost > 5).all()
    won, lost, fitness = fought(4, DISPLAY, outcome="none")
    assert (won == 0).all()
    assert (lost == 0).all()
    assert (fitness == 0.0).all()
    with pytest.raises(UnknownName, match="win"):
        make_world("Rivals", 1).manipulate("stage", outcome="wins")


def test_the_weak_leave_when_threatened_and_the_strong_do_not() -> None:
    world = make_world("Rivals", 64)
    world.reset(seed=0)
    world.manipulate("stage", outcome="none")  # nobody wins by fighting
    world.body.staged_outcome[:] = 0
    wins = {}
    for strength in (-3.0, 3.0):
        world.body.staged_strength[:] = world.body.opponent_strength[:] = strength
        wins[strength] = 0
        for _ in range(60):
            world.body.wounds_dealt[:] = world.body.wounds[:] = 0
            world.step(np.full(64, DISPLAY))
            wins[strength] += int(world.body.won.sum())
    assert wins[-3.0] > 100 > 20 > wins[3.0]


def test_doves_earn_nothing_and_bear_nothing() -> None:
    won, lost, fitness = fought(8, RETREAT)
    assert not won.any()
    assert not lost.any()
    assert not fitness.any()


@pytest.mark.parametrize("version", [None, "Rivals/two_stage", "Rivals/bayes"])
def test_what_fights_leave_behind(version: str | None) -> None:
    population = Population("reflex", "Rivals", 2, seed=0, steering=version)
    steering = population.steered.steering
    zero, one = np.zeros(2), np.array([1.0, -1.0])
    senses = np.zeros((2, steering.senses.size), np.float32)
    after = senses.copy()
    reading = steering.senses.split(after)
    reading["won"][0], reading["lost"][1], reading["met"][:] = 1.0, 1.0, 2
    if version != "Rivals/bayes":
        steering.set_variable("testosterone", 1.0)
    naive = steering._believe(np.full(2, 2))
    for _ in range(3):
        steering.judge(senses, zero.astype(int), after)
    change = {who: steering._believe(np.full(2, who)) - naive for who in (2, STRANGER)}
    assert (np.sign(change[2]) == one).all()
    if version == "Rivals/two_stage":
        assert (np.abs(change[2]) > np.abs(change[STRANGER]) + 0.2).all(), "the beaten must count for more than a stranger"
        assert steering.mutable.trace_2[0] > 0.0 == steering.mutable.trace_0[0]
    else:
        assert np.array_equal(change[2], change[STRANGER])
    assert NEIGHBOURS == 4


def test_without_testosterone_nothing_is_left_behind() -> None:
    steering = Population("reflex", "Rivals", 64, seed=0).steered.steering
    low = steering.mutable.testosterone < 0.1
    assert 0.1 < low.mean() < 0.45
    after = np.zeros((64, steering.senses.size), np.float32)
    steering.senses.split(after)["won"][:] = 1.0
    for _ in range(5):
        steering.judge(after, np.zeros(64, int), after)
    assert steering.mutable.tally[low].max() < 0.06 < 0.4 < steering.mutable.tally[~low].min()
