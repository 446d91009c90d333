"""Named arrays with one row per animal: the state of a body, a steering subsystem or a rule."""

from __future__ import annotations

from typing import Any

import numpy as np

from core.streams import check_same_layout


class Rows:
    """State of ``rows`` animals. Each field is given by the value that one animal starts with.

    >>> body = Rows(3, position=(0.0, 0.0), alive=True)
    >>> body.position.shape, body.alive.dtype.name
    ((3, 2), 'bool')

    Arrays keep their identity for life (they are filled in place), so views stay valid.
    """

    def __init__(self, num_animals: int, **initial: Any) -> None:
        self._initial = {name: np.asarray(value) for name, value in initial.items()}
        self._arrays = self._allocate(num_animals)
        for name, array in self._arrays.items():
            array[...] = self._initial[name]
            object.__setattr__(self, name, array)

    def _allocate(self, num_animals: int) -> dict[str, np.ndarray]:
        return {name: np.empty((num_animals, *value.shape), value.dtype) for name, value in self._initial.items()}

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(f"there is no field {name!r} in these rows")

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self.__dict__.get("_arrays", ()):
            self._arrays[name][...] = value
        else:
            object.__setattr__(self, name, value)

    def __reduce__(self) -> tuple[Any, ...]:
        rows = len(next(iter(self._arrays.values()))) if self._arrays else 0
        return _rebuild, (type(self), rows, self._initial, self.get_state())

    def restart(self, mask: np.ndarray, *names: str) -> None:
        """Put the named fields (all, if none is named) of the chosen rows back to their first values."""
        for name in names or self._arrays:
            self._arrays[name][mask] = self._initial[name]

    def get_state(self) -> dict[str, np.ndarray]:
        """Copies of all fields."""
        return {name: array.copy() for name, array in self._arrays.items()}

    def set_state(self, state: dict[str, np.ndarray]) -> None:
        """Restore what :meth:`get_state` gave; raises :class:`core.errors.StateMismatch` when it does not fit."""
        check_same_layout("rows", self._arrays, state)
        for name, array in self._arrays.items():
            array[...] = state[name]


class Records(Rows):
    """Rows kept as one structured array, ``table``, so that a compiled kernel reads ``table[row].field``."""

    table: np.ndarray

    def _allocate(self, num_animals: int) -> dict[str, np.ndarray]:
        fields = [(name, value.dtype, value.shape) for name, value in self._initial.items()]
        self.table = np.zeros(num_animals, np.dtype(fields, align=True))
        return {name: self.table[name] for name in self._initial}


def _rebuild(kind: type[Rows], num_animals: int, initial: dict[str, Any], state: dict[str, np.ndarray]) -> Rows:
    built = kind(num_animals, **initial)
    built.set_state(state)
    return built


def nest(prefix: str, state: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Put ``prefix/`` before every name."""
    return {f"{prefix}/{name}": array for name, array in state.items()}


def unnest(prefix: str, state: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The entries below ``prefix/``, without it."""
    start = f"{prefix}/"
    return {name[len(start) :]: array for name, array in state.items() if name.startswith(start)}
