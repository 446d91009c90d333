"""Manipulations: what an experimenter can do to chosen animals at any time, by name."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, overload

import numpy as np

from core.arguments import Argument, in_range, kind_of, row_mask
from core.errors import InvalidArgument, shown, unknown_name

__all__ = ["Manipulable", "Manipulation", "in_range", "manipulation", "row_mask"]

_MARK = "__manipulation__"
Method = Callable[..., None]


@dataclass(frozen=True)
class Manipulation:
    """A switch of a world: its name, its one-line meaning, its parameters with their defaults, and what each takes."""

    name: str
    meaning: str
    parameters: dict[str, Any]
    arguments: dict[str, Argument]


@overload
def manipulation(method: Method, /) -> Method: ...
@overload
def manipulation(**arguments: Argument) -> Callable[[Method], Method]: ...
def manipulation(method: Method | None = None, /, **arguments: Argument) -> Any:
    """Mark a method ``(self, mask, parameter=default, ...)`` of a world as a manipulation.

    Every argument is checked before the method runs: by what is declared, as in ``@manipulation(dose=Number(0.0, 10.0, "mg"))``,
    or else by the default's type. None is taken where it is the default. A method that raises leaves the world as it was.
    """
    if method is None:
        return functools.partial(_marked, arguments=arguments)
    return _marked(method, {})


def _marked(method: Method, arguments: dict[str, Argument]) -> Method:
    if not callable(method):
        raise InvalidArgument(
            f"A manipulation declares its arguments by name, as in dose=Number(0.0, 1.0), not {shown(method)}."
        )
    signature = inspect.signature(method)
    defaults = {p.name: p.default for p in list(signature.parameters.values())[2:]}
    for name in arguments.keys() - defaults.keys():
        raise unknown_name(f"argument of the manipulation {method.__name__}", name, defaults)
    kinds = {name: arguments.get(name) or kind_of(default) for name, default in defaults.items()}
    for name in arguments:
        if defaults[name] not in (None, inspect.Parameter.empty):
            kinds[name].check(f"the default of {name}", defaults[name])

    @functools.wraps(method)
    def checked(self: Any, mask: np.ndarray, *args: Any, **kwargs: Any) -> None:
        mask = row_mask(mask, self.num_envs)
        try:
            bound = signature.bind(self, mask, *args, **kwargs)
        except TypeError as error:
            raise InvalidArgument(
                f"{method.__name__}: {error}; it takes {', '.join(defaults) or 'no arguments'}."
            ) from None
        for name, value in list(bound.arguments.items())[2:]:
            if value is not None or defaults[name] is not None:
                bound.arguments[name] = kinds[name].check(name, value)
        before = self.get_state()
        try:
            method(*bound.args, **bound.kwargs)
        except BaseException:
            self.set_state(before)
            raise

    summary = (inspect.getdoc(method) or "").split("\n")[0]
    setattr(checked, _MARK, Manipulation(method.__name__, summary, defaults, kinds))
    return checked


class Manipulable:
    """Mixin: lists the marked methods of a class and calls them with checked arguments."""

    num_envs: int

    @classmethod
    def manipulations(cls) -> dict[str, Manipulation]:
        """All manipulations by name."""
        methods = {name: method for kind in reversed(cls.__mro__) for name, method in vars(kind).items()}
        return {name: getattr(method, _MARK) for name, method in sorted(methods.items()) if hasattr(method, _MARK)}

    def manipulate(self, name: str, rows: Iterable[int] | np.ndarray | None = None, **parameters: Any) -> None:
        """Apply the manipulation ``name`` to ``rows`` (indices, or a bool mask; all by default). If it is refused, nothing changes.

        Raises:
            UnknownName: no such manipulation or parameter.
            InvalidArgument: rows that do not exist, or a parameter of the wrong kind or out of range.
        """
        known = self.manipulations()
        if not isinstance(name, str) or name not in known:
            raise unknown_name("manipulation", name, known)
        for parameter in parameters:
            if parameter not in known[name].parameters:
                raise unknown_name(f"parameter of {name}", parameter, known[name].parameters)
        getattr(self, name)(row_mask(rows, self.num_envs), **parameters)
