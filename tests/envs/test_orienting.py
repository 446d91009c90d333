"""Orienting: the prism identity, the three faults, and what teaches the maps."""

import numpy as np
import pytest

from agents.life import live
from agents.population import Population
from core.errors import InvalidArgument
from steering.orienting import Owl, SlowingOwl
from steering.registration import steering_class
from tests.agents.discrete_world import Levers

DAY = 400


def owls(animals: int = 8, **options: object) -> Population:
    """Reflexes among targets from anywhere, with a quick rate, in youth."""
    population = Population("reflex", "Orienting", animals, seed=5, **options)
    population.world.manipulate("offer", anywhere=True)
    steering = population.steered.steering
    steering.set_variable("rate", 0.05)
    steering.freeze_variable("window")
    live(population, 4 * DAY)
    return population


def offsets(population: Population) -> dict[str, np.ndarray]:
    """(animals,) azimuth offsets of both maps."""
    numbers = population.steered.steering.mutable
    return {kind: getattr(numbers, f"{kind}_offset_azimuth").copy() for kind in ("visual", "auditory")}


@pytest.mark.parametrize("prism", [15.0, pytest.param(-10.0, marks=pytest.mark.thorough)])
def test_prism_identity(prism: float) -> None:
    population = owls()
    before = offsets(population)
    population.world.manipulate("prism", degrees=prism)
    live(population, 8 * DAY)
    after = offsets(population)
    assert np.abs(after["visual"] - before["visual"]).max() < 0.05 * abs(prism)
    assert ((after["auditory"] - before["auditory"]) / prism > 0.7).all()


@pytest.mark.thorough
def test_weak_muscles_move_both_maps() -> None:
    population = owls()
    numbers = population.steered.steering.mutable
    before = {kind: getattr(numbers, f"{kind}_scale_azimuth").copy() for kind in ("visual", "auditory")}
    population.world.manipulate("weaken", gain=0.8)
    live(population, 8 * DAY)
    for kind, scale in before.items():
        assert (getattr(numbers, f"{kind}_scale_azimuth") > scale + 0.05).all()


def test_nothing_is_learned_in_the_dark_or_without_calibration() -> None:
    for blind in ("dark", "lesion"):
        population = owls()
        population.world.manipulate("prism", degrees=15.0)
        if blind == "dark":
            population.world.manipulate("darken")
        else:
            population.lesion("calibration")
        before = population.steered.steering.mutable.get_state()
        live(population, 2 * DAY)
        after = population.steered.steering.mutable.get_state()
        assert all(np.array_equal(before[name], after[name]) for name in before)


def test_what_shrinks_with_age() -> None:
    window = Population("reflex", "Orienting", 1, seed=0).steered.steering
    rate = Population("reflex", "Orienting", 1, seed=0, steering="Orienting/slowing").steered.steering
    senses = np.zeros((1, window.senses.size), np.float32)
    for steering in (window, rate):
        for _ in range(8000):
            steering.judge(senses, np.zeros((1, 2)), senses)
    assert window.mutable.window[0] < 14.0
    assert window.mutable.rate[0] == pytest.approx(0.0045)
    assert rate.mutable.window[0] == 25.0
    assert rate.mutable.rate[0] < 0.0027


def test_steering_is_chosen_by_version_path_or_class() -> None:
    world = Population("reflex", "Orienting", 1).world
    assert steering_class(world) is Owl
    assert steering_class(world, "Orienting/slowing") is SlowingOwl
    assert steering_class(world, "steering.orienting:SlowingOwl") is SlowingOwl
    assert steering_class(world, SlowingOwl) is SlowingOwl
    with pytest.raises(ValueError, match="Orienting/slowing"):
        steering_class(world, "Orienting/slow")
    assert steering_class(world, "orienting/SLOWING") is SlowingOwl
    with pytest.raises(InvalidArgument, match="for the world Rivals"):
        steering_class(world, "Rivals")
    assert steering_class(Levers).world == "Levers"
