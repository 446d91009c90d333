"""Thermotaxis: an animal on a plate looks for the place where it is warm. (Say here, in one line, what yours is about.)"""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium.spaces import Box

from envs.manipulations import in_range, manipulation
from envs.rows import Records
from envs.senses import Sense, Senses
from envs.world import World

# CHANGE: every number of your physics, with its unit and its source, or "chosen" and why.
PLATE = 1.0  # m from the middle to each side; chosen
SPEED = 0.08  # m in a step; chosen
WIDTH = 0.3  # m over which warmth falls off; chosen


class Thermotaxis(World):
    """A plate with one warm place. (CHANGE every line below: `docs/` and the report show them.)

    Description:
        An animal crawls on a square plate of 2 m. One place, its own for life, is warm.
    Observation:
        A flat Box; see ``senses``.
    Action:
        Box(-1, 1, (2,), float32): direction (x, y) of a step of up to 0.08 m.
    Reward:
        Fitness: warmth, of which a day in the best place has 1.
    Start:
        Anywhere on the plate.
    End:
        Truncated after ``max_episode_steps`` (default 200 steps of 0.5 s, a day).
    Arguments:
        num_envs, autoreset_mode, max_episode_steps, render_mode, dt: see :class:`envs.world.World`.
    Version history:
        v0: first version.
    Source:
        Chosen, as an example.
    """

    id = "Thermotaxis-v0"
    dt = 0.5  # CHANGE: seconds in a step
    episode_steps = 200
    life_episodes = 60  # a whole life, for the benchmark
    grown_episodes = 20  # after which the viewer calls an animal grown
    fitness_unit = "days of warmth a day"
    purposes = ("niche", "start")  # one random stream for each; draws are reproducible for each animal
    steering = "thermotaxis_world.steering:ThermotaxisSteering"
    command_space = Box(-1.0, 1.0, (2,), np.float32)
    # CHANGE: what can be sensed. heard_by=("steering",) hides a sense from learning (pain, hormones), and the other way round.
    senses = Senses(
        Sense("place", "1", -1.0, 1.0, "where on the plate, the middle at 0", (2,)),
        Sense("warmth", "1", 0.0, 1.0, "how warm it is here"),
    )

    body: Records

    def _make_body(self, rows: int) -> Records:
        """All that changes, given by what one animal starts with."""
        return Records(rows, position=np.zeros(2), warm=np.zeros(2), cold=False)

    def _be_born(self, rows: np.ndarray) -> None:
        """What is an animal's own for life."""
        self.body.warm[rows] = 1.6 * self.streams.uniform("niche", 2, rows)[rows] - 0.8

    def _begin_episode(self, rows: np.ndarray) -> None:
        self.body.position[rows] = 2.0 * self.streams.uniform("start", 2, rows)[rows] - 1.0

    def _advance(self, command: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """One step of physics for all rows: fitness, and who died."""
        length = np.maximum(1.0, np.hypot(command[:, 0], command[:, 1]))[:, None]
        self.body.position = np.clip(self.body.position + SPEED * command / length, -PLATE, PLATE)
        return self._warmth() / self.max_episode_steps, np.zeros(self.num_envs, bool)

    def _warmth(self) -> np.ndarray:
        away = self.body.position - self.body.warm
        return np.exp(-0.5 * (away**2).sum(axis=1) / WIDTH**2) * ~self.body.cold

    def _sense(self, reading: Any) -> None:
        reading["place"][:] = self.body.position / PLATE
        reading["warmth"][:] = self._warmth()

    def _oracle(self) -> np.ndarray:
        """The best that somebody who sees everything could do; scores are measured against it."""
        return np.clip((self.body.warm - self.body.position) / SPEED, -1.0, 1.0)

    # You may delete everything below: facts for info, a drawing of your own (else senses are shown as text), experiments' switches.

    def _facts(self) -> dict[str, np.ndarray]:
        return {"warm": self.body.warm}

    def _draw(self, row: int, canvas: Any) -> None:
        animal = self.body.table[row]

        def at(place: Any) -> tuple[float, float]:
            return 320 + 200 * float(place[0]), 240 - 200 * float(place[1])

        canvas.rect((232, 226, 211), (110, 30, 420, 420), border_radius=8)
        for share, colour in ((2.0, (240, 214, 170)), (1.0, (240, 180, 110)), (0.4, (230, 140, 60))):
            canvas.circle((214, 220, 228) if animal["cold"] else colour, at(animal["warm"]), 200 * share * WIDTH)
        canvas.circle((122, 92, 68), at(animal["position"]), 12)

    @manipulation
    def chill(self, rows: np.ndarray, cold: bool = True) -> None:
        """Switch the warmth off (or on again)."""
        self.body.cold[rows] = cold

    @manipulation
    def put(self, rows: np.ndarray, x: float = 0.0, y: float = 0.0) -> None:
        """Put the animal at a place (m)."""
        self.body.position[rows] = in_range("x", x, -PLATE, PLATE, "m"), in_range("y", y, -PLATE, PLATE, "m")
