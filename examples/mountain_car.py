"""Gymnasium's MountainCar with an innate reflex: push the way the car rolls. Nothing here is registered.

nestling watch nestling.examples.mountain_car:MountainCar
nestling benchmark --worlds nestling.examples.mountain_car:MountainCar --agents reflex learner steered --animals 16
"""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np

from core.interfaces import Recollection, Reflex, Repertoire
from core.senses import Sense, Senses
from envs.foreign import ForeignWorld
from steering.subsystem import Steering


class MountainCar(ForeignWorld):
    """A car in a valley, too weak to drive straight out.

    Description: the problem of Moore (1990), as Gymnasium has it. Observation: two numbers. Action: Discrete(3), push left,
    coast, push right. Reward: -1 for each step. Start: near the bottom, at rest. End: the top of the right hill. Source:
    Gymnasium's MountainCar-v0. Steering likes height, so a car that stays high is pleased longer: reward is not fitness here.
    """

    id = "MountainCar-v0"
    dt = 0.4
    episode_steps = 200
    life_episodes = 40
    grown_episodes = 14
    fitness_unit = "reward"
    steering = "nestling.examples.mountain_car:Rocker"
    single_action_space = gym.spaces.Discrete(3)
    senses = Senses(
        Sense("place", "1", -1.2, 0.6, "of the car; the bottom is at -0.52"),
        Sense("speed", "1", -0.07, 0.07, "of the car"),
    )

    def make_env(self) -> gym.Env:
        return gym.make("MountainCar-v0").unwrapped

    def _oracle(self) -> np.ndarray:
        """Pushes right between two curves of speed over place, else left."""
        now = self.senses.split(np.ascontiguousarray(self.body.felt))
        place, speed = now["place"], now["speed"]
        low = np.minimum(0.03 - 0.09 * (place + 0.25) ** 2, 0.3 * (place + 0.9) ** 4 - 0.008)
        return np.where((low <= speed) & (speed <= 0.07 - 0.07 * (place + 0.38) ** 2), 2, 0)


class Rocker(Steering):
    """Pushes the way the car rolls; likes height."""

    world = "MountainCar"
    wants = ("roll",)
    parts = ("height",)
    channels = ("height",)

    def _react(self, reading: Any, recollection: Recollection | None) -> Reflex:
        animals, still = self.num_animals, np.zeros(self.num_animals, int)
        return Reflex(np.where(reading["speed"] < 0.0, 0, 2), np.full(animals, 0.2), still, np.zeros(animals))

    def _judge(self, before: Any, action: np.ndarray, after: Any, parts: Any, channels: Any) -> None:
        parts["height"][:] = channels["height"][:] = np.sin(3.0 * after["place"])

    @property
    def repertoire(self) -> Repertoire:
        """Both pushes, and coasting between them."""
        return Repertoire(("push left", "coast", "push right"), np.arange(3))
