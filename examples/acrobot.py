"""Gymnasium's Acrobot with an innate reflex: bend along the swing of the upper arm. Nothing here is registered.

nestling watch nestling.examples.acrobot:Acrobot
nestling benchmark --worlds nestling.examples.acrobot:Acrobot --agents reflex learner steered --animals 16
"""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np

from core.interfaces import Recollection, Reflex, Repertoire
from core.senses import Sense, Senses
from envs.foreign import ForeignWorld
from steering.subsystem import Steering


class Acrobot(ForeignWorld):
    """Two arms that hang from a bar, with a motor between them.

    Description: the problem of Sutton (1996), as Gymnasium has it. Observation: six numbers. Action: Discrete(3), torque left,
    none, right. Reward: -1 for each step. Start: hanging. End: the tip is an arm's length above the bar. Source: Gymnasium's
    Acrobot-v1.
    """

    id = "Acrobot-v0"
    dt = 0.4
    episode_steps = 500
    life_episodes = 40
    grown_episodes = 14
    fitness_unit = "reward"
    steering = "nestling.examples.acrobot:Swinger"
    single_action_space = gym.spaces.Discrete(3)
    senses = Senses(
        Sense("upper_cosine", "1", -1.0, 1.0, "of the upper arm's angle; 1 hangs down"),
        Sense("upper_sine", "1", -1.0, 1.0, "of the upper arm's angle"),
        Sense("lower_cosine", "1", -1.0, 1.0, "of the lower arm's angle to the upper one"),
        Sense("lower_sine", "1", -1.0, 1.0, "of the lower arm's angle to the upper one"),
        Sense("upper_speed", "rad/s", -12.567, 12.567, "of the upper arm"),
        Sense("lower_speed", "rad/s", -28.275, 28.275, "of the lower arm, against the upper one"),
    )

    def make_env(self) -> gym.Env:
        return gym.make("Acrobot-v1").unwrapped

    def _oracle(self) -> np.ndarray:
        """Torque along the joint's own speed, which adds energy at every step."""
        return np.where(self.senses.split(np.ascontiguousarray(self.body.felt))["lower_speed"] < 0.0, 0, 2)


class Swinger(Steering):
    """Bends along the swing of the upper arm; likes height of the tip."""

    world = "Acrobot"
    wants = ("swing",)
    parts = ("height",)
    channels = ("height",)

    def _react(self, reading: Any, recollection: Recollection | None) -> Reflex:
        animals, still = self.num_animals, np.zeros(self.num_animals, int)
        return Reflex(np.where(reading["upper_speed"] < 0.0, 0, 2), np.full(animals, 0.2), still, np.zeros(animals))

    def _judge(self, before: Any, action: np.ndarray, after: Any, parts: Any, channels: Any) -> None:
        upper, lower = after["upper_cosine"], after["lower_cosine"]
        height = -upper - (upper * lower - after["upper_sine"] * after["lower_sine"])
        parts["height"][:] = channels["height"][:] = 0.1 * (height - 1.0)

    @property
    def repertoire(self) -> Repertoire:
        """Both torques, and rest between them."""
        return Repertoire(("bend left", "rest", "bend right"), np.arange(3))
