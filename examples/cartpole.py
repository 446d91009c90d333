"""Gymnasium's CartPole with an innate reflex: lean, and be pushed back. Nothing here is registered.

nestling watch nestling.examples.cartpole:CartPole
nestling benchmark --worlds nestling.examples.cartpole:CartPole --agents reflex learner steered --animals 16
"""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np

from core.interfaces import Recollection, Reflex, Repertoire
from core.senses import Sense, Senses
from envs.foreign import ForeignWorld
from steering.subsystem import Steering


class CartPole(ForeignWorld):
    """A pole on a cart.

    Description: the classic of Barto, Sutton and Anderson (1983), as Gymnasium has it. Observation: four numbers.
    Action: Discrete(2), push left or right. Reward: 1 for each step that the pole stands. Start: near upright.
    End: a lean of 12 degrees, or the edge of the track. Source: Gymnasium's CartPole-v1.
    """

    id = "CartPole-v0"
    dt = 1.0  # a step stands for a second, so that a decision is one push
    episode_steps = 500
    life_episodes = 100
    grown_episodes = 40
    fitness_unit = "steps upright"
    steering = "nestling.examples.cartpole:Balance"
    single_action_space = gym.spaces.Discrete(2)
    senses = Senses(
        Sense("place", "m", -2.4, 2.4, "of the cart"),
        Sense("speed", "m/s", -4.0, 4.0, "of the cart"),
        Sense("lean", "rad", -0.21, 0.21, "of the pole"),
        Sense("fall", "rad/s", -4.0, 4.0, "rate of lean"),
    )

    def make_env(self) -> gym.Env:
        return gym.make("CartPole-v1").unwrapped

    def _oracle(self) -> np.ndarray:
        now = self.senses.split(np.ascontiguousarray(self.body.felt))
        return (now["lean"] + 0.4 * now["fall"] + 0.05 * now["place"] + 0.1 * now["speed"] > 0.0).astype(int)


class Balance(Steering):
    """Pushes under the lean, blind to how fast it falls; dislikes leaning, and falling most."""

    world = "CartPole"
    wants = ("balance",)
    parts = ("upright",)
    channels = ("lean",)

    def _react(self, reading: Any, recollection: Recollection | None) -> Reflex:
        animals, still = self.num_animals, np.zeros(self.num_animals, int)
        return Reflex((reading["lean"] > 0.0).astype(int), np.full(animals, 0.2), still, np.zeros(animals))

    def _judge(self, before: Any, action: np.ndarray, after: Any, parts: Any, channels: Any) -> None:
        lean = np.abs(after["lean"]) / 0.21
        channels["lean"][:] = lean
        parts["upright"][:] = 0.1 * (0.5 - lean) - 1.0 * ((lean > 0.99) | (np.abs(after["place"]) >= 2.4))

    @property
    def repertoire(self) -> Repertoire:
        """Both pushes; there is no rest."""
        return Repertoire(("push left", "push right"), np.arange(2))
