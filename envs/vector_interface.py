"""What Gymnasium's vector interface asks of every world: autoreset modes, reset masks, and the masks of ``info``."""

from __future__ import annotations

from typing import Any

import numpy as np
from gymnasium.vector import AutoresetMode

from core.arguments import shown
from core.errors import InvalidArgument, unknown_name


def checked_autoreset_mode(mode: AutoresetMode | str) -> AutoresetMode:
    """The mode itself, or the one of that name."""
    if isinstance(mode, AutoresetMode):
        return mode
    for known in AutoresetMode:
        if isinstance(mode, str) and mode in (known.value, known.name):
            return known
    raise unknown_name("autoreset mode", shown(mode), [m.name for m in AutoresetMode])


def checked_reset_mask(options: dict[str, Any] | None, num_envs: int) -> np.ndarray:
    """(num_envs,) bool: which animals ``options`` of a reset ask for."""
    options = {} if options is None else options
    if not isinstance(options, dict):
        raise InvalidArgument(f'options must be a dictionary such as {{"reset_mask": mask}}, not {shown(options)}.')
    for key in options:
        if key != "reset_mask":
            raise unknown_name("reset option", key, ["reset_mask"])
    mask = options.get("reset_mask")
    if mask is None:
        return np.ones(num_envs, bool)
    if not isinstance(mask, np.ndarray) or mask.dtype != bool or mask.shape != (num_envs,) or not mask.any():
        raise InvalidArgument(
            f"options['reset_mask'] must be a bool array of shape ({num_envs},) with at least one True, not {shown(mask)}."
        )
    return mask.copy()


def with_masks(facts: dict[str, np.ndarray], mask: np.ndarray) -> dict[str, Any]:
    """Gymnasium's vector ``info``: copies of the facts, and for each key ``k`` a mask ``_k``."""
    info: dict[str, Any] = {}
    for name, values in facts.items():
        info[name] = np.array(values)
        info[f"_{name}"] = mask.copy()
    return info


def final_entries(final_observation: np.ndarray, facts: dict[str, np.ndarray], ended: np.ndarray) -> dict[str, Any]:
    """The ``final_obs`` and ``final_info`` entries, with masks, of a SAME_STEP autoreset."""
    final_obs = np.full(len(ended), None, dtype=object)
    for row in np.flatnonzero(ended):
        final_obs[row] = final_observation[row].copy()
    return {
        "final_obs": final_obs,
        "_final_obs": ended.copy(),
        "final_info": with_masks(facts, ended),
        "_final_info": ended.copy(),
    }
