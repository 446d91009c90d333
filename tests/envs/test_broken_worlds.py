"""A third party's broken world is told by file and rule, and the other worlds live on."""

from __future__ import annotations

import sys
import types
from importlib import metadata
from typing import Any

import gymnasium as gym
import numpy as np
import pytest

from core.errors import BrokenFile, BrokenWorld
from core.registry import Registry
from core.senses import Sense, Senses
from envs.registration import make_world, short_name, world_class
from envs.world import World
from envs.world_rules import broken_rule
from nestling.testing.world_contract import WorldContract
from tests.agents.discrete_world import Levers

WORLD = "nestling_tests_broken:Broken"


def broken(monkeypatch: pytest.MonkeyPatch, **attributes: Any) -> str:
    """A module of a third party whose world differs from a good one in ``attributes``."""
    module = types.ModuleType("nestling_tests_broken")
    module.Broken = type("Broken", (Levers,), {"__module__": module.__name__, "id": "Broken-v0", **attributes})  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    return WORLD


@pytest.mark.parametrize(
    ("attributes", "rule"),
    [
        ({"id": "no version"}, "id must look like"),
        ({"dt": 0.0}, "dt must be seconds"),
        ({"stratified_by": "size"}, "stratified_by must name a field of state"),
        ({"episode_steps": 0}, "episode_steps must be a whole number"),
        ({"stream_names": "pay"}, "stream_names must be a tuple"),
        ({"senses": {"last": 1}}, "senses must be Senses"),
        ({"senses": Senses(Sense("pain", "1", 0.0, 1.0, "pain", heard_by=("steering",)))}, "no sense is heard by learning"),
        ({"single_action_space": gym.spaces.MultiBinary(2)}, "single_action_space must be a Box or a Discrete"),
        ({"single_action_space": gym.spaces.Box(-np.inf, np.inf, (1,))}, "single_action_space must have finite bounds"),
    ],
)
def test_declarations(attributes: dict, rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(BrokenFile, match=f"Broken in nestling_tests_broken cannot be used: .*{rule}"):
        world_class(broken(monkeypatch, **attributes))


def begin_and_step(world: World) -> None:
    """The first moments of a life."""
    world.reset(seed=0)
    world.step(np.zeros(2, int))


@pytest.mark.parametrize(
    ("method", "rule"),
    [
        ({"_advance": lambda self, action: (np.full(2, np.nan), np.zeros(2, bool))}, "fitness must be finite"),
        ({"_advance": lambda self, action: (np.zeros((2, 1)), np.zeros(2, bool))}, r"fitness as floating\[2\]"),
        ({"_advance": lambda self, action: (0.0, np.zeros(2, bool))}, "not float"),
        ({"_advance": lambda self, action: (np.zeros(2), np.zeros(2))}, "terminated as bool"),
        ({"_sense": lambda self, reading: reading["last"].fill(9.0)}, r"sense last must lie in \[0, 2\]"),
        ({"_sense": lambda self, reading: reading["last"].fill(np.nan)}, "sense last must lie in"),
    ],
)
def test_a_life(method: dict, rule: str, monkeypatch: pytest.MonkeyPatch) -> None:
    world = make_world(broken(monkeypatch, **method), 2)
    with pytest.raises(BrokenWorld, match=f"Broken in nestling_tests_broken broke a rule: .*{rule}"):
        begin_and_step(world)


def test_fitness_that_is_no_number_is_told_at_any_age(monkeypatch: pytest.MonkeyPatch) -> None:
    late = {"_advance": lambda self, action: (np.where(self._ticks == 300, np.nan, 0.0) * np.ones(2), np.zeros(2, bool))}
    world = make_world(broken(monkeypatch, **late), 2)
    world.reset(seed=0)
    for _ in range(300):
        world.step(np.zeros(2, int))
    with pytest.raises(BrokenWorld, match="fitness must be finite"):
        world.step(np.zeros(2, int))


def test_the_others_live_on(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [
        metadata.EntryPoint("Absent", "no_such_package.world:Absent", "third"),
        metadata.EntryPoint("Broken", broken(monkeypatch, dt="fast"), "third"),
        metadata.EntryPoint("Levers", "tests.agents.discrete_world:Levers", "third"),
    ]
    monkeypatch.setattr(metadata, "entry_points", lambda group: [p for p in points if p.group == group])
    registry = Registry("world", World, "envs", "third", key=lambda world: short_name(world.id), broken_rule=broken_rule)
    with pytest.warns(UserWarning, match=r"no_such_package|dt must be") as warned:
        assert {"Levers", "LoomingEscape", "Rivals"} <= set(registry.all())
    assert len(warned) == 2
    with pytest.raises(BrokenFile, match="no_such_package"):
        registry.get("absent")
    with pytest.raises(BrokenFile, match="dt must be seconds"):
        registry.get("Broken")


def test_an_end_that_is_declared_and_never_happens_is_warned_about(monkeypatch: pytest.MonkeyPatch) -> None:
    text = "A world.\n\n    End:\n        Terminated by boredom; truncated after a day.\n    Source:\n        Chosen.\n    "
    with pytest.warns(UserWarning, match="none was in 6,000 steps of random actions.*out of reach"):
        WorldContract().test_declared_ends_happen(broken(monkeypatch, __doc__=text))
    for denial in ("Never terminated", "No episode is terminated"):
        WorldContract().test_declared_ends_happen(broken(monkeypatch, __doc__=text.replace("Terminated", denial)))


def test_a_world_in_which_one_act_does_well_is_warned_about() -> None:
    with pytest.warns(UserWarning, match="In Rivals an animal that does nothing but 'threaten' for 400 steps scores"):
        WorldContract().test_no_act_held_for_life_is_a_good_life("Rivals")
