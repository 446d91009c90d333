"""State of many animals: named arrays with one row for each animal, declared with unit, meaning and range."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any, Protocol, Self

import numpy as np

from core.errors import InvalidArgument, StateMismatch
from core.records import record_dtype
from core.renamed import renamed_attributes
from core.streams import check_same_layout


@dataclass(frozen=True)
class Field:
    """One declared quantity of the state of an animal.

    For example ``Field("position", "m", "place in the arena", (0.0, 0.0), low=0.0, high=1.2)``.

    Attributes:
        name: a Python identifier.
        unit: for example ``"m/s"``; ``"1"`` for a pure number, ``"bool"`` for a flag, ``"index"`` for a number that names something.
        meaning: one sentence.
        initial: what an animal starts with; its shape and type are those of the field.
        low, high: range of every entry, in that unit; infinite where there is no bound.
    """

    name: str
    unit: str
    meaning: str
    initial: Any = 0.0
    low: float = -np.inf
    high: float = np.inf

    def __post_init__(self) -> None:
        if not self.name.isidentifier() or self.name.startswith("_"):
            raise InvalidArgument(f"A field needs a Python identifier as its name, not {self.name!r}.")
        values = np.asarray(self.initial, float)
        if not ((values >= self.low) & (values <= self.high)).all():
            raise InvalidArgument(f"Field {self.name!r} starts with {self.initial}, outside [{self.low:g}, {self.high:g}].")

    def holds(self, values: np.ndarray) -> np.ndarray:
        """(animals,) bool: where all entries of ``values`` (animals, *shape) lie in the declared range."""
        inside = (values >= self.low) & (values <= self.high)  # NaN is inside nothing
        return np.asarray(inside.reshape(len(values), -1).all(axis=1))


def check_declared(owner: str, fields: Iterable[Any], state: dict[str, np.ndarray], prefix: str = "") -> None:
    """Raise :class:`core.errors.StateMismatch` unless saved values lie in their declared ranges.

    Args:
        owner: whose state it is, for the error.
        fields: with ``name``, ``low`` and ``high``; those that the state does not have are left out.
        state: name -> (animals, ...) array.
        prefix: before the names.
    """
    for field in fields:
        values = state.get(f"{prefix}{field.name}")
        if values is None or values.dtype.kind not in "fiub":
            continue
        inside = (values >= field.low) & (values <= field.high)  # NaN is inside nothing
        if not inside.all():
            raise StateMismatch(
                f"In the saved state of the {owner}, {field.name} is {values[~inside][0]!r}, outside [{field.low:g}, {field.high:g}]."
            )


_OWN_ATTRIBUTES = ("_initial", "_whole", "_count", "_arrays", "records")


class BatchState:
    """State of ``num_animals`` animals. Each field is given by the value that one animal starts with.

    >>> body = BatchState(3, position=(0.0, 0.0), alive=True)
    >>> body.position.shape, body.alive.dtype.name
    ((3, 2), 'bool')

    Arrays keep their identity for life (they are filled in place), so views stay valid, except within :func:`only`.
    """

    def __init__(self, num_animals: int, **initial: Any) -> None:
        self._initial = {name: np.asarray(value) for name, value in initial.items()}
        self._whole: tuple[np.ndarray, dict[str, np.ndarray]] | None = None
        self._count = num_animals
        self._show(self._allocate(num_animals))
        for name, array in self._arrays.items():
            array[...] = self._initial[name]

    @classmethod
    def declared(cls, num_animals: int, fields: Iterable[Field], **more: Any) -> Self:
        """The state that ``fields`` declare, and fields of ``more`` by the value that one animal starts with."""
        return cls(num_animals, **{field.name: field.initial for field in fields}, **more)

    def _allocate(self, num_animals: int) -> dict[str, np.ndarray]:
        return {name: np.empty((num_animals, *value.shape), value.dtype) for name, value in self._initial.items()}

    def _show(self, arrays: dict[str, np.ndarray]) -> None:
        self._arrays = arrays
        for name, array in arrays.items():
            object.__setattr__(self, name, array)

    def __getattr__(self, name: str) -> Any:
        raise AttributeError(_no_field(name, self.__dict__.get("_arrays", ())))

    def __setattr__(self, name: str, value: Any) -> None:
        if name in self.__dict__.get("_arrays", ()):
            self._arrays[name][...] = value
        elif name in _OWN_ATTRIBUTES:
            object.__setattr__(self, name, value)
        else:
            raise AttributeError(_no_field(name, self._arrays))

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuild, (type(self), self._count, self._initial, self.get_state())

    def restart(self, mask: np.ndarray, *names: str) -> None:
        """Put the named fields (all, if none is named) of the chosen animals back to their first values."""
        for name in names or self._arrays:
            if name not in self._arrays:
                raise AttributeError(_no_field(name, self._arrays))
            self._arrays[name][mask] = self._initial[name]

    def get_state(self) -> dict[str, np.ndarray]:
        """Copies of all fields."""
        return {name: array.copy() for name, array in self._arrays.items()}

    def set_state(self, state: dict[str, np.ndarray]) -> None:
        """Restore what :meth:`get_state` gave; raises :class:`core.errors.StateMismatch` when it does not fit."""
        check_same_layout("state", self._arrays, state)
        for name, array in self._arrays.items():
            array[...] = state[name]

    def narrow(self, rows: np.ndarray) -> None:
        """Hold nothing but these rows until :meth:`widen`; see :func:`only`."""
        self._whole = rows, self._arrays
        self._show({name: array[rows] for name, array in self._arrays.items()})

    def widen(self) -> None:
        """Hold all rows again, with what became of the few."""
        assert self._whole is not None
        few, (rows, whole), self._whole = self._arrays, self._whole, None
        for name, array in whole.items():
            array[rows] = few[name]
        self._show(whole)


@renamed_attributes(table="records")
class RecordState(BatchState):
    """State kept as one structured array, ``records``, so that a compiled kernel reads ``records[row].field``."""

    records: np.ndarray

    def _allocate(self, num_animals: int) -> dict[str, np.ndarray]:
        fields = [(name, value.dtype, value.shape) for name, value in self._initial.items()]
        return self._named(np.zeros(num_animals, record_dtype(fields, align=True)))

    def _named(self, records: np.ndarray) -> dict[str, np.ndarray]:
        self.records = records
        return {name: records[name] for name in self._initial}

    def narrow(self, rows: np.ndarray) -> None:
        """As :meth:`BatchState.narrow`."""
        self._whole = rows, {"": self.records}
        self._show(self._named(self.records[rows]))

    def widen(self) -> None:
        """As :meth:`BatchState.widen`."""
        assert self._whole is not None
        few, (rows, whole), self._whole = self.records, self._whole, None
        whole[""][rows] = few
        self._show(self._named(whole[""]))


def missing_field(error: Exception) -> str:
    """The field that a structured array was asked for and does not have; empty if ``error`` says something else."""
    found = re.fullmatch(r"no field of name (.*)", str(error))
    return "" if found is None else found[1]


def _no_field(name: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(name, known, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    return f"There is no field {name!r} in this state.{hint} Declared are: {', '.join(known) or 'none'}."


def _rebuild(kind: type[BatchState], num_animals: int, initial: dict[str, Any], state: dict[str, np.ndarray]) -> BatchState:
    built = kind(num_animals, **initial)
    built.set_state(state)
    return built


class Narrowing(Protocol):
    """What can hold some of its rows for a while."""

    def narrow(self, rows: np.ndarray) -> None:
        """Hold nothing but these rows."""

    def widen(self) -> None:
        """Hold all rows again."""


@contextmanager
def only(rows: np.ndarray, parts: Iterable[Narrowing]) -> Iterator[None]:
    """Within the block, ``parts`` hold nothing but the given row numbers, so that nothing can happen to the others."""
    with ExitStack() as stack:
        for part in parts:
            part.narrow(rows)
            stack.callback(part.widen)
        yield


def nest(prefix: str, state: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Put ``prefix/`` before every name."""
    return {f"{prefix}/{name}": array for name, array in state.items()}


def unnest(prefix: str, state: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The entries below ``prefix/``, without it."""
    start = f"{prefix}/"
    return {name[len(start) :]: array for name, array in state.items() if name.startswith(start)}


def state_of(parts: Mapping[str, Any]) -> dict[str, np.ndarray]:
    """The state of each part, below its name; a part has ``get_state`` and ``set_state``."""
    return {name: array for part, held in parts.items() for name, array in nest(part, held.get_state()).items()}


def restore(parts: Mapping[str, Any], state: dict[str, np.ndarray]) -> None:
    """Give each part what :func:`state_of` found in it."""
    for name, part in parts.items():
        part.set_state(unnest(name, state))
