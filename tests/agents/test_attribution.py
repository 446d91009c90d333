"""Attribution watches and changes nothing, and tells causes apart."""

import numpy as np
import pytest

from agents.attribution import CAUSES, EITHER, GUIDED, LEARNING, MIXED, STEERING, Attribution
from agents.disagreement import AT_STAKE, WORTH, Disagreement
from agents.life import live
from agents.population import Population
from nestling.testing.animal_contract import states_equal


def watched(
    agent: str, steps: int, animals: int = 4, seed: int = 8, **lesions: list[int]
) -> tuple[Population, Attribution]:
    population = Population(agent, "LoomingEscape", animals, seed=seed)
    for part, rows in lesions.items():
        population.lesion(part, rows)
    seen = Attribution(population, steps, 1)
    live(population, steps, [seen])
    return population, seen


def test_watching_changes_nothing() -> None:
    free = Population("steered", "LoomingEscape", 4, seed=8)
    live(free, 1500)
    assert states_equal(free.get_state(), watched("steered", 1500)[0].get_state())


def test_every_step_has_one_cause() -> None:
    _, seen = watched("steered", 500)
    assert seen.by_want.sum() == 4 * 500


def test_reflex_and_learner_alone_are_what_they_are() -> None:
    shares = {agent: watched(agent, 400)[1].by_age[0] for agent in ("reflex", "learner", "cortex+residual")}
    assert shares["reflex"][STEERING] == 1600
    assert shares["learner"][[STEERING, GUIDED]].sum() < 200, "only where it happens to do what the reflex would"
    assert shares["cortex+residual"][MIXED] > 0
    assert not shares["learner"][MIXED]


@pytest.mark.thorough
def test_flight_home_is_steering_guided_by_memory() -> None:
    """The refuge is remembered by the learner, but it is the reflex that runs there (Vale et al. 2017)."""
    _, seen = watched("steered-never", 3000, animals=8)
    flight = seen.by_want[0, seen.wants.index("flee")]
    assert flight[GUIDED] > 0.5 * flight.sum()
    forage = seen.by_want[0, seen.wants.index("forage")]
    assert forage[GUIDED] < 0.1 * forage.sum()
    lesioned = watched("steered-never", 1500, animals=8, place_memory=list(range(8)))[1].by_age[0]
    assert not lesioned[GUIDED], "without the memory nothing can be guided by it"
    assert not seen.by_age[0][LEARNING]


def test_agreement_is_told_apart() -> None:
    population = Population("steered", "LoomingEscape", 2, seed=8)
    seen = Attribution(population, 10, 1)
    tick = population.tick()
    tick.proposal.action[:] = tick.reflex.action
    tick.proposal.defers[:] = False
    tick.in_charge[:] = True
    tick.action[:] = tick.reflex.action
    assert (seen.causes(tick, tick.reflex.action) == EITHER).all()
    tick.in_charge[:] = False
    assert (seen.causes(tick, tick.reflex.action) == STEERING).all()
    assert (seen.causes(tick, tick.reflex.action + 1.0) == GUIDED).all()
    assert len(CAUSES) == 5
    assert np.isclose(seen.by_want.sum(), 0.0)


def test_where_control_matters() -> None:
    population = Population("steered", "LoomingEscape", 2, seed=8)
    acts = Disagreement(population.world.single_action_space)
    tick = population.tick()
    tick.reflex.action[:], tick.proposal.action[:] = 0.0, 1.0
    for part in (tick.proposal.defers, tick.proposal.explores, tick.proposal.advantage, tick.reflex.urgency):
        part[:] = 0
    tick.reflex.arousal[:] = (0.0, AT_STAKE)
    assert acts.matters(tick).tolist() == [False, True]
    tick.proposal.advantage[:] = (-WORTH, 0.0)
    assert acts.matters(tick).all(), "the difference that the learner sees counts, whatever its sign"
    tick.proposal.explores[0] = tick.proposal.defers[1] = True
    assert not acts.matters(tick).any()
    tick.proposal.explores[0] = tick.proposal.defers[1] = False
    tick.proposal.action[:] = 0.05
    assert not acts.matters(tick).any(), "both would do the same"
