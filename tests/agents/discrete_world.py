"""A world of discrete actions, with its steering."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium.spaces import Discrete

from core.batch_state import RecordState
from core.interfaces import Recollection, Reflex, Repertoire
from core.senses import Sense, Senses
from envs.world import World
from steering.subsystem import Steering


class Levers(World):
    """Description: three levers, of which one pays. Observation: the last lever. Action: a lever. Reward: pay.
    Start: none pulled. End: after 20 pulls. Source: chosen.
    """

    id = "Levers-v0"
    dt = 1.0
    episode_steps = 20
    life_episodes = 10
    fitness_unit = "pay"
    stream_names = ("pay",)
    single_action_space = Discrete(3)
    senses = Senses(Sense("last", "1", 0.0, 2.0, "the lever pulled last"))
    steering = "tests.agents.discrete_world:LeverSteering"

    def _make_body(self, num_animals: int) -> RecordState:
        return RecordState(num_animals, good=0, last=0)

    def _be_born(self, mask: np.ndarray) -> None:
        self.body.good[mask] = (3 * self.streams.uniform("pay", 1, mask)[mask, 0]).astype(int)

    def _begin_episode(self, mask: np.ndarray) -> None:
        self.body.restart(mask, "last")

    def _advance(self, action: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        self.body.last = action
        return (action == self.body.good).astype(float), np.zeros(self.num_envs, bool)

    def _sense(self, reading: Any) -> None:
        reading["last"][:] = self.body.last


class LeverSteering(Steering):
    """Pulls the first lever, and likes the last."""

    world = "Levers"
    wants = ("pull",)
    parts = ("liking",)
    channels = ("liking",)

    def _react(self, reading: Any, recollection: Recollection | None) -> Reflex:
        nothing = np.zeros(self.num_animals)
        return Reflex(np.zeros(self.num_animals, int), nothing, np.zeros(self.num_animals, int), nothing.copy())

    def _judge(self, before: Any, action: np.ndarray, after: Any, parts: Any, channels: Any) -> None:
        parts["liking"][:] = channels["liking"][:] = after["last"] == 2.0

    @property
    def repertoire(self) -> Repertoire:
        """The levers."""
        return Repertoire(("first", "second", "third"), np.arange(3))
