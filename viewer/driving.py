"""A human as cortex: keys that are held become the shown animal's proposal. Urgent reflexes may still override."""

from __future__ import annotations

import gymnasium as gym
import numpy as np

from core.interfaces import Proposal
from envs.world import World

# Keys for the first three axes of a graded action, as (towards its low end, towards its high end).
AXES = (("left", "right"), ("down", "up"), ("z", "x"))
STEERING_KEYS = tuple(key for pair in AXES for key in pair)


class Driver:
    """Turns held keys into actions for one row.

    Args:
        space: action space of one animal.
        row: the animal that is driven.
    """

    def __init__(self, space: gym.Space, row: int) -> None:
        self.space, self.row, self.held = space, row, set[str]()

    def action(self) -> np.ndarray:
        """What the held keys mean: full or no deflection of each axis; for discrete actions, the number of the digit."""
        if isinstance(self.space, gym.spaces.Discrete):
            digits = [int(key) for key in self.held if key.isdecimal()]
            return np.array(min(self.space.n - 1, digits[0]) if digits else self.space.start)
        assert isinstance(self.space, gym.spaces.Box)
        low, high = self.space.low.ravel(), self.space.high.ravel()
        action = np.clip(np.zeros(low.size), low, high)
        for axis, (down, up) in enumerate(AXES[: low.size]):
            if down in self.held:
                action[axis] = low[axis]
            elif up in self.held:
                action[axis] = high[axis]
            elif axis == 2:
                action[axis] = low[axis]  # the third axis is something to switch on: licking, turbulence
        return action.reshape(self.space.shape)

    def __call__(self, proposal: Proposal) -> Proposal:
        """The learner's proposals, with the driven row's replaced."""
        driven, row = proposal.copy(), self.row
        driven.action[row], driven.option[row] = self.action(), -1
        driven.defers[row], driven.explores[row] = False, True
        driven.lower_bound[row], driven.familiarity[row], driven.adopted[row] = 1e3, 1.0, True  # a human needs no guidance
        return driven


def driving_keys(world: World) -> str:
    """Which keys do what while somebody drives an animal of this world, in a few words."""
    names, space = world.action_names, world.single_action_space
    if isinstance(space, gym.spaces.Discrete):
        return ", ".join(f"{index} {name}" for index, name in enumerate(names[:10]))
    assert isinstance(space, gym.spaces.Box)
    shown = [name.replace("_", " ") for name in names] or [f"axis {axis + 1}" for axis in range(int(np.prod(space.shape)))]
    return ", ".join(f"{low} {high}: {name}" for (low, high), name in zip(AXES, shown, strict=False))
