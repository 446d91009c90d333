"""Lesions: parts of an animal that can be removed at any age in chosen rows, and restored."""

from __future__ import annotations

from typing import Any

import numpy as np

from agents.steered_world import SteeredWorld
from core.arguments import row_mask
from core.errors import unknown_name
from learning.subsystem import Learner


def lesionable(steered: SteeredWorld, learner: Learner | None) -> dict[str, np.ndarray]:
    """Every part that can be removed, and in which rows (bool) it is missing now.

    ``learning`` removes the learner's control and memory, ``reflex`` steering's control, ``reward``
    steering's reward to the learner; the others are parts of this species' steering and learner.
    """
    parts = {"reflex": steered.lesions.reflex, "reward": steered.lesions.reward}
    parts |= {part: steered.steering.lesioned(part) for part in steered.steering.lesionable}
    if learner is not None:
        parts["learning"] = steered.lesions.learning
        parts |= {part: getattr(learner.lesions, part) for part in learner.lesionable}
    return parts


def apply_lesion(parts: dict[str, np.ndarray], part: str, rows: Any, lesioned: bool) -> None:
    """Remove or restore one of the :func:`lesionable` parts; an unknown part is an error with the nearest one."""
    if part not in parts:
        raise unknown_name("lesion", part, parts)
    parts[part][row_mask(rows, len(parts[part]))] = lesioned
