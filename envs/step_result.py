"""What one tick of a world did."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.renamed import renamed_attributes


@renamed_attributes(outcome="final_observation", awake="stepped")
@dataclass(slots=True, kw_only=True)
class StepResult:
    """What one tick of a world did; arrays are the world's own buffers.

    Attributes:
        observation: (animals, senses) float32, what is sensed now, after any autoreset.
        final_observation: (animals, senses) float32, what was sensed at the end of the step, before any autoreset.
        fitness: (animals,) float64, the world's verdict on this step.
        terminated, truncated: (animals,) bool.
        stepped: (animals,) bool; False where a NEXT_STEP autoreset took the place of the step.
        final_facts: the facts before any autoreset, where they were asked for and an episode ended.
    """

    observation: np.ndarray
    final_observation: np.ndarray
    fitness: np.ndarray
    terminated: np.ndarray
    truncated: np.ndarray
    stepped: np.ndarray
    final_facts: dict[str, np.ndarray] | None = None

    @property
    def ended(self) -> np.ndarray:
        return self.terminated | self.truncated
