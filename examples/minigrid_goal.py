"""A MiniGrid room with an innate reflex: go for the green square that is seen, else wander. Needs ``pip install minigrid``.

nestling watch nestling.examples.minigrid_goal:GreenSquare
nestling benchmark --worlds nestling.examples.minigrid_goal:GreenSquare --agents reflex learner steered --animals 16
"""

from __future__ import annotations

from typing import Any

import gymnasium as gym
import numpy as np

from core.interfaces import Recollection, Reflex, Repertoire
from core.senses import Sense, Senses
from envs.foreign import ForeignWorld
from steering.subsystem import Steering

LEFT, RIGHT, AHEAD = range(3)
GOAL = 8  # MiniGrid's number of a goal
FREE = (1, GOAL)  # numbers of what one can step on


class GreenSquare(ForeignWorld):
    """A wide empty room with a green square in its corner.

    Description: MiniGrid's empty room of 12 x 12. Observation: place, heading, and the square if it lies in a view of 7 x 7.
    Action: Discrete(3), turn left, turn right, step. Reward: 1 less 0.9 times the share of 100 steps used, on the square.
    Start: anywhere. End: on the square, or after 100 steps. Source: Chevalier-Boisvert et al. (2023).
    """

    id = "GreenSquare-v0"
    dt = 1.0
    episode_steps = 100
    life_episodes = 100
    grown_episodes = 40
    random_hold = 1.0
    fitness_unit = "squares reached, less for time"
    steering = "nestling.examples.minigrid_goal:Seeker"
    single_action_space = gym.spaces.Discrete(3)
    senses = Senses(
        Sense("goal", "1", -6.0, 6.0, "cells to the right and ahead to the green square, 0 where it is not seen", (2,)),
        Sense("place", "1", 0.0, 12.0, "cell (x, y)", (2,)),
        Sense("heading", "1", -1.0, 1.0, "unit vector (x, y)", (2,)),
        Sense("ahead", "1", 0.0, 1.0, "1 where the cell ahead is free"),
    )

    def make_env(self) -> gym.Env:
        from minigrid.envs import EmptyEnv

        env = EmptyEnv(size=12, agent_start_pos=None, max_steps=self.max_episode_steps)
        env.action_space = gym.spaces.Discrete(3)
        return env

    def flatten(self, observation: Any, room: Any) -> np.ndarray:
        kinds = observation["image"][:, :, 0]  # (right, down); the animal stands at (3, 6), looking up
        found = np.argwhere(kinds == GOAL)
        right, ahead = (found[0][0] - 3, 6 - found[0][1]) if len(found) else (0, 0)
        return np.array([right, ahead, *room.agent_pos, *room.dir_vec, kinds[3, 5] in FREE], np.float32)

    def _oracle(self) -> np.ndarray:
        """Shortest way to the square, wherever it is."""
        actions = []
        for env in self._envs:
            room: Any = env
            cells = ((i, j) for i in range(room.width) for j in range(room.height))
            goal = next(np.array(c) for c in cells if getattr(room.grid.get(*c), "type", "") == "goal")
            way = goal - np.array(room.agent_pos)
            forward, rightward = way @ room.dir_vec, way @ room.right_vec
            actions.append(AHEAD if forward > 0 else RIGHT if rightward > 0 else LEFT)
        return np.array(actions)


class Seeker(Steering):
    """Steps towards a green square in sight; else walks, and turns by chance or where it cannot go on."""

    world = "GreenSquare"
    wants = ("wander", "approach")
    parts = ("green", "approach")
    channels = ("green",)

    def _react(self, reading: Any, recollection: Recollection | None) -> Reflex:
        right, ahead = reading["goal"][:, 0], reading["goal"][:, 1]
        seen, free = (right != 0) | (ahead != 0), reading["ahead"] > 0.5
        toward = np.where((ahead > 0) & free, AHEAD, np.where(right > 0, RIGHT, LEFT))
        chance = self.streams.uniform("reflex noise", 1)[:, 0]
        wander = np.where(free & (chance < 0.7), AHEAD, np.where(chance < 0.85, LEFT, RIGHT))
        return Reflex(
            np.where(seen, toward, wander), np.full(self.num_animals, 0.2), seen.astype(int), np.zeros(self.num_animals)
        )

    def _judge(self, before: Any, action: np.ndarray, after: Any, parts: Any, channels: Any) -> None:
        distance = [np.abs(sense["goal"]).sum(axis=1) for sense in (before, after)]
        seen = [d > 0 for d in distance]
        reached = (before["goal"][:, 0] == 0) & (before["goal"][:, 1] == 1) & (action == AHEAD)
        channels["green"][:] = parts["green"][:] = reached
        parts["approach"][:] = np.where(seen[0] & seen[1], 0.05 * (distance[0] - distance[1]), 0.0) - 0.02

    @property
    def repertoire(self) -> Repertoire:
        """Two turns and a step."""
        return Repertoire(("turn left", "turn right", "step"), np.arange(3))
