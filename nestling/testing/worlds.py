"""What the parts of the contract of a world share."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.batch_state import Field
from envs import make_world
from envs.world import World

STEPS = 250
EPISODE = 60


def build(world: Any, num_animals: int = 3, **options: Any) -> World:
    """A world with short episodes, so that many end within a test."""
    return make_world(world, num_animals, **({"max_episode_steps": EPISODE} | options))


def record(world: World, steps: int = STEPS) -> list[np.ndarray]:
    """Observations, fitness and flags of random actions."""
    seen = [world.observation.copy()]
    for _ in range(steps):
        observation, fitness, terminated, truncated, _ = world.step(world.random_actions())
        seen += [observation, fitness, terminated, truncated]
    return seen


def assert_same(one: list[np.ndarray], other: list[np.ndarray], why: str) -> None:
    """Bit for bit."""
    for index, (a, b) in enumerate(zip(one, other, strict=True)):
        assert np.array_equal(a, b), f"{why}: entry {index} differs"


def assert_in_range(fields: tuple[Field, ...], state: Any) -> None:
    """Every declared field of every animal lies in its range, and says what it is."""
    for field in fields:
        assert field.meaning, f"field {field.name!r} needs a meaning"
        values = getattr(state, field.name)
        inside = field.holds(values)
        assert inside.all(), (
            f"field {field.name!r} of animal {int(np.argmin(inside))} is {values[np.argmin(inside)]}, outside its declared range "
            f"[{field.low:g}, {field.high:g}]"
        )
