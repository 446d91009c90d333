"""Evolution goes on where it stopped, to the bit, and refuses what it cannot do."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from agents.catalogue import agent_spec
from agents.genome import Genome, Modulation
from agents.life import live
from agents.population import Population
from benchmark.studies.evolution import Evolution, Gene, Plan, genes, give_weights, innate, wire_alike
from core.errors import InvalidArgument, StateMismatch, UnknownName
from learning.cortex import Cortex
from learning.cortical_genome import CorticalGenome
from steering.hardened import BlendedFighter

AGENT, WORLD = "cortex+always", "LoomingEscape"
BRIEF = Plan(
    world=WORLD,
    agent=AGENT,
    genes=tuple(genes(innate(AGENT, WORLD), ("learner.map_rate", "modulation.exploration"))),
    candidates=4,
    generations=3,
    animals=2,
    lifetime=1000,
)


@pytest.mark.parametrize("arm", ["genes", "weights"])
@pytest.mark.thorough
def test_killed_and_resumed_it_finds_the_same(tmp_path: Path, arm: str) -> None:
    plan = replace(BRIEF, arm=arm, animals=1 if arm == "weights" else 2)
    whole = Evolution(plan, tmp_path / "whole.json")
    whole.run()
    part = Evolution(replace(plan, generations=1), tmp_path / "part.json")
    part.run()
    again = Evolution(plan, tmp_path / "part.json")
    assert again.generation == 1
    again.run()
    assert again.fitness == whole.fitness
    assert np.array_equal(again.best, whole.best)
    assert (tmp_path / "whole.json").read_bytes() == (tmp_path / "part.json").read_bytes()
    assert whole.figure().startswith(b"\x89PNG")


def test_a_record_of_something_else_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "evolution.json"
    Evolution(replace(BRIEF, generations=1, candidates=4), file).run()
    with pytest.raises(StateMismatch, match="wiring"):
        Evolution(replace(BRIEF, generations=1, candidates=4, wiring="fixed"), file)
    file.write_text("{")
    with pytest.raises(StateMismatch, match="no record"):
        Evolution(BRIEF, file)


def test_bad_plans_are_refused_before_any_life() -> None:
    for change, message in (
        ({"arm": "brains"}, "arm is genes or weights"),
        ({"genes": ()}, "at least one gene"),
        ({"seed": 995_000}, "are for reporting"),
        ({"lifetime": 200}, "must hold an episode"),
        ({"candidates": 3}, "candidates is too small"),
        ({"arm": "weights", "agent": "ppo"}, "innate settings"),
        ({"agent": "reflex"}, "no innate settings"),
    ):
        with pytest.raises(InvalidArgument, match=message):
            Evolution(replace(BRIEF, **change))
    with pytest.raises(UnknownName, match=r"Did you mean 'learner\.map_rate'"):
        genes(innate(AGENT, WORLD), ("learner.map_rat",))
    with pytest.raises(InvalidArgument, match="forecasts reward alone"):
        Evolution(replace(BRIEF, arm="weights", agent="learner", world="SaltAppetite", lifetime=2880))


def test_genes_keep_their_range() -> None:
    gene = Gene("learner.map_rate", 0.01, 1.0)
    assert gene.value(-3.0) == pytest.approx(0.01)
    assert gene.value(2.0) == pytest.approx(1.0)
    assert gene.value(gene.place(0.3)) == pytest.approx(0.3)
    assert max(g.high for g in genes(innate(AGENT, WORLD)) if g.path == "learner.trace_decay") <= 1.0


def test_genomes_are_typed_and_checked() -> None:
    genome = Genome(CorticalGenome()).with_genes(learner__map_rate=0.1, modulation__closes=0.5, modulation__after=0.0)
    assert genome.learner.map_rate == 0.1
    assert genome.described()["modulation.closes"] == 0.5
    with pytest.raises(UnknownName, match=r"Did you mean 'learner\.map_rate'"):
        Genome(CorticalGenome()).with_genes(learner__map_rat=1.0)
    with pytest.raises(InvalidArgument, match="exploration must be a finite number, at least 0"):
        Modulation(exploration=-1.0)
    with pytest.raises(InvalidArgument, match="dataclass"):
        Genome(learner={"rate": 1.0})


@pytest.mark.thorough
def test_a_sensitive_period_ends_learning() -> None:
    genome = Genome(CorticalGenome(), Modulation(closes=0.05, after=0.0))  # the first 600 s of 12,000
    population = Population(replace(agent_spec("cortex+earned"), genome=genome), WORLD, 2, seed=3)
    learner = population.learner
    assert learner is not None
    live(population, 6000)
    before = {name: array.copy() for name, array in learner.read_outs().items()}
    live(population, 1)  # the gains of the last step were still those of the period
    settled = {name: array.copy() for name, array in learner.read_outs().items()}
    live(population, 1500)
    assert any(array.any() for array in before.values())
    for name, array in settled.items():
        if name != "places":  # place jobs still tire and recover
            assert np.array_equal(array, learner.read_outs()[name]), f"{name} changed after the period"


def test_wiring_and_weights_can_be_given() -> None:
    population = Population(AGENT, WORLD, 3, seed=5)
    learner = population.learner
    assert learner is not None
    wire_alike(population, 77)
    preferred = learner.code.parts[0].code.preferred  # type: ignore[attr-defined]
    assert np.array_equal(preferred[0], preferred[2])
    alone = Population(AGENT, WORLD, 1, seed=77).learner
    assert np.array_equal(preferred[0], alone.code.parts[0].code.preferred[0])  # type: ignore[union-attr]
    size = learner.code.units * len(learner.option_names)  # type: ignore[attr-defined]
    give_weights(population, np.arange(3 * size, dtype=float).reshape(3, size))
    assert learner.synapses.table[1, 0, 0] == size  # type: ignore[attr-defined]


def test_innate_forecasts_decide_the_first_act() -> None:
    mice = Population("learner", "LoomingEscape", 2, seed=3)
    learner = mice.learner
    assert isinstance(learner, Cortex)
    weights = np.zeros((2, learner.code.units, len(learner.option_names)), np.float32)
    weights[:, :, 4] = 0.1
    give_weights(mice, weights)
    live(mice, 1)
    assert (learner.bout.chosen == 4).all()


def test_constants_of_steering_can_evolve() -> None:
    genome = innate("cortex+earned", "Rivals", "Rivals/blended")
    assert genome.described()["steering.pain"] == 0.35
    found = genes(genome, ("steering.pain",), constants=BlendedFighter.constants)
    assert [(gene.path, gene.low, gene.high) for gene in found] == [("steering.pain", 0.02, 3.0)]
    spec = replace(agent_spec("cortex+earned"), genome=genome.with_genes(steering__pain=1.5))
    population = Population(spec, "Rivals", 2, steering="Rivals/blended")
    assert population.steered.steering.constant["pain"] == 1.5
    plan = replace(BRIEF, world="Rivals", agent="cortex+earned", steering="Rivals/blended", genes=tuple(found))
    with pytest.raises(UnknownName, match="Did you mean 'mirror'"):
        Evolution(replace(plan, niches=("miror",)))
    search = Evolution(replace(plan, niches=("mirror",), animals=2, lifetime=800))
    assert len(search.lives(search.genome, None, 2, 0)) == 2
