"""What a code is: it turns senses into a few active units, for a read-out to learn on."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from core.streams import RowStreams


class Code(Protocol):
    """A population of codes, one an animal; each with ``units`` units, of which ``active_units`` are active at a time."""

    units: int
    active_units: int

    def wire(self, streams: RowStreams, stream: str, mask: np.ndarray) -> None:
        """Draw the wiring of the chosen animals (bool mask) from their own streams."""

    def encode(self, rows: np.ndarray, observation: np.ndarray, inner: np.ndarray, active: np.ndarray) -> None:
        """Write the active units of the given row numbers into ``active`` (animals, active_units) int32."""

    def get_state(self) -> dict[str, np.ndarray]:
        """Wiring and whatever experience changed in it, as copies."""

    def set_state(self, state: dict[str, np.ndarray]) -> None:
        """Restore what :meth:`get_state` gave."""
