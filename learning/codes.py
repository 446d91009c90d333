"""The cortex's code: maps side by side, each a fixed, sparse, locally random expansion of some senses."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from core.batch_state import nest, unnest
from core.streams import RowStreams

_KEPT = 256  # shared inputs whose code is kept


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


@dataclass(frozen=True)
class CodePart:
    """One map: the random stream that wires it, the columns of the inputs that it hears, and the code itself."""

    stream: str
    columns: slice
    code: Code


class SideBySide:
    """Several codes as one: the units of the first part come first.

    Args:
        num_animals: how many.
        parts: in their order.

    Attributes:
        units, active_units: of all parts together.
    """

    def __init__(self, num_animals: int, parts: Sequence[CodePart]) -> None:
        self.parts = tuple(parts)
        self.units = sum(part.code.units for part in parts)
        self.active_units = sum(part.code.active_units for part in parts)
        self._found = [np.zeros((num_animals, part.code.active_units), np.int32) for part in parts]
        self._nothing = np.zeros((num_animals, 0), np.float32)
        self._shared: dict[bytes, np.ndarray] = {}  # inputs of the first part that all animals had -> its active units

    def wire(self, streams: RowStreams, mask: np.ndarray) -> None:
        """Draw the wiring of the chosen animals (bool mask)."""
        self._shared.clear()
        for part in self.parts:
            part.code.wire(streams, part.stream, mask)

    def encode(self, rows: np.ndarray, inputs: np.ndarray, active: np.ndarray) -> None:
        """Write the active units of the given rows into ``active`` (animals, active_units) int32, from inputs (animals, size)."""
        unit = place = 0
        for part, found in zip(self.parts, self._found, strict=True):
            part.code.encode(rows, np.ascontiguousarray(inputs[:, part.columns]), self._nothing, found)
            active[rows, place : place + part.code.active_units] = found[rows] + unit
            unit, place = unit + part.code.units, place + part.code.active_units

    def encode_first(self, rows: np.ndarray, inputs: np.ndarray, active: np.ndarray) -> None:
        """The same of the first part alone, for a motor map; a map is fixed, so the code of inputs that all animals share is kept."""
        part = self.parts[0]
        heard = np.ascontiguousarray(inputs[:, part.columns])
        if len(self.parts) == 1 or (heard != heard[0]).any():
            part.code.encode(rows, heard, self._nothing, active)
            return
        known = self._shared.get(heard[0].tobytes())
        if known is None:
            known = np.zeros_like(active)
            part.code.encode(np.arange(len(heard)), heard, self._nothing, known)
            if len(self._shared) >= _KEPT:
                self._shared.clear()
            self._shared[heard[0].tobytes()] = known
        active[rows] = known[rows]

    def get_state(self) -> dict[str, np.ndarray]:
        """The wiring of all parts, as copies."""
        state: dict[str, np.ndarray] = {}
        for part in self.parts:
            state |= nest(part.stream, part.code.get_state())
        return state

    def set_state(self, state: dict[str, np.ndarray]) -> None:
        """Restore what :meth:`get_state` gave."""
        self._shared.clear()
        for part in self.parts:
            part.code.set_state(unnest(part.stream, state))
