"""OdourChoice: what odours announce, what a fly gets at the end of an arm, and what can and cannot be asked of it."""

import numpy as np
import pytest

from benchmark.laboratory.tmaze import PAIR, Flies
from core.errors import InvalidArgument, NestlingError
from envs.odour_choice import OdourChoice
from envs.odour_choice.odours import ATTRACTIVE, AVERSIVE, GLOMERULAR_INPUT, GLOMERULI, ODOURS, projection_rates
from envs.odour_choice.tunnel import BASAL, CAPACITY, HARM, NOTHING, SHOCK, SIP, SUGAR, WALKING
from learning.cortex import Cortex

UP, FEED, REST = (np.array([[x, y]], np.float32) for x, y in ((1.0, -1.0), (0.0, 1.0), (0.0, -1.0)))


def flies(animals: int = 4, seed: int = 3) -> OdourChoice:
    """Flies between odours."""
    world = OdourChoice(animals)
    world.reset(seed=seed)
    return world


def test_what_odours_announce_is_each_flys_own() -> None:
    role = flies(2000).body.role
    worthy = len(ATTRACTIVE + AVERSIVE)
    assert (np.sort(role[:, worthy:], axis=1) == [SUGAR, SUGAR, SHOCK, SHOCK, NOTHING, NOTHING]).all()
    for odours, usual, rare in ((slice(0, 2), SUGAR, SHOCK), (slice(2, 4), SHOCK, SUGAR)):
        assert (role[:, odours] == usual).mean() == pytest.approx(0.7, abs=0.03)
        assert (role[:, odours] == rare).mean() == pytest.approx(0.15, abs=0.03)
    assert len(np.unique(role[:, worthy:], axis=0)) == 90, "every order of the six that makes a difference"


def test_gain_control_divides_by_the_total() -> None:
    alone, beside = np.zeros(GLOMERULI), np.ones(GLOMERULI)
    alone[0] = 1.0
    rates, more = np.empty(GLOMERULI), np.empty(GLOMERULI)
    projection_rates(alone, rates)
    projection_rates(beside, more)
    assert rates[0] == pytest.approx(1.0 / (1.0 + 0.25**1.5 + 0.05**1.5))
    assert more[0] < 0.5 * rates[0]
    assert (rates[1:] == 0.0).all()


def test_sugar_feeds_only_a_fly_that_stands_in_it_with_its_proboscis_out() -> None:
    world = flies(1)
    world.manipulate("announce", odour="octanol", role="sugar")
    world.manipulate("offer", left="octanol", right="octanol")
    day = world.max_episode_steps
    before = float(world.body.energy[0])
    for _ in range(8):
        _, fitness, *_ = world.step(UP)
    assert world.senses.split(world.observation)["sweet"][0] == 1.0
    assert world.body.energy[0] == pytest.approx(before - 8 * (BASAL + WALKING))
    assert fitness[0] == pytest.approx(world.body.energy[0] / CAPACITY / day)
    world.step(np.array([[0.6, 1.0]], np.float32))
    assert world.body.swallowed[0] == 0.0, "it walks"
    before = float(world.body.energy[0])
    swallowed = []
    for _ in range(6):
        world.step(FEED)
        swallowed.append(float(world.body.swallowed[0]))
    assert swallowed == [SIP] * 4 + [0.0] * 2, "a drop is a meal"
    assert world.body.energy[0] == pytest.approx(before + 1.0 - 6 * BASAL)


def test_shocks_come_on_the_grid_alone_and_cost_what_is_said() -> None:
    world = flies(200)
    world.manipulate("announce", odour="octanol", role="shock")
    world.manipulate("offer", left="octanol", right="octanol")
    rest = np.repeat(REST, 200, axis=0)
    world.step(rest)
    assert not world.body.pain.any()
    for _ in range(8):
        world.step(np.repeat(UP, 200, axis=0))
    _, fitness, *_ = world.step(rest)
    pain = world.body.pain
    assert 0.5 < pain.mean() < 0.7
    assert fitness[pain].mean() - fitness[~pain].mean() == pytest.approx(-HARM, abs=1e-3)


def test_the_store_carries_over_and_death_ends_the_day() -> None:
    world = OdourChoice(2, max_episode_steps=20)
    world.reset(seed=1)
    world.manipulate("feed", share=0.05)
    world.manipulate("feed", [1], share=1.0)
    died = 0
    rest = np.repeat(REST, 2, axis=0)
    for _ in range(40):
        _, fitness, terminated, *_ = world.step(rest)
        died += int(terminated[0])
        assert not terminated[1]
        if terminated[0]:
            assert fitness[0] < -0.4
    assert died == 1
    assert world.body.energy[1] < CAPACITY - 30 * BASAL
    assert world.body.energy[0] > 0.4 * CAPACITY


@pytest.mark.parametrize(
    ("name", "given"),
    [
        ("offer", {"concentration": -1.0}),
        ("offer", {"concentration": float("inf")}),
        ("offer", {"left": "petrol"}),
        ("offer", {"blend": 0.7}),
        ("train", {"given": "praise"}),
        ("train", {"odour": 4}),
        ("maze", {"left": None}),
        ("announce", {"odour": "air"}),
        ("feed", {"share": 0.0}),
    ],
)
def test_what_makes_no_sense_changes_nothing(name: str, given: dict) -> None:
    world = flies()
    before = world.get_state()
    with pytest.raises(NestlingError):
        world.manipulate(name, **given)
    assert all(np.array_equal(before[key], values) for key, values in world.get_state().items())


@pytest.mark.parametrize("name", ["train", "maze", "feed"])
def test_a_dead_fly_cannot_be_trained(name: str) -> None:
    world = OdourChoice(2, autoreset_mode="NextStep")
    world.reset(seed=1)
    world.manipulate("feed", [0], share=0.05)
    while not world.step(np.repeat(REST, 2, axis=0))[2][0]:
        pass
    before = world.get_state()
    with pytest.raises(InvalidArgument, match=r"rows \[0\] are dead"):
        world.manipulate(name)
    assert all(np.array_equal(before[key], values) for key, values in world.get_state().items())
    world.manipulate(name, [1])


def test_steps_have_one_length() -> None:
    with pytest.raises(InvalidArgument, match="encounters in steps"):
        OdourChoice(1, dt=1.0)


def test_odours_of_innate_worth_have_a_glomerulus_each() -> None:
    innate = GLOMERULAR_INPUT[:, :4]
    assert np.array_equal(innate[:4], np.eye(4))
    assert not innate[4:].any()
    assert not GLOMERULAR_INPUT[len(ODOURS)].any()


def test_a_shocked_odour_is_avoided_with_kenyon_cells_and_not_without() -> None:
    trained, other = PAIR
    group = Flies(12, seed=5)
    learner = group.population.learner
    assert isinstance(learner, Cortex)
    assert learner.mushroom_body is not None
    naive = group.shares(other, trained)
    fires = group.firing(trained)
    assert fires.sum(axis=1) == pytest.approx(learner.mushroom_body.code.active_units, rel=0.3)
    assert not group.firing("air").any(), "clean air excites none"
    group.cycle(trained, other, seconds=10.0)
    marks = learner.mushroom_body.synapses.marks
    assert marks.min() >= -1.0
    assert marks.max() <= 1.0
    avoided = group.shares(other, trained)
    assert avoided.mean() > naive.mean() + 0.2
    saved = group.population.get_state()
    group.population.lesion("mushroom_body")
    assert abs(group.shares(other, trained).mean()) < 0.25
    group.population.set_state(saved)
    group.population.lesion("apl")
    assert group.firing(trained).sum(axis=1).min() > 1.5 * fires.sum(axis=1).max(), "APL keeps the code sparse"
