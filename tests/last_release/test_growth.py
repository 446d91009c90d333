"""Growth keeps every rule of animals."""

import pytest

from tests.conformance.agent_contract import AnimalContract


@pytest.mark.parametrize("agent", ["cortex+growth:Growth"])
@pytest.mark.parametrize("world", ["LoomingEscape"])
class TestGrowth(AnimalContract):
    """All rules of whole animals; add what is special about yours."""
