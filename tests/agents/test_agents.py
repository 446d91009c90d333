"""Populations, lesions, checkpoints, hand-over: what a whole animal promises beyond the contracts."""

import multiprocessing
from pathlib import Path

import numpy as np
import pytest

from agents import checkpoint
from agents.catalogue import AGENTS, agent_spec
from agents.life import live
from agents.population import Population
from benchmark.results.jobs import can_live, why_not
from core.errors import InvalidArgument, UnknownName
from envs.registration import worlds
from nestling.testing.animal_contract import row_of, states_equal

WORLD = "LoomingEscape"


def grown(agent: str = "steered", animals: int = 2, steps: int = 600) -> Population:
    population = Population(agent, WORLD, animals, seed=5)
    live(population, steps)
    return population


@pytest.mark.parametrize("agent", sorted(AGENTS))
def test_every_agent_lives(agent: str) -> None:
    population = grown(agent, 2, 300)
    assert population.steered.age[0] == pytest.approx(30.0)


def test_the_constant_agent_holds_the_act_that_steering_names(monkeypatch: pytest.MonkeyPatch) -> None:
    fighters = Population("constant", "Rivals", 3, seed=5)
    assert all((fighters.tick().action == fighters.steered.steering.repertoire.actions[1]).all() for _ in range(50))
    monkeypatch.setattr("steering.rivals.Fighter.best_constant", None)
    with pytest.raises(InvalidArgument, match="set its best_constant to one of retreat, threaten, attack"):
        Population("constant", "Rivals", 3)
    assert not can_live("constant", "Rivals")
    assert why_not("constant", "Rivals") == "Fighter names no best_constant"
    assert why_not("expert", "Rivals") == "that world has no expert"
    assert "not graded" in why_not("cortex+residual", "Rivals")
    assert not why_not("cortex+residual", "LoomingEscape")
    monkeypatch.setattr("steering.rivals.Fighter.best_constant", "threatn")
    with pytest.raises(UnknownName, match="Did you mean 'threaten'"):
        Population("constant", "Rivals", 3)


@pytest.mark.parametrize("world", [name for name, kind in worlds.all().items() if kind.steering is None])
def test_every_species_names_its_best_constant_act(world: str) -> None:
    assert Population("constant", world, 2).tick().action.shape[0] == 2


def test_unknown_agent() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'steered'"):
        agent_spec("steeerd")
    for animals in (0, -2, 1.5):
        with pytest.raises(InvalidArgument):
            Population("reflex", WORLD, animals)  # type: ignore[arg-type]


def test_newborn_whole_animal_is_the_reflex() -> None:
    """Without plasticity and exploration the whole animal does, step by step, what its reflexes do."""
    whole, reflex = Population("steered", WORLD, 6, seed=50), Population("reflex", WORLD, 6, seed=50)
    whole.lesion("plasticity")
    whole.lesion("place_memory")
    for _ in range(100):
        one, other = whole.tick(), reflex.tick()
        tried = one.proposal.explores & one.in_charge
        assert not (one.in_charge & ~tried).any(), "a newborn has earned no control"
        if tried.any():
            break
        assert np.array_equal(one.action, other.action)


def test_learning_lesion_returns_the_reflex() -> None:
    population = grown(steps=3000)
    population.lesion("learning", [0])
    for _ in range(200):
        tick = population.tick()
        assert not tick.in_charge[0]
        assert np.array_equal(tick.action[0], tick.reflex.action[0].astype(np.float32))
    population.lesion("learning", [0], lesioned=False)
    assert not population.lesionable()["learning"].any()


def test_reflex_lesion_leaves_the_learner_alone() -> None:
    population = grown()
    population.lesion("reflex", [1])
    assert all(population.tick().in_charge[1] for _ in range(50))


def test_reward_lesion_stops_reward() -> None:
    population = grown()
    population.lesion("reward", [0])
    rewards = np.array([population.tick().verdict.reward for _ in range(100)])
    assert not rewards[:, 0].any()
    assert rewards[:, 1].any()


def test_plasticity_lesion_stops_learning() -> None:
    population = grown()
    population.lesion("plasticity", [0])
    learner = population.learner
    assert learner is not None
    before = {name: array.copy() for name, array in learner.read_outs().items()}
    live(population, 500)
    for name, after in learner.read_outs().items():
        assert np.array_equal(before[name][0], after[0]), f"{name} changed without plasticity"
        assert not np.array_equal(before[name][1], after[1])


def test_checkpoint_goes_on_bit_for_bit(tmp_path: Path) -> None:
    population = grown()
    population.lesion("smell", [1])
    path = checkpoint.save(population, tmp_path / "deep" / "mouse.safetensors")
    live(population, 500)
    again = checkpoint.load(path)
    live(again, 500)
    assert states_equal(population.get_state(), again.get_state())
    assert [file.name for file in path.parent.iterdir()] == ["mouse.safetensors"], "nothing half-written is left behind"
    assert checkpoint.read_header(path).age == pytest.approx(60.0)


def _final_state(seed: int) -> dict[str, np.ndarray]:
    population = Population("steered", WORLD, 1, seed=seed)
    live(population, 400)
    return population.get_state()


def test_life_is_the_same_in_another_process() -> None:
    here = Population("steered", WORLD, 2, seed=30)
    live(here, 400)
    with multiprocessing.get_context("spawn").Pool(2) as pool:
        for row, there in enumerate(pool.map(_final_state, [30, 31])):
            assert states_equal(row_of(here.get_state(), row), there)


def test_learning_pays_within_a_short_life() -> None:
    """Not an experiment: only that learning changes behaviour in the right direction at all."""
    reward = {}
    for agent in ("steered", "reflex"):
        population = Population(agent, WORLD, 24, seed=900)
        total = np.zeros(24)

        def add(population: Population, tick, total: np.ndarray = total) -> None:
            total += tick.verdict.reward

        live(population, 6000, [add])
        reward[agent] = total
    assert (reward["steered"] - reward["reflex"]).mean() > 10.0


@pytest.mark.thorough
def test_reward_teaches() -> None:
    """Learners alone earn more of what steering finds good than the same animals whose reward is cut off."""
    earned = {}
    for part in ("", "reward"):
        population = Population("learner", WORLD, 32, seed=900)
        if part:
            population.lesion(part)
        live(population, 6000)
        earned[part] = np.zeros(32)
        for _ in range(2000):
            earned[part] += population.tick().verdict.judged
    gain = earned[""] - earned["reward"]
    assert gain.mean() > 4.0 * gain.std() / np.sqrt(32), earned
