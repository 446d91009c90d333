"""The rat's steering: the drive's properties, need by hormones, taste satiety, the tally, and a golden day."""

import numpy as np
import pytest

from agents.life import live
from agents.population import Population
from steering.salt_appetite import drive, sodium_need


def reward(dose: float, sodium: float, energy: float = 0.0) -> float:
    return drive(sodium, 0.0, energy) - drive(sodium - dose, 0.0, energy)


def test_drive_has_the_three_properties_of_n_above_m_above_1() -> None:
    assert reward(0.2, 2.0) > reward(0.2, 1.0) > 0.0, "deprivation raises the reward of a dose"
    assert reward(0.4, 2.0) > reward(0.2, 2.0), "a larger dose is better"
    assert reward(0.4, 2.0) < 2.0 * reward(0.2, 2.0), "with diminishing returns"
    assert reward(0.2, 1.0, energy=2.0) < reward(0.2, 1.0), "an unrelated need lowers it"
    assert reward(0.2, 0.0) < 0.0, "without need it punishes"


def test_need_takes_both_hormones_and_the_brake() -> None:
    assert sodium_need(1.5, 0.0, 0.0) == 0.0, "the brake holds without aldosterone"
    alone = sodium_need(2.5, 0.0, 0.0)
    assert sodium_need(2.5, 2.0, 0.0) > 3 * alone > 0.0, "synergy"
    assert sodium_need(2.0, 2.0, 1.0) == pytest.approx(2.0 * sodium_need(2.0, 2.0, 0.0))


def depleted(animals: int = 4, agent: str = "reflex") -> Population:
    population = Population(agent, "SaltAppetite", animals, seed=3, max_episode_steps=10**6)
    population.world.manipulate("spare_ailments")
    population.world.manipulate("replete", sodium=-2.5)
    return population


def test_the_tally_rises_once_an_episode_and_can_be_frozen() -> None:
    population = depleted(2)
    mutable = population.steered.steering.mutable
    population.steered.steering.freeze_variable("depletion_tally", [1])
    live(population, 20)
    assert mutable.depletion_tally.tolist() == [pytest.approx(0.3), 0.0]
    live(population, 200)
    assert mutable.depletion_tally[0] == pytest.approx(0.3), "one episode counts once"
    population.world.manipulate("replete")
    live(population, 20)
    population.world.manipulate("replete", sodium=-2.5)
    live(population, 20)
    assert mutable.depletion_tally[0] == pytest.approx(0.3 + 0.3 * (1 - 0.3 / 1.5))


def test_tongue_decides_by_state() -> None:
    """Salt is licked in need and left in balance; quinine is left always."""
    for sodium, solution, licks in (
        (-2.5, "sodium chloride", True),
        (0.0, "sodium chloride", False),
        (-2.5, "quinine", False),
    ):
        population = depleted(6)
        world = population.world
        world.manipulate("replete", sodium=sodium, energy=-20.0)
        world.manipulate("offer", only=solution)
        for row, (x, y) in enumerate(world.body.spout_place[:, 0]):
            world.manipulate("place_at", [row], x=float(x), y=float(y))
        live(population, 8)
        drunk = world.body.drunk.sum(axis=1)
        assert (drunk > 2.0).all() if licks else (drunk <= 0.75 + 1e-9).all(), (sodium, solution, drunk)


def test_lesions_of_tongue_and_drives() -> None:
    population = depleted(2)
    population.lesion("sodium_drive", [1])
    live(population, 5)
    felt = population.steered.observation[:, population.steered.observation_senses.place("salt_hunger")][:, 0]
    assert felt[0] > 1.0
    assert felt[1] == 0.0


def test_golden_day_of_the_reflex() -> None:
    """What four animals drink in their first day; a change here is a change of the species."""
    population = Population("reflex", "SaltAppetite", 4, seed=123)
    live(population, 2800)
    licks = np.round(population.world.body.drunk / 0.75).astype(int)
    assert licks.sum(axis=0).tolist() == [47, 29, 126, 26, 29, 0]
