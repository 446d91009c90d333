"""Habit keeps every rule of animals."""

import pytest

from tests.conformance.agent_contract import AnimalContract


@pytest.mark.parametrize("agent", ["habit:Habit+earned"])
@pytest.mark.parametrize("world", ["LoomingEscape"])
class TestHabit(AnimalContract):
    """All rules of whole animals; add what is special about yours."""
