"""What a learner's proposal must be, checked as often as what worlds and steering give. Errors name the class and the rule."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
from gymnasium.spaces import Box, Discrete, Space

from core.errors import BrokenLearner, shown_kind
from core.interfaces import Proposal

_KINDS = {"option": np.integer} | dict.fromkeys(("defers", "explores", "new_decision", "adopted"), np.bool_)


def check_proposal(learner: Any, proposal: Any, space: Space, num_animals: int) -> None:
    """Raise :class:`core.errors.BrokenLearner` unless a proposal has one action, and what else it says, for each animal.

    Args:
        learner: whose it is; it is named in the error.
        proposal: what it proposed.
        space: of one animal's action. Graded actions outside it are no error, and are clipped to it.
        num_animals: how many.
    """
    if not isinstance(proposal, Proposal):
        raise _broken(learner, f"_propose must return a Proposal, not {type(proposal).__name__}.")
    wanted, action = (num_animals, *(space.shape or ())), proposal.action
    if not isinstance(action, np.ndarray) or action.shape != wanted:
        raise _broken(
            learner, f"_propose must give action as an array {list(wanted)}, one for each animal, not {shown_kind(action)}."
        )
    if isinstance(space, Box) and not np.isfinite(action).all():
        row = int(np.argwhere(~np.isfinite(action))[0][0])
        raise _broken(learner, f"_propose gave action {action[row]} for row {row}; it must be finite.")
    if isinstance(space, Discrete):
        fits = (action >= space.start) & (action < space.start + space.n) & (action == np.floor(action))
        if not fits.all():
            raise _broken(learner, f"_propose must give actions of {space}, not {action[~fits][0]}.")
    for name in (field.name for field in fields(Proposal) if field.name != "action"):
        value, kind = getattr(proposal, name), _KINDS.get(name, np.floating)
        if not isinstance(value, np.ndarray) or value.shape != (num_animals,) or not np.issubdtype(value.dtype, kind):
            raise _broken(learner, f"_propose must give {name} as {kind.__name__}[{num_animals}], not {shown_kind(value)}.")


def _broken(learner: Any, rule: str) -> BrokenLearner:
    kind = type(learner)
    return BrokenLearner(f"The learner {kind.__name__} in {kind.__module__} broke a rule: {rule}")
