"""Every registered world, third-party ones included, against the contract."""

import pytest

from envs import worlds
from nestling.testing.world_contract import WorldContract


@pytest.mark.parametrize("world", worlds.names())
class TestWorlds(WorldContract):
    pass
