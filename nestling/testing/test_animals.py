"""Every steering subsystem, hand-over rule and learner, found by registry, against the contracts."""

import pytest

from agents.hand_over.base import hand_over_rules
from learning.registration import learners
from nestling.testing.animal_contract import AnimalContract, SteeredContract
from steering.registration import steered_worlds

WORLDS = steered_worlds()
RULES_IN = [world for world in ("LoomingEscape", "Rivals") if world in WORLDS]  # graded commands, and a choice among few
LEARNERS = {
    name: learner for name, learner in learners.all().items() if not learner.costly
}  # those have tests of their own
SETTINGS = {
    name
    for name, learner in LEARNERS.items()
    if {part for part in vars(learner) if not part.startswith("_")} <= {"name", "genome_type"}
}
"""Learners that are another one with another genome, as that with a womb is; one world is enough for them."""


@pytest.mark.parametrize("world", WORLDS)
class TestSteering(SteeredContract):
    pass


@pytest.mark.parametrize("agent", [f"cortex+{rule}" for rule in hand_over_rules.names()])
@pytest.mark.parametrize("world", RULES_IN)
class TestRules(AnimalContract):
    pass


@pytest.mark.parametrize(
    ("world", "agent"),
    [
        *(
            (world, f"{name}+earned")
            for name in sorted(LEARNERS)
            for world in (RULES_IN[:1] if name in SETTINGS else WORLDS)
        ),
        *((world, "steered-predicted-reward-state") for world in WORLDS),
    ],
)
class TestLearners(AnimalContract):
    pass
