"""Every steering subsystem and hand-over rule, found by registry, against the contracts."""

import pytest

from agents.hand_over import hand_over_rules
from steering.registration import steerings
from tests.conformance.agent_contract import AnimalContract, SteeredContract

WORLDS = sorted(steerings.all())


@pytest.mark.parametrize("world", WORLDS)
class TestSteering(SteeredContract):
    pass


@pytest.mark.parametrize("rule", [*hand_over_rules.names(), "earned+steered-bouts", "earned+steered-cached-state"])
@pytest.mark.parametrize("world", WORLDS)
class TestAnimals(AnimalContract):
    pass
