"""The mushroom body: its code and its rule against plain NumPy, and what it promises."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agents.population import Population
from core.streams import RowStreams
from learning.cortex import Cortex
from learning.cortical_genome import CorticalGenome
from learning.mushroom_body import NAME, Dopamine, Firing, KenyonCells, Marks, _teach

GLOMERULI = 10


def cells(animals: int, **genes: float) -> KenyonCells:
    settings = {"kenyon_units": 60, "kenyon_fan_in": 4, "kenyon_share": 0.1, "kenyon_threshold": 0.1}
    genome = CorticalGenome(**(settings | genes))  # type: ignore[arg-type]
    code = KenyonCells(animals, np.zeros(GLOMERULI), np.ones(GLOMERULI), genome)
    streams = RowStreams(animals, (NAME,))
    streams.seed(np.arange(animals, dtype=np.uint64))
    code.wire(streams, NAME, np.ones(animals, bool))
    return code


@given(st.integers(0, 2**32), st.booleans(), st.sampled_from([0.0, 0.1, 0.6]))
@settings(max_examples=60, deadline=None)
def test_those_fire_that_sum_most(seed: int, dense: bool, threshold: float) -> None:
    rng = np.random.default_rng(seed)
    code = cells(2, kenyon_threshold=threshold)
    code.disinhibited[:] = dense
    odour = np.round(rng.uniform(size=(2, GLOMERULI)), 1) * (rng.uniform(size=(2, GLOMERULI)) < 0.5)  # many sums are equal
    code.fire(np.arange(2), odour)
    for row in range(2):
        drive = odour[row].astype(np.float32)[code.wiring.claws[row]].sum(axis=0, dtype=np.float32)
        above = np.flatnonzero(drive > np.float32(threshold * 4))
        allowed = code.firing.cells.shape[1] if dense else code.active_units
        order = above[np.argsort(-drive[above], kind="stable")][:allowed]
        assert np.array_equal(np.sort(order), code.firing.cells[row, : code.firing.number[row]])


def test_silence_has_units_of_its_own() -> None:
    code = cells(3)
    active = np.zeros((3, code.active_units), np.int32)
    odour = np.zeros((3, GLOMERULI))
    odour[1:] = np.linspace(0, 1, GLOMERULI)
    code.encode(np.arange(3), odour, np.zeros((3, 0)), active)
    assert (active[0] >= code.cells).all()
    assert len(np.unique(active[0])) == code.active_units
    assert (active[1:] < code.cells).all()
    assert not np.array_equal(active[1], active[2]), "two animals of one genome have two codes"


@given(st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_dopamine_equals_its_reference(seed: int) -> None:
    rng = np.random.default_rng(seed)
    count, channels = 12, 2
    dopamine = Dopamine(0.3, 0.05, 0.1, 0.5, kept=0.7, lingers=0.8, used=0.6)
    marks = rng.uniform(-0.5, 0.9, (1, count, channels)).astype(np.float32)
    state = Marks(marks, np.zeros((1, count), np.float32), np.zeros((1, channels)), np.zeros((1, channels)))
    mark, eligible, linger, usual = marks[0].astype(float), np.zeros(count), np.zeros(channels), np.zeros(channels)
    for _ in range(8):
        fires = np.flatnonzero(rng.uniform(size=count) < 0.4)
        value = rng.uniform(-1, 1, channels)
        came = np.where(rng.uniform(size=channels) < 0.4, rng.uniform(0, 1.5, channels), 0.0)
        present = Firing(np.append(fires, np.zeros(count - len(fires))).astype(np.int32)[None], np.array([len(fires)]))
        _teach(present, value[None], came[None], np.ones(1), dopamine, state)

        eligible *= 0.7
        begins = fires[eligible[fires] < 0.1]
        mark[begins] -= 0.1 * linger * (1.0 + mark[begins])
        eligible[fires] = 1.0
        for channel in range(channels):
            full = min(1.0, came[channel])
            rise = 0.5 * max(0.0, value[channel] - max(0.0, usual[channel]))
            recent = np.where(eligible > 0.01, eligible, 0.0)
            if full > 0.05:
                mark[:, channel] += 0.3 * recent * full * (1.0 - mark[:, channel])
            else:
                if rise > 0.05:
                    mark[:, channel] += 0.3 * recent * (recent < 1.0) * rise * (1.0 - mark[:, channel])
                mark[:, channel] -= 0.3 * recent * 0.05 * mark[:, channel]
            linger[channel] = max(full, 0.8 * linger[channel])
            usual[channel] = value[channel] + 0.6 * (usual[channel] - value[channel])
        assert np.allclose(state.marks[0], mark, atol=1e-5)
    assert np.abs(state.marks).max() <= 1.0


def test_a_world_whose_senses_are_all_maps_has_none() -> None:
    learner = Population("steered", "LoomingEscape", 1).learner
    assert isinstance(learner, Cortex)
    assert learner.mushroom_body is None
    assert "mushroom_body" not in learner.lesionable


@pytest.mark.parametrize("part", ["mushroom_body", "assessors"])
def test_without_it_nothing_is_expected(part: str) -> None:
    population = Population("steered", "OdourChoice", 2, seed=4)
    population.world.manipulate("train", odour="octanol", given="shock")
    for _ in range(20):
        population.tick()
    learner = population.learner
    assert isinstance(learner, Cortex)
    found = learner.recall()
    assert found is not None
    assert found.predicted_channels is not None
    assert (found.predicted_channels[:, 1] > 0.5).all()
    population.lesion(part, [0])
    population.tick()
    found = learner.recall()
    assert found is not None
    assert found.predicted_channels is not None
    assert (found.predicted_channels[0] == 0.0).all()
    assert found.predicted_channels[1, 1] > 0.5
