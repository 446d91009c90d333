"""The mouse's reflexes: detector, accumulator, and a golden day."""

import numpy as np
import pytest

from agents.life import live
from agents.population import Population
from steering.detectors import LoomingDetector, accumulate


@pytest.mark.parametrize("ratio", [0.02, 0.2])
def test_eta_peaks_at_the_threshold_size(ratio: float) -> None:
    detector = LoomingDetector(dt=1e-4, delay=0.0)
    history = np.zeros((detector.memory, 2))
    left = np.arange(8 * ratio, 1e-3, -1e-4)
    size = 2 * np.arctan(ratio / left)
    rate = 2 * ratio / (left**2 + ratio**2)
    response = [detector.respond(history, s, r) for s, r in zip(size, rate, strict=True)]
    assert np.degrees(size[np.argmax(response)]) == pytest.approx(24.0, abs=0.2)
    assert max(response) == pytest.approx(detector.peak(ratio), rel=1e-3)


@pytest.mark.parametrize("delay", [0.0, 0.03, 0.1, 0.25])
def test_delay_shorter_and_longer_than_a_step(delay: float) -> None:
    detector = LoomingDetector(dt=0.1, delay=delay)
    history = np.zeros((detector.memory, 2))
    response = [detector.respond(history, 0.0, float(step)) for step in range(10)]
    assert response[-1] == pytest.approx(9 - delay / 0.1)


def test_accumulator_leaks_towards_its_drive() -> None:
    level = 0.0
    for _ in range(2000):
        level = accumulate(level, 3.0, 0.0, 0.5, 0.01)
    assert level == pytest.approx(1.5, rel=1e-6)
    assert accumulate(0.0, -1.0, 0.0, 0.5, 0.01) == 0.0


def test_golden_days_of_the_reflex() -> None:
    """Meals and captures of four animals on their first 3000 steps; a change here is a change of the species."""
    population = Population("reflex", "LoomingEscape", 4, seed=123)
    meals, captures = np.zeros(4, int), np.zeros(4, int)

    def watch(population: Population, tick) -> None:
        nonlocal meals, captures
        meals += np.where(tick.ended, 0, population.world.body.eaten)
        captures += tick.terminated

    live(population, 3000, [watch])
    assert meals.tolist() == [48, 51, 36, 52]
    assert captures.tolist() == [6, 4, 4, 1]
