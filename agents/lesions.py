"""Lesions: parts of an animal that can be removed at any age in chosen rows, and restored."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import unknown_name
from core.manipulations import row_mask

if TYPE_CHECKING:
    from agents.population import Population


def lesionable(population: Population) -> dict[str, np.ndarray]:
    """Every part that can be removed, and in which rows (bool) it is missing now.

    ``learning`` removes the learner's control and memory, ``reflex`` steering's control, ``reward``
    steering's reward to the learner; the others are parts of this species' steering and learner.
    """
    steered, learner = population.steered, population.learner
    parts = {"reflex": steered.lesions.reflex, "reward": steered.lesions.reward}
    parts |= {part: steered.steering.lesioned(part) for part in steered.steering.lesionable}
    if learner is not None:
        parts["learning"] = steered.lesions.learning
        parts |= {part: getattr(learner.lesions, part) for part in learner.lesionable}
    return parts


def apply_lesion(population: Population, part: str, rows: Any, lesioned: bool) -> None:
    """Remove or restore a part; an unknown part is an error with the nearest one."""
    parts = lesionable(population)
    if part not in parts:
        raise unknown_name(f"lesion of agent {population.spec.name}", part, parts)
    parts[part][row_mask(rows, population.animals)] = lesioned
