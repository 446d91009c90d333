"""What a world's class must declare, checked when it is found, so that a mistake is told by file and rule before any work."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from gymnasium.spaces import Box, Discrete

from envs.senses import Senses


def broken_rule(kind: Any) -> str | None:
    """The first rule that a world's class breaks, in words; None if it keeps all that can be seen without building it."""
    for name in ("id", "dt", "episode_steps", "fitness_unit", "purposes", "command_space", "senses"):
        if not hasattr(kind, name):
            return f"it lacks the class attribute {name}"
    if not isinstance(kind.id, str) or not re.fullmatch(r"[A-Za-z]\w*-v\d+", kind.id):
        return f'its id must look like "MyWorld-v0", not {kind.id!r}'
    if not isinstance(kind.dt, int | float) or not 0.0 < kind.dt < np.inf:
        return f"dt must be seconds in a step, above 0, not {kind.dt!r}"
    for name in ("episode_steps", "life_episodes", "grown_episodes"):
        if not isinstance(getattr(kind, name), int) or getattr(kind, name) < 1:
            return f"{name} must be a whole number of at least 1, not {getattr(kind, name)!r}"
    if isinstance(kind.purposes, str) or not all(isinstance(purpose, str) for purpose in kind.purposes):
        return f"purposes must be a tuple of names of random streams, not {kind.purposes!r}"
    if not isinstance(kind.senses, Senses):
        return f"senses must be Senses(Sense(...), ...), not {kind.senses!r}"
    if not kind.senses.heard_by("learning").size:
        return "no sense is heard by learning, so nothing could be learned"
    return _broken_commands(kind.command_space)


def _broken_commands(space: Any) -> str | None:
    if not isinstance(space, Box | Discrete):
        return f"command_space must be a Box or a Discrete space for one animal, not {space!r}"
    if isinstance(space, Box) and not (np.isfinite(space.low) & np.isfinite(space.high)).all():
        return f"command_space must have finite bounds, not {space}"
    return None
