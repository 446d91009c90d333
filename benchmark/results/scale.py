"""The scale on which agents are compared: 0 for random actions, 1 for the oracle."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Scale:
    """Normalisation of one world.

    Attributes:
        zero, one: fitness a day of random actions and of the oracle, over the same days of the same lives.
    """

    zero: float
    one: float

    @property
    def unit(self) -> float:
        """Fitness a day that a score of 1 is worth."""
        return self.one - self.zero

    def score(self, fitness: np.ndarray) -> np.ndarray:
        """(fitness - random) / (oracle - random)."""
        return (fitness - self.zero) / self.unit
