"""Snapshots of a life, so that it can be stepped back: nearest earlier state, then the same ticks again."""

from __future__ import annotations

from collections import deque
from typing import Any, Protocol

import numpy as np

from agents.population import Population
from viewer.history import History
from viewer.life_line import LifeLine

EVERY, KEPT = 25, 60  # ticks between snapshots, and how many are kept


class Life(Protocol):
    """What can be stepped back: a session."""

    population: Population
    history: History
    line: LifeLine

    def step(self) -> Any:
        """One tick."""


class Snapshots:
    """The last states of a session's animals and of what the viewer remembers of them."""

    def __init__(self) -> None:
        self._kept: deque[tuple[int, dict[str, np.ndarray], Any, dict[str, np.ndarray]]] = deque(maxlen=KEPT)
        self._now = 0

    def clear(self) -> None:
        """Forget the past: after anything that a replay would not repeat."""
        self._kept.clear()

    def note(self, session: Life) -> None:
        """Called before every tick."""
        if not self._kept or self._now - self._kept[-1][0] >= EVERY:
            state = session.population.get_state()
            self._kept.append((self._now, state, session.history.copy(), session.line.get_state()))
        self._now += 1

    def back(self, session: Life) -> bool:
        """Go back one tick; returns whether that was possible."""
        wanted = self._now - 1
        while self._kept and self._kept[-1][0] >= wanted:
            self._kept.pop()
        if not self._kept:
            return False
        self._now, state, history, line = self._kept.pop()
        session.population.set_state(state)
        session.line.set_state(line)
        session.history = history
        while self._now < wanted:
            session.step()
        return True
