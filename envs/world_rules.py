"""What a world must declare (checked when it is found) and give (checked while it runs). Errors name the file and the rule."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
from gymnasium.spaces import Box, Discrete

from core.batch_state import missing_field
from core.errors import BrokenWorld, shown_kind
from core.senses import Senses

INSPECTED = 128
"""All that a world gives is checked in its first 128 ticks, and in one of 128 later; fitness is checked at every tick."""


def inspected(ticks: int) -> bool:
    """Whether all that is given after so many ticks is checked."""
    return ticks <= INSPECTED or ticks % INSPECTED == 0


def broken_rule(kind: Any) -> str | None:
    """The first rule that a world's class breaks, in words; None if it keeps all that can be seen without building it."""
    for name in ("id", "dt", "episode_steps", "fitness_unit", "stream_names", "single_action_space", "senses"):
        if not hasattr(kind, name):
            return f"it lacks the class attribute {name}"
    if not isinstance(kind.id, str) or not re.fullmatch(r"[A-Za-z]\w*-v\d+", kind.id):
        return f'its id must look like "MyWorld-v0", not {kind.id!r}'
    if not isinstance(kind.dt, int | float) or not 0.0 < kind.dt < np.inf:
        return f"dt must be seconds in a step, above 0, not {kind.dt!r}"
    for name in ("episode_steps", "life_episodes", "grown_episodes"):
        if not isinstance(getattr(kind, name), int) or getattr(kind, name) < 1:
            return f"{name} must be a whole number of at least 1, not {getattr(kind, name)!r}"
    if isinstance(kind.stream_names, str) or not all(isinstance(purpose, str) for purpose in kind.stream_names):
        return f"stream_names must be a tuple of names of random streams, not {kind.stream_names!r}"
    if not isinstance(kind.senses, Senses):
        return f"senses must be Senses(Sense(...), ...), not {kind.senses!r}"
    if not kind.senses.heard_by("learning").size:
        return "no sense is heard by learning, so nothing could be learned"
    fields = [field.name for field in getattr(kind, "state", ())]
    if (strata := getattr(kind, "stratified_by", "")) and strata not in fields:
        return f"stratified_by must name a field of state ({', '.join(fields)}), not {strata!r}"
    for niche in getattr(kind, "fooled_niches", ()):
        if (broken := niche.broken_rule(kind)) is not None:
            return broken
    return _broken_actions(kind.single_action_space)


def _broken_actions(space: Any) -> str | None:
    if not isinstance(space, Box | Discrete):
        return f"single_action_space must be a Box or a Discrete space for one animal, not {space!r}"
    if isinstance(space, Box) and not (np.isfinite(space.low) & np.isfinite(space.high)).all():
        return f"single_action_space must have finite bounds, not {space}"
    return None


def broken_world(world: Any, rule: str) -> BrokenWorld:
    """The error that names the class and the file of a world, and the rule it broke."""
    return BrokenWorld(f"The world {type(world).__name__} in {type(world).__module__} broke a rule: {rule}")


def check_step(world: Any, fitness: Any, terminated: Any) -> None:
    """Raise :class:`core.errors.BrokenWorld` unless a step gave one finite fitness and one flag for each row."""
    for name, value, kind in (("fitness", fitness, np.floating), ("terminated", terminated, np.bool_)):
        if not isinstance(value, np.ndarray) or value.shape != (world.num_envs,) or not np.issubdtype(value.dtype, kind):
            wanted = f"{kind.__name__}[{world.num_envs}]"
            raise broken_world(
                world, f"_advance must return {name} as {wanted}, one for each row, not {shown_kind(value)}."
            )
    if not np.isfinite(fitness).all():
        row = int(np.argmin(np.isfinite(fitness)))
        raise broken_world(world, f"fitness must be finite, but _advance gave row {row} {fitness[row]}.")


def check_observation(world: Any) -> None:
    """Raise :class:`core.errors.BrokenWorld` unless every sense lies in its declared range."""
    observation, senses = world.observation, world.senses
    inside = (observation >= senses.low) & (observation <= senses.high)  # NaN is inside nothing
    if inside.all():
        return
    row, entry = np.argwhere(~inside)[0]
    sense = next(s for s in senses if senses.place(s.name).start <= entry < senses.place(s.name).stop)
    raise broken_world(
        world,
        f"sense {sense.name} must lie in [{sense.low:g}, {sense.high:g}], but _sense gave row {row} {observation[row, entry]:g}. "
        "Clip it, or declare a wider range.",
    )


def check_name(world: Any, error: Exception) -> None:
    """Raise :class:`core.errors.BrokenWorld` if ``error`` comes from a sense that is not declared."""
    if missing := missing_field(error):
        known = ", ".join(world.senses.names)
        raise broken_world(
            world, f"_sense fills a sense {missing!r} that is not declared. Declared are: {known}."
        ) from error
