"""Nestling: worlds in which innate steering keeps a newborn alive while learning from scratch takes over.

>>> import nestling
>>> mice = nestling.Population("steered", "LoomingEscape", animals=4, seed=1)
>>> nestling.live(mice, 100)

Everything else is in the rooms ``nestling.envs``, ``nestling.steering``, ``nestling.learning``, ``nestling.agents``,
``nestling.benchmark`` and ``nestling.viewer``. In a checkout these are the top-level folders, the very same modules.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from nestling._rooms import find_rooms_beside

find_rooms_beside()

if TYPE_CHECKING:
    from agents.hand_over.base import HandOver
    from agents.life import live
    from agents.population import Population
    from agents.registration import make
    from benchmark.experiments.experiment import Experiment
    from envs.world import World
    from learning.subsystem import Learner
    from steering.subsystem import Steering
    from viewer.player.player import player

_PUBLIC = {
    "make": "nestling.agents.registration",
    "Population": "nestling.agents.population",
    "live": "nestling.agents.life",
    "World": "nestling.envs.world",
    "Steering": "nestling.steering.subsystem",
    "Learner": "nestling.learning.subsystem",
    "HandOver": "nestling.agents.hand_over.base",
    "Experiment": "nestling.benchmark.experiments.experiment",
    "player": "nestling.viewer.player.player",
}
__all__ = ["Experiment", "HandOver", "Learner", "Population", "Steering", "World", "live", "make", "player"]


def __getattr__(name: str) -> Any:
    """Imported when it is asked for, so that ``import nestling`` costs nothing."""
    if name == "__version__":
        from importlib.metadata import PackageNotFoundError, version

        try:
            return version("nestling")
        except PackageNotFoundError:  # a checkout on the path, not installed
            return "0+checkout"
    if name not in _PUBLIC:
        raise AttributeError(f"module 'nestling' has no attribute {name!r}")
    return getattr(importlib.import_module(_PUBLIC[name]), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *_PUBLIC, "__version__"])
