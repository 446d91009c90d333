"""The contract of a world, as a test class that anyone can run on a world of their own.

import pytest
from nestling.testing.world_contract import WorldContract

@pytest.mark.parametrize("world", ["my_package.my_world:MyWorld"])
class TestMyWorld(WorldContract):
    pass
"""

from __future__ import annotations

from nestling.testing.world_declarations import DeclarationsContract
from nestling.testing.world_lives import LivesContract
from nestling.testing.world_refusals import RefusalsContract
from nestling.testing.worlds import EPISODE, STEPS, assert_in_range, assert_same, build, record

__all__ = ["EPISODE", "STEPS", "WorldContract", "assert_in_range", "assert_same", "build", "record"]


class WorldContract(LivesContract, RefusalsContract, DeclarationsContract):
    """Every rule that a world must keep; each message states the rule."""
