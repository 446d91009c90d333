"""Eyeblink: events as they were set, and what can and cannot be asked of a training."""

import numpy as np
import pytest

from benchmark.laboratory.conditioning import Eyelids
from core.errors import InvalidArgument, NestlingError
from envs.eyeblink import Eyeblink
from envs.eyeblink.events import LONGEST, PUFF, SHORTEST


def still(animals: int = 4) -> Eyeblink:
    """A world of open eyes."""
    world = Eyeblink(animals)
    world.reset(seed=3)
    return world


def puffs(world: Eyeblink, steps: int) -> tuple[np.ndarray, np.ndarray]:
    """(steps, animals): strength of the tone, and whether a puff is felt, while nobody blinks."""
    tone, felt = [], []
    for _ in range(steps):
        world.step(np.full((world.num_envs, 1), -1.0, np.float32))
        reading = world.senses.split(world.observation)
        tone.append(reading["tone"].copy())
        felt.append(reading["puff"] > 0.5)
    return np.array(tone), np.array(felt)


@pytest.mark.parametrize("interval", [0.05, 0.25, 1.0])
def test_a_puff_comes_when_its_training_says(interval: float) -> None:
    world = still()
    world.manipulate("train", cue="tone", interval=interval, omitted=0.0)
    tone, felt = puffs(world, 1500)
    for row in range(world.num_envs):
        begins = np.flatnonzero(np.diff((tone[:, row] > 0).astype(int), prepend=0) == 1)
        blows = np.flatnonzero(np.diff(felt[:, row].astype(int), prepend=0) == 1)
        count = min(len(begins), len(blows))
        assert count >= 4
        assert (blows[:count] - begins[:count] == round(interval / world.dt)).all()
        assert felt[blows[0] : blows[0] + round(PUFF / world.dt), row].all()


def test_every_animal_has_intervals_of_its_own() -> None:
    world = Eyeblink(64)
    world.reset(seed=0)
    interval, role = world.body.interval, world.body.role
    assert ((interval >= SHORTEST - 1e-9) & (interval <= LONGEST + 1e-9)).all()
    assert len(np.unique(interval)) > 20
    assert (np.sort(role, axis=1) == np.arange(4)).all()


def test_a_puff_hurts_an_open_eye_and_a_closed_one_starves() -> None:
    world = still(2)
    world.manipulate("quiet")
    closed = np.array([[1.0], [-1.0]], np.float32)
    for _ in range(40):
        world.step(closed)
    fitness = world.step(closed)[1]
    assert fitness[0] == pytest.approx(0.0, abs=1e-6)
    assert fitness[1] == pytest.approx(world.dt)
    world.manipulate("puff")
    fitness = world.step(closed)[1]
    assert fitness[0] == pytest.approx(0.0, abs=1e-6)
    assert fitness[1] < -0.5


@pytest.mark.parametrize(
    "training",
    [
        {"interval": 0.01},
        {"interval": 1.5},
        {"interval": float("nan")},
        {"second_interval": 0.0},
        {"cue": "smell"},
        {"with_cue": "tone"},
        {"cue_lasts": 0.5, "interval": 0.25},
        {"omitted": -0.1},
        {"second_share": 2.0},
    ],
)
def test_a_training_that_makes_no_sense_changes_nothing(training: dict) -> None:
    world = still()
    before = world.get_state()
    with pytest.raises(NestlingError):
        world.manipulate("train", **training)
    assert all(np.array_equal(before[name], values) for name, values in world.get_state().items())


def test_steps_have_one_length() -> None:
    with pytest.raises(InvalidArgument, match="intervals in steps"):
        Eyeblink(1, dt=0.02)


def test_a_blink_is_learned_in_time_and_kept_by_the_nuclei() -> None:
    lids = Eyelids(4, seed=5)
    assert lids.population.learner is not None
    lids.train(25, interval=0.25)
    assert lids.responses(0.25, 0, 3).mean() == 0.0, "newborns do not blink before a puff"
    assert lids.responses(0.25, 15, 25).mean() > 0.7
    course = lids.test(5, interval=0.25).mean(axis=0)
    assert course[:12].max() < 0.2, "not at once"
    assert 25 <= int(course.argmax()) <= 31, "but when the puff would come"
    saved = lids.population.get_state()
    lids.population.lesion("nuclei")
    assert lids.test(3, interval=0.25).max() < 1e-3, "without nuclei no learned blink"
    lids.population.set_state(saved)
    lids.population.lesion("learning")
    assert lids.test(3, interval=0.25).max() < 1e-3


@pytest.mark.thorough
def test_a_blink_is_lost_without_the_olive() -> None:
    lids = Eyelids(4, seed=5)
    lids.train(25, interval=0.25)
    assert lids.responses(0.25, 15, 25).mean() > 0.7
    lids.population.lesion("olive")
    lids.train(60)
    assert lids.responses(0.25, -10).mean() < 0.2


def test_the_reflex_that_teaches_is_the_innate_one() -> None:
    lids = Eyelids(3, seed=5)
    lids.train(20, interval=0.25)
    steered = lids.population.steered
    early = 0
    for _ in range(600):
        lids.population.tick()
        reflex = steered.reflex
        assert reflex is not None
        assert reflex.innate_action is not None
        assert (reflex.action >= reflex.innate_action).all(), "the larger of the two is carried out"
        early += int(((reflex.action > 0.0) & (reflex.innate_action < 0.0)).sum())
        assert np.isin(reflex.innate_action, (-1.0, 1.0)).all(), "what is anticipated does not teach itself"
    assert early > 20
