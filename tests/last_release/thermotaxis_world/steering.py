"""The innate part of the animal of Thermotaxis: goes on while it grows warmer, turns where it does not."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from envs.messages import Gains, Goal, Recollection, Reflex, Repertoire
from envs.rows import Records
from steering.subsystem import MutableVariable, Steering

_TURN = 0.3  # chance of a turn while it grows colder; chosen. CHANGE: your own numbers, with sources
_ADAPTS = 0.001  # share of the way that comfort moves to the present warmth in a step; chosen


class ThermotaxisSteering(Steering):
    """Run and tumble, and liking of warmth. It has no weights: all that changes in it is a declared variable."""

    world = "Thermotaxis"
    wants = ("crawl",)  # what the viewer calls its acts
    parts = ("comfort", "effort")  # what reward is made of
    channels = ("warmth",)  # innate signals that learning can learn to predict and to find again
    # You may delete: parts that experimenters can remove, and the mutable variable.
    lesionable = ("thermometer",)
    variables = (MutableVariable("comfort", "warmth that it is used to", 0.0, 1.0, 0.0, "follows warmth slowly", "chosen"),)

    transient: Records

    def _make_transient(self, rows: int) -> Records:
        """State that starts afresh with each day."""
        return Records(rows, heading=0.0, warmth=0.0)

    def _react(self, reading: Any, recollection: Recollection | None) -> Reflex:
        """CHANGE: what a newborn does. Called once a tick; ``recollection`` is what the learner remembers, if anything."""
        now = self.transient
        warmth = np.where(self.lesioned("thermometer"), 0.0, reading["warmth"])
        draw = self.streams.uniform("reflex noise", 2)
        turns = (warmth < now.warmth + 1e-4) & (draw[:, 0] < _TURN)
        now.heading = np.where(turns, 2.0 * math.pi * draw[:, 1], now.heading)
        now.warmth = warmth
        pace = np.where(warmth > 0.5 + 0.4 * self.mutable.comfort, 0.1, 1.0)  # rests where it is warmer than it is used to
        command = pace[:, None] * np.stack([np.cos(now.heading), np.sin(now.heading)], axis=1)
        rows, at_stake = self.rows, (warmth > 0.3).astype(float)  # learning tries little where much is at stake
        return Reflex(command, np.full(rows, 0.2), np.zeros(rows, int), at_stake)

    def _judge(self, before: Any, command: np.ndarray, after: Any, parts: Any, channels: Any) -> None:
        """CHANGE: reward is steering's own opinion, made from senses. It never sees fitness."""
        warmth = np.where(self.lesioned("thermometer"), 0.0, after["warmth"])
        parts["comfort"][:] = warmth
        parts["effort"][:] = -0.02 * np.hypot(command[:, 0], command[:, 1])
        channels["warmth"][:] = warmth > 0.8
        self.mutable.comfort += _ADAPTS * (warmth - self.mutable.comfort)

    def modulate(self, age: np.ndarray) -> Gains:
        """CHANGE: how much is tried and learned at an age in seconds; here the young try most."""
        one = np.ones(len(age))
        return Gains(one, np.maximum(0.1, np.exp(-age / 1000.0)), one.copy())

    @property
    def repertoire(self) -> Repertoire:
        """Motor programmes that learning may call: rest first; then eight crawls, and a return to where it was warm."""
        angles = np.arange(8) * math.pi / 4
        crawls = np.stack([np.cos(angles), np.sin(angles)], axis=1)
        names = ("rest", *(f"crawl {45 * k}" for k in range(8)))
        commands, goals = np.concatenate([np.zeros((1, 2)), crawls]), (Goal("back to the warm", 1.0, "warmth"),)
        return Repertoire(names, commands, goals, place="place")
