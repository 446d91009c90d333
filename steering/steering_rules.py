"""What a steering subsystem must declare and give, checked as often as worlds are. Errors name the class and the rule."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium.spaces import Box, Discrete

from core.batch_state import missing_field
from core.errors import BrokenSteering
from core.interfaces import Reflex, Repertoire
from core.senses import Senses

_ROUNDING = 1e-6


def broken_rule(kind: Any) -> str | None:
    """The first rule that a class breaks, in words; None if it keeps all that can be seen without building it."""
    for name in ("world", "wants", "parts", "channels"):
        if not hasattr(kind, name):
            return f"it lacks the class attribute {name}"
    for name in ("wants", "parts", "channels", "relative", "assessed"):
        value = getattr(kind, name)
        if isinstance(value, str) or not all(isinstance(one, str) for one in value):
            return f"{name} must be a tuple of names, not {value!r}"
    for name in ("wants", "parts"):
        if not getattr(kind, name):
            return f"{name} must have at least one name"
    for name, of in (("relative", "parts"), ("assessed", "channels")):
        if unknown := set(getattr(kind, name)) - set(getattr(kind, of)):
            return f"{name} names {sorted(unknown)[0]!r}, which is not in {of} {tuple(getattr(kind, of))}"
    for channel, _ in kind.delayed:
        if channel not in kind.channels:
            return f"delayed names {channel!r}, which is not in channels {tuple(kind.channels)}"
    return None


def check_repertoire(steering: Any) -> None:
    """Raise :class:`core.errors.BrokenSteering` unless its motor programmes fit the actions, and its goals what is sensed."""
    programmes, space = steering.repertoire, steering.action_space
    if not isinstance(programmes, Repertoire):
        hint = "; write @property above it" if callable(programmes) else ""
        raise _broken(steering, f"repertoire must be a Repertoire, not a {type(programmes).__name__}{hint}.")
    actions = np.asarray(programmes.actions)
    wanted = (len(programmes.names), *space.shape)
    if actions.shape != wanted:
        raise _broken(
            steering,
            f"repertoire.actions must have an action for each of {len(programmes.names)} names, {list(wanted)}, "
            f"not {list(actions.shape)}.",
        )
    heard = steering.senses.heard_by("learning") + steering.signals
    for name, sense in (("place", programmes.place), ("mapped", programmes.mapped)):
        if sense is not None and sense not in heard:
            raise _broken(
                steering, f"repertoire.{name} must name a sense that learning hears, not {sense!r}; it hears {heard.names}."
            )
    if not programmes.goals:
        return
    if not isinstance(space, Box) or int(np.prod(space.shape)) < 2:
        raise _broken(
            steering, f"goals need an action of two entries or more, which say where to, not {space}. Leave goals out."
        )
    if programmes.place is not None and heard[programmes.place].size != 2:
        size = heard[programmes.place].size
        raise _broken(
            steering, f"goals need a place of two entries, but the sense {programmes.place!r} has {size}. Leave goals out."
        )
    for goal in programmes.goals:
        _check_goal(steering, goal, heard)


def _check_goal(steering: Any, goal: Any, heard: Senses) -> None:
    if (goal.channel is None) == (goal.sense is None):
        raise _broken(steering, f"the goal {goal.name!r} needs either a channel or a sense.")
    if goal.channel is not None:
        if goal.channel not in steering.channels:
            raise _broken(
                steering, f"the goal {goal.name!r} names {goal.channel!r}, which is not in channels {steering.channels}."
            )
        if steering.repertoire.place is None:
            raise _broken(
                steering,
                f"the goal {goal.name!r} lies where a channel is remembered; say by which sense, with repertoire.place.",
            )
    elif goal.sense not in heard or heard[goal.sense].size < 2:
        raise _broken(
            steering, f"the goal {goal.name!r} needs a sense of two entries that learning hears, not {goal.sense!r}."
        )


def check_reflex(steering: Any, reflex: Any) -> None:
    """Raise :class:`core.errors.BrokenSteering` unless a reflex has one action, and what else it says, for each animal."""
    animals, space = steering.num_animals, steering.action_space
    if not isinstance(reflex, Reflex):
        raise _broken(steering, f"_react must return a Reflex, not {type(reflex).__name__}.")
    _check_array(steering, "action", reflex.action, (animals, *space.shape))
    if isinstance(space, Discrete):
        inside = (reflex.action >= space.start) & (reflex.action < space.start + space.n)
        if not np.issubdtype(reflex.action.dtype, np.integer) or not inside.all():
            wrong = reflex.action.dtype if inside.all() else reflex.action[~inside][0]
            raise _broken(steering, f"_react must give actions of {space}, whole numbers, not {wrong}.")
    for name in ("urgency", "arousal"):
        _check_array(steering, name, getattr(reflex, name), (animals,), 0.0, 1.0)
    _check_array(steering, "want", reflex.want, (animals,), 0, len(steering.wants) - 1)
    if not np.issubdtype(reflex.want.dtype, np.integer):
        raise _broken(steering, f"_react must give want as whole numbers, indices into wants, not {reflex.want.dtype}.")
    if steering.assessed:
        if reflex.channel_values is None:
            raise _broken(
                steering, f"_react must give channel_values, since assessed names {steering.assessed}; or assess nothing."
            )
        _check_array(steering, "channel_values", reflex.channel_values, (animals, len(steering.assessed)))


def check_gains(steering: Any, gains: Any) -> None:
    """Raise :class:`core.errors.BrokenSteering` unless neuromodulation is one finite number of each kind for each animal."""
    for name in ("learning_rate", "exploration", "plasticity"):
        value = getattr(gains, name)
        if not isinstance(value, np.ndarray) or value.shape != (steering.num_animals,) or not np.isfinite(value).all():
            raise _broken(
                steering,
                f"modulate must give {name} as finite numbers, an array [{steering.num_animals}], one for each age.",
            )


def check_verdict(steering: Any, parts: np.ndarray, channels: np.ndarray) -> None:
    """Raise :class:`core.errors.BrokenSteering` unless every part of reward and every channel is finite."""
    for what, names, values in (("part", steering.parts, parts), ("channel", steering.channels, channels)):
        if not np.isfinite(values).all():
            row, column = np.argwhere(~np.isfinite(values))[0]
            raise _broken(
                steering, f"_judge gave the {what} {names[column]!r} of row {row} {values[row, column]}; it must be finite."
            )


def _check_array(
    steering: Any, name: str, value: Any, shape: tuple[int, ...], low: float | None = None, high: float | None = None
) -> None:
    if not isinstance(value, np.ndarray) or value.shape != shape:
        told = f"{list(value.shape)}" if isinstance(value, np.ndarray) else type(value).__name__
        raise _broken(steering, f"_react must give {name} as an array {list(shape)}, not {told}.")
    if not np.isfinite(value).all():
        raise _broken(steering, f"_react gave {name} {value[~np.isfinite(value)][0]}; it must be finite.")
    if low is not None and high is not None and ((value < low - _ROUNDING) | (value > high + _ROUNDING)).any():
        wrong = value[(value < low - _ROUNDING) | (value > high + _ROUNDING)][0]
        raise _broken(steering, f"_react gave {name} {wrong:g}; it must lie in [{low:g}, {high:g}].")


def check_name(steering: Any, method: str, error: Exception) -> None:
    """Raise :class:`core.errors.BrokenSteering` if ``error`` comes from a field that an array of records does not have."""
    if missing := missing_field(error):
        known = {"senses": steering.senses.names, "parts": steering.parts, "channels": steering.channels}
        listing = "; ".join(f"{kind}: {', '.join(names) or 'none'}" for kind, names in known.items())
        raise _broken(steering, f"{method} asks for a field {missing!r} that is not there. It has {listing}.") from error


def _broken(steering: Any, rule: str) -> BrokenSteering:
    kind = type(steering)
    return BrokenSteering(f"The steering subsystem {kind.__name__} in {kind.__module__} broke a rule: {rule}")
