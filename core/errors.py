"""Named errors: each says what was wrong, what was expected and how to mend it."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

import gymnasium

from core.renamed import old_names


class NestlingError(Exception):
    """Base of every error that Nestling raises on purpose."""


class UnknownName(NestlingError, ValueError):
    """A world, agent, lesion, manipulation or option that does not exist."""


class InvalidAction(NestlingError, ValueError):
    """A batch of actions with a wrong shape or dtype, a non-finite entry, or one out of range."""


class InvalidArgument(NestlingError, ValueError):
    """An argument outside its documented range."""


class ResetNeeded(NestlingError, gymnasium.error.ResetNeeded):
    """A world was stepped before its first reset, or a finished row was stepped."""


class WrongOrder(NestlingError, RuntimeError):
    """A learner's methods were called in an order in which no animal lives."""


class BrokenFile(NestlingError, ImportError):
    """A discovered file could not be imported or breaks the rules of its room."""


class NotTrusted(NestlingError, ValueError):
    """A file names a module that is not loaded; names in files are never imported."""


class BrokenWorld(NestlingError, RuntimeError):
    """A world broke a rule of its contract while it ran: fitness that is no number, or an observation outside its space."""


class BrokenSteering(NestlingError, RuntimeError):
    """A steering subsystem broke a rule of its contract: a name that it does not declare, a shape, or a number out of its range."""


class BrokenLearner(NestlingError, RuntimeError):
    """A learner proposed something that is no action of its world, or did not say it for each animal."""


class BrokenHandOver(NestlingError, RuntimeError):
    """A hand-over rule did not say for each animal whether its learner is in charge."""


class StateMismatch(NestlingError, ValueError):
    """A saved state does not fit the object it is restored into."""


_MOST_LISTED = 40  # names in an error; more are no help to anyone


def unknown_name(kind: str, name: str, known: Iterable[str], remedy: str = "") -> UnknownName:
    """Build the error for a name that is not known, with the nearest known name.

    Args:
        kind: what the name should denote, for example ``"world"``.
        name: the name that was given.
        known: the names that would have been accepted.
        remedy: an extra sentence on how to mend it.
    """
    choices = sorted(known)
    by_folded_name = {choice.casefold(): choice for choice in choices}
    close = difflib.get_close_matches(str(name).casefold(), by_folded_name, n=1, cutoff=0.4)
    hint = f" Did you mean {by_folded_name[close[0]]!r}?" if close else ""
    more = len(choices) - _MOST_LISTED
    listing = ", ".join(choices[:_MOST_LISTED]) if choices else "none are available"
    listing += f" and {more} more" if more > 0 else ""
    return UnknownName(f"There is no {kind} named {shown(name)}.{hint} Known: {listing}. {remedy}".rstrip())


def shown(value: Any) -> str:
    """A value as an error shows it: short, whatever it is."""
    try:
        text = repr(value)
    except Exception:  # what somebody passes in may fail in any way when it is asked for its name
        text = f"<{type(value).__name__}>"
    return text if len(text) <= 80 else f"{text[:77]}..."


def shown_kind(value: Any) -> str:
    """What somebody gave where an array was wanted: its dtype and shape, or its type."""
    shape = getattr(value, "shape", None)
    return type(value).__name__ if shape is None else f"{value.dtype}{list(shape)}"


MOST_ANIMALS = 10_000_000


def number_of_animals(what: str, value: object) -> int:
    """As :func:`whole_number`, and at most ten million, since no machine holds more."""
    number = whole_number(what, value)
    if number > MOST_ANIMALS:
        raise InvalidArgument(f"{what} must be at most {MOST_ANIMALS:,}, not {shown(number)}.")
    return number


def whole_number(what: str, value: object, least: int = 1) -> int:
    """Return ``value`` as an int, or raise :class:`InvalidArgument` when it is not a whole number >= ``least``."""
    is_whole = isinstance(value, int) and not isinstance(value, bool)
    if not is_whole and hasattr(value, "__index__") and not isinstance(value, bool):
        value, is_whole = int(value.__index__()), True
    if not is_whole or value < least:  # type: ignore[operator]  # is_whole has settled the type
        raise InvalidArgument(f"{what} must be a whole number of at least {least}, not {shown(value)}.")
    return value  # type: ignore[return-value]  # as above


def told(error: Exception) -> str:
    """The first line of an error, cut where it is long."""
    lines = str(error).splitlines() or [type(error).__name__]
    return lines[0][:300]


__getattr__ = old_names(__name__)
