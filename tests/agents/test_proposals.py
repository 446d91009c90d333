"""A learner that proposes what is no action is named, with the rule that it broke; graded actions out of bounds are clipped."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from agents.catalogue import AgentSpec
from agents.life import live
from agents.population import Population
from core.errors import BrokenFile, BrokenLearner, BrokenWorld
from core.interfaces import Gains, Proposal, Reflex
from envs.registration import world_class
from envs.rivals.world import Rivals
from envs.world import World
from learning.registration import learners
from tests.agents.third_party import Stubborn


def proposing(make: Any) -> type[Stubborn]:
    """A learner that proposes what ``make`` makes of the actions of a good one."""

    class Faulty(Stubborn):
        name = "faulty"

        def _propose(self, observation: np.ndarray, reflex: Reflex, gains: Gains) -> Proposal:
            return make(super()._propose(observation, reflex, gains).action)

    return Faulty


def population(make: Any, world: str = "LoomingEscape") -> Population:
    return Population(AgentSpec("faulty", "of a test", learner=proposing(make), hand_over="always"), world, 3)


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda action: None, "must return a Proposal, not NoneType"),
        (lambda action: action, "must return a Proposal, not ndarray"),
        (
            lambda action: Proposal.plain(action[:, 0]),
            r"action as an array \[3, 2\], one for each animal, not float64\[3\]",
        ),
        (lambda action: Proposal.plain(action[:1]), r"action as an array \[3, 2\]"),
        (lambda action: Proposal.plain(action * np.nan), "gave action .*nan.* for row 0; it must be finite"),
        (lambda action: Proposal.plain(action, defers=np.zeros(3)), r"defers as bool\[3\], not float64\[3\]"),
        (lambda action: Proposal.plain(action, advantage=np.zeros((3, 1))), r"advantage as floating\[3\]"),
    ],
)
def test_what_is_no_proposal_is_refused(make: Any, says: str) -> None:
    with pytest.raises(BrokenLearner, match=f"The learner Faulty in tests.agents.test_proposals broke a rule: .*{says}"):
        population(make).tick()


def test_actions_that_are_not_finite_are_refused_at_any_age() -> None:
    faulty = population(lambda action: Proposal.plain(action * (np.nan if old else 1.0)))
    old = False
    live(faulty, 150)
    old = True
    with pytest.raises(BrokenLearner, match="must be finite"):
        faulty.tick()


@pytest.mark.parametrize("number", [-1, 99, 0.5])
def test_numbered_actions_that_do_not_exist_are_refused(number: float) -> None:
    with pytest.raises(BrokenLearner, match=f"must give actions of Discrete.*not {number}"):
        population(lambda action: Proposal.plain(np.full(3, number)), "Rivals").tick()


def test_graded_actions_are_clipped_as_the_worlds_own_step_does() -> None:
    wild, bounded = (
        population(lambda action, size=size: Proposal.plain(np.full_like(action, size))) for size in (50.0, 1.0)
    )
    for _ in range(5):
        one, other = wild.tick(), bounded.tick()
        assert np.array_equal(one.action, other.action)
        assert np.array_equal(one.final_observation, other.final_observation)


def test_an_oracle_acts_for_every_row() -> None:
    class Careless(Rivals):
        id = "Careless-v0"

        def _oracle(self) -> np.ndarray:
            return super()._oracle()[:1]

    world = Careless(3)
    world.reset(seed=1)
    with pytest.raises(BrokenWorld, match=r"_oracle must return an action for each row, \[3\], not \[1\]"):
        world.oracle_actions()


def test_what_is_missing_in_a_class_is_named() -> None:
    class Unfinished(World):
        id = "Unfinished-v0"

        def _be_born(self, mask: np.ndarray) -> None: ...

        def _begin_episode(self, mask: np.ndarray) -> None: ...

    with pytest.raises(BrokenFile, match="Unfinished is not a complete world: it has no _advance, _sense"):
        world_class(Unfinished)
    with pytest.raises(BrokenFile, match="Rivals is no learner: it must extend Learner"):
        learners.get(Rivals)
