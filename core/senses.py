"""Senses: named fields with units, laid out in one flat finite Box."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from gymnasium.spaces import Box

from core.errors import InvalidArgument, unknown_name
from core.records import record_dtype

LISTENERS = ("steering", "learning")


@dataclass(frozen=True)
class Sense:
    """One named field of an observation.

    Attributes:
        name: a Python identifier.
        unit: unit of each entry, for example ``"rad"``; ``"1"`` for a pure number.
        low, high: finite bounds of every entry, in that unit.
        meaning: one sentence.
        shape: shape for one animal; ``()`` for a number.
        heard_by: who may hear it, out of ``"steering"`` and ``"learning"``.
        scale: typical magnitude, where receptive fields should crowd; None spreads them evenly over the range.
        topographic: whether entries that lie side by side are alike, as on a retina; those of a sense of smell are not.
    """

    name: str
    unit: str
    low: float
    high: float
    meaning: str
    shape: tuple[int, ...] = ()
    heard_by: tuple[str, ...] = LISTENERS
    scale: float | None = None
    topographic: bool = True

    def __post_init__(self) -> None:
        if not self.name.isidentifier():
            raise InvalidArgument(f"A sense needs a Python identifier as its name, not {self.name!r}.")
        if not (np.isfinite(self.low) and np.isfinite(self.high) and self.low < self.high):
            raise InvalidArgument(f"Sense {self.name!r} needs finite bounds with low < high, not {self.low}, {self.high}.")
        if wrong := set(self.heard_by) - set(LISTENERS):
            raise InvalidArgument(f"Sense {self.name!r} is heard by {sorted(wrong)}; only {LISTENERS} can listen.")

    @property
    def size(self) -> int:
        return int(np.prod(self.shape, dtype=int))


class Senses:
    """An ordered set of senses and their places in a flat float32 vector."""

    def __init__(self, *senses: Sense) -> None:
        self._senses = {sense.name: sense for sense in senses}
        if len(self._senses) != len(senses):
            raise InvalidArgument("Two senses have the same name; each needs a name of its own.")
        self._slices: dict[str, slice] = {}
        start = 0
        for sense in senses:
            self._slices[sense.name] = slice(start, start + sense.size)
            start += sense.size
        self.size = start
        self._recent: list[tuple[np.ndarray, np.ndarray]] = []
        self._record = record_dtype([(sense.name, np.float32, sense.shape) for sense in senses])
        self.low = self._spread([sense.low for sense in senses])
        self.high = self._spread([sense.high for sense in senses])

    def _spread(self, values: list[float]) -> np.ndarray:
        sizes = [sense.size for sense in self]
        return np.repeat(np.asarray(values, np.float32), sizes)

    def __iter__(self):
        return iter(self._senses.values())

    def __contains__(self, name: str) -> bool:
        return name in self._senses

    def __getitem__(self, name: str) -> Sense:
        try:
            return self._senses[name]
        except KeyError:
            raise unknown_name("sense", name, self._senses) from None

    @property
    def scales(self) -> np.ndarray:
        """(size,) float64: the typical magnitude of every entry, NaN where there is none."""
        return np.repeat([np.nan if s.scale is None else s.scale for s in self], [s.size for s in self])

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(self._senses)

    @property
    def space(self) -> Box:
        """The flat space of one animal."""
        return Box(self.low, self.high, dtype=np.float32)

    def place(self, name: str) -> slice:
        """Where a sense lies in the flat vector."""
        self[name]
        return self._slices[name]

    def split(self, flat: np.ndarray) -> np.ndarray:
        """View of ``flat`` (animals, size) by name: ``split(flat)["hunger"]`` is (animals, *sense.shape), and shares memory.

        In a compiled kernel ``split(flat)[row].hunger`` reads one animal's sense.
        """
        for known, found in self._recent:
            if known is flat:
                return found
        view = flat.view(self._record)[:, 0]
        self._recent = [(flat, view), *self._recent[:3]]
        return view

    def __reduce__(self):
        return type(self), tuple(self)

    def heard_by(self, listener: str) -> Senses:
        """Only the senses that ``listener`` hears, in the same order."""
        return Senses(*(sense for sense in self if listener in sense.heard_by))

    def indices(self, names: Iterable[str]) -> np.ndarray:
        """Positions of the named senses in the flat vector, in the given order."""
        return np.concatenate([np.arange(self.size)[self.place(name)] for name in names] or [np.zeros(0, int)])

    def __add__(self, other: Senses) -> Senses:
        return Senses(*self, *other)
