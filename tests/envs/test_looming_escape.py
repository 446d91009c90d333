"""The physics of LoomingEscape: optics, capture, food, and manipulations with odd values."""

import gymnasium as gym
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import envs
from core.errors import InvalidArgument, UnknownName
from envs.looming_escape.physics import ARENA
from envs.looming_escape.world import LoomingEscape


def world(num_animals: int = 1, **options) -> LoomingEscape:
    built = envs.make_world("LoomingEscape", num_animals, **options)
    built.reset(seed=9)
    built.manipulate("quiet_sky")
    return built


def still(built: LoomingEscape) -> np.ndarray:
    return np.zeros(built.action_space.shape, np.float32)


@given(st.floats(0.05, 1.0), st.floats(0.3, 3.0), st.floats(-1.0, 1.0))
@settings(max_examples=50, deadline=None)
def test_optics(size_over_speed: float, time: float, contrast: float) -> None:
    built = world()
    built.manipulate("place_at", x=ARENA / 2, y=ARENA / 2)
    built.body.shelter[:] = 0.1
    built.manipulate("present", kind="strike", contrast=contrast, size_over_speed=size_over_speed, time=time)
    built.step(still(built))
    left = time - built.dt
    sense = built.senses.split(built.observation)[0]
    assert sense["angular_size"] == pytest.approx(2 * np.arctan(size_over_speed / left), rel=1e-5)
    rate = 2 * size_over_speed / (left**2 + size_over_speed**2)
    assert sense["expansion"] == pytest.approx(min(20.0, rate), rel=1e-5)
    assert sense["contrast"] == pytest.approx(contrast, abs=1e-6)


def test_expansion_is_the_derivative_of_size() -> None:
    built = world(dt=1e-3)
    built.manipulate("place_at", x=ARENA / 2, y=ARENA / 2)
    built.manipulate("present", kind="strike", time=1.0)
    sizes, rates = [], []
    for _ in range(200):
        built.step(still(built))
        sense = built.senses.split(built.observation)[0]
        sizes.append(float(sense["angular_size"]))
        rates.append(float(sense["expansion"]))
    assert np.allclose(np.gradient(sizes, 1e-3)[1:-1], rates[1:-1], rtol=2e-3)


def test_a_roof_hides_and_protects() -> None:
    built = world(200)
    built.manipulate("present", kind="strike", time=0.15)
    sense = built.senses.split(built.observation)
    assert (sense["angular_size"] == 0).all(), "under the roof no disc is seen"
    died = sum(built.step(still(built))[2].sum() for _ in range(4))
    assert died == 0


def test_strikes_kill_the_exposed_and_spare_kills_none() -> None:
    deaths = {}
    for spared in (False, True):
        built = world(400)
        built.manipulate("place_at", x=ARENA / 2, y=ARENA / 2)
        built.manipulate("remove_shelter")
        built.manipulate("spare", spared=spared)
        built.manipulate("present", kind="strike", time=0.15)
        deaths[spared] = sum(int(built.step(still(built))[2].sum()) for _ in range(2))
    assert 120 < deaths[False] < 200, "an animal that keeps still is killed with probability 0.4"
    assert deaths[True] == 0


@pytest.mark.parametrize("kind", ["faint", "slow", "sweep", "receding", "white", "below"])
def test_other_discs_are_harmless(kind: str) -> None:
    built = world(100)
    built.manipulate("place_at", x=ARENA / 2, y=ARENA / 2)
    built.manipulate("remove_shelter")
    built.manipulate("present", kind=kind)
    assert sum(int(built.step(still(built))[2].sum()) for _ in range(90)) == 0


def test_food_is_eaten_and_regrows() -> None:
    built = world(50)
    for row in range(50):
        x, y = built.body.food[row, 0]
        built.manipulate("place_at", [row], x=float(x), y=float(y))
    _, fitness, *_ = built.step(still(built))
    assert (fitness >= 1.0).all()
    waiting = (built.body.food_wait > 0).sum()
    for _ in range(600):
        built.step(still(built))
    assert (built.body.food_wait > 0).sum() < waiting


def test_niches_differ_by_animal_and_last_for_life() -> None:
    built = envs.make_world("LoomingEscape", 20, max_episode_steps=5)
    built.reset(seed=0)
    shelters = built.body.shelter.copy()
    assert len(np.unique(shelters.round(3), axis=0)) == 20
    for _ in range(30):
        built.step(still(built))
    assert np.array_equal(shelters, built.body.shelter)
    assert ((built.body.site > 0) & (built.body.site < ARENA)).all()


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("present", {"contrast": 2.0}),
        ("present", {"size_over_speed": 0.0}),
        ("present", {"time": float("nan")}),
        ("place_at", {"x": -0.1}),
        ("feed", {"energy": "much"}),
        ("alarm", {"loudness": np.inf}),
    ],
)
def test_odd_manipulations_are_refused(name: str, parameters: dict) -> None:
    with pytest.raises(InvalidArgument, match="must be a number from"):
        world().manipulate(name, **parameters)


def test_unknown_parts_of_a_manipulation() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'strike'"):
        world().manipulate("present", kind="stroke")
    with pytest.raises(UnknownName, match="Did you mean 'contrast'"):
        world().manipulate("present", contrst=0.5)
    with pytest.raises(InvalidArgument, match="Rows must be"):
        world().manipulate("present", [4])


def test_made_by_gymnasium() -> None:
    assert gym.make("nestling/LoomingEscape-v0").unwrapped.spec is not None
    vector = gym.make_vec("nestling/LoomingEscape-v0", num_envs=3, vectorization_mode="vector_entry_point", dt=0.05)
    assert vector.num_envs == 3
    assert vector.metadata["render_fps"] == 20
