"""The finch's steering: babble, what it memorises and when, and how it judges."""

import numpy as np
import pytest

from agents.life import live
from agents.population import Population
from envs.birdsong.tutor import innate_tutor
from steering.birdsong import Finch, heard_match, innate_match

STEPS = 67


def birds(count: int = 4, agent: str = "reflex") -> Population:
    return Population(agent, "Birdsong", count, seed=20)


def test_the_template_becomes_the_tutors_song() -> None:
    population = birds()
    population.world.manipulate("isolate", [1])
    population.world.manipulate("swap_tutor", [2])
    live(population, 20 * STEPS)
    memory = population.steered.steering.memory.template
    home, stranger = innate_tutor().features, innate_tutor("stranger").features
    assert np.abs(memory[0, : len(home), 0] - home[:, 0]).mean() < 0.02
    assert np.abs(memory[2, : len(stranger), 0] - stranger[:, 0]).mean() < 0.02
    assert not memory[1].any()
    assert population.steered.steering.mutable.songs_heard.round().tolist() == [20.0, 0.0, 20.0, 20.0]


def test_a_closed_window_lets_nothing_in() -> None:
    population = birds(2)
    live(population, 20 * STEPS)
    population.steered.steering.set_variable("template_window", 0.0, [0])
    before = population.steered.steering.memory.template.copy()
    population.world.manipulate("lessons", singer="stranger")
    live(population, 6 * STEPS)
    after = population.steered.steering.memory.template
    assert np.array_equal(before[0], after[0])
    assert not np.array_equal(before[1], after[1])


@pytest.mark.thorough
def test_the_window_closes_with_age_only_after_a_tutor_was_heard() -> None:
    population = birds(2)
    population.world.manipulate("isolate", [1])
    live(population, 20 * STEPS)
    population.steered.steering.memory.renditions[:] = 41 * 40.0  # day 66
    live(population, 400 * STEPS)
    window = population.steered.steering.mutable.template_window
    assert window[0] < 0.3
    assert window[1] == 1.0
    population.steered.steering.memory.renditions[:] = 95 * 40.0  # day 120
    gains = population.steered.steering.modulate(np.zeros(2))
    assert gains.exploration[0] < 0.2 < 1.0 == gains.exploration[1]


def test_matches_fall_with_distance() -> None:
    template = innate_tutor().features[35]
    assert heard_match(template, template) == pytest.approx(1.0)
    matches = []
    for octaves in (0.0, 0.05, 0.2, 0.6, 1.5):
        heard = template.copy()
        heard[1] += octaves
        matches.append(heard_match(heard, template))
    assert matches == sorted(matches, reverse=True)
    silence = np.zeros(5)
    assert heard_match(silence, silence) == pytest.approx(1.0)
    assert heard_match(template, silence) < 0.3
    stack = np.array([0.85, 0.4, 0.97, -8.0, 2.2])
    assert innate_match(stack, 5, 3) > 0.9 > innate_match(stack, 40, 3), "no note lasts for ever"
    assert innate_match(stack, 5, 1) < 0.5, "nor follows another at once"


def test_reward_is_the_error_of_an_expectation() -> None:
    population = birds(6, "oracle")
    live(population, 20 * STEPS)
    early, late, judged = [], [], []
    for rendition in range(120):
        for _ in range(STEPS):
            tick = population.tick()
            (early if rendition < 5 else late).append(tick.verdict.reward.mean())
            if rendition >= 100:
                judged.append(tick.verdict.judged.mean())
    assert np.mean(early) > 0.1, "a good song surprises at first"
    assert abs(np.mean(late[-20 * STEPS :])) < 0.02, "and is expected later"
    assert np.mean(judged) > 0.8, "but is judged as good as ever"


def test_babble_has_the_rhythm_of_the_species() -> None:
    population = birds(8)
    sounding = []
    for _ in range(30 * STEPS):
        sounding.append(population.tick().action[:, 0] > 0.05)
    share = np.mean(sounding)
    assert 0.5 < share < 0.85
    onsets = np.diff(np.array(sounding).astype(int), axis=0) == 1
    assert 5.0 < onsets.sum() / (8 * 30 * 0.67) < 12.0, "notes per second"


def test_lesions() -> None:
    population = birds(3)
    population.lesion("pattern_generator", [1])
    live(population, 30)
    assert (population.world.body.sung[1, 1:30, 0] < 0).all()
    assert (population.world.body.sung[0, :30, 0] > 0).any()
    assert set(Finch.lesionable) >= {"memory", "innate_template", "judgement"}
