"""Registries that discover what is in a room by file, by entry point and by module path."""

from __future__ import annotations

import importlib
import inspect
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import metadata
from pathlib import Path
from types import MappingProxyType
from typing import Any

from core.errors import BrokenFile, NotTrusted, unknown_name
from core.renamed import warn
from core.rooms import imported_name, room


def modules_below(package: str) -> list[str]:
    """Names of all modules of a package, in folders at any depth, sorted; a folder without ``__init__.py`` is not missed.

    Private files, whose names begin with an underscore, are left out: their parts are imported by those who need them.
    """
    names = set()
    package = room(package)
    for root in map(Path, importlib.import_module(package).__path__):
        for file in root.rglob("*.py"):
            parts = file.relative_to(root).with_suffix("").parts
            if all(part.isidentifier() and (not part.startswith("_") or part == "__init__") for part in parts):
                names.add(".".join((package, *parts)).removesuffix(".__init__"))
    return sorted(names - {package})


_FROM_FILE: ContextVar[str | None] = ContextVar("from_file", default=None)


@contextmanager
def names_from(file: Path | str) -> Iterator[None]:
    """Within the block, names come from ``file``, so ``module:Class`` is found only in a module that is loaded already.

    Looking up what a file names must not run code that the user has not chosen to run.
    """
    token = _FROM_FILE.set(str(file))
    try:
        yield
    finally:
        _FROM_FILE.reset(token)


def naming_file() -> str | None:
    """The file that names come from just now, or None where the user has chosen them."""
    return _FROM_FILE.get()


def not_trusted(file: str, kind: str, module_name: str, attribute: str) -> NotTrusted:
    """The error for a name in a file whose module is not loaded."""
    return NotTrusted(
        f"{file} names the {kind} {module_name}:{attribute}, and names in files are not imported. If you trust that module, import "
        f"{module_name} first; commands do it with --trust {module_name}."
    )


class Registry:
    """Finds the concrete subclasses of ``base`` in a package, in entry points, and by ``module:Class``.

    Args:
        kind: what is registered, in words, for error texts.
        base: the base class, or None to register modules instead of classes.
        package: the room whose files are searched, at any depth, whatever it is imported as.
        entry_points: the entry-point group of third-party packages.
        key: gives the name of a class; names are compared without case.
        broken_rule: says which rule a class breaks, in words, or None.
        renamed: names of the last release -> names of this one.
    """

    def __init__(
        self,
        kind: str,
        base: type,
        package: str,
        entry_points: str,
        *,
        key: Callable[[Any], str],
        broken_rule: Callable[[Any], str | None] = lambda found: None,
        renamed: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        self.kind, self.base, self.package, self.group, self.key = kind, base, package, entry_points, key
        self.broken_rule, self.renamed = broken_rule, renamed
        self._found: dict[str, Any] | None = None
        self.broken: dict[str, BrokenFile] = {}

    def all(self) -> dict[str, Any]:
        """Everything found, by name.

        Raises:
            BrokenFile: a file of the package itself could not be imported. A broken third-party entry
                point is warned about, kept in ``broken`` and raised when it is asked for.
        """
        if self._found is None:
            found: dict[str, Any] = {}
            for name in self._files():
                self._collect(self._import(name), found)
            for point in metadata.entry_points(group=self.group):
                try:
                    self._add(point.load(), found, point.value)
                except Exception as error:  # a third party's file may fail in any way, and must not take the others down
                    self.broken[point.name] = self._broken(point.value, error)
                    warnings.warn(str(self.broken[point.name]), stacklevel=2)
            self._found = found
        return self._found

    def names(self) -> list[str]:
        """Sorted names of everything found."""
        return sorted(self.all())

    def get(self, name: Any) -> Any:
        """Look up by name (any case), by ``module:Class``, or pass a class through.

        Raises:
            UnknownName: nothing has that name; the nearest is suggested.
            BrokenFile: the file exists but cannot be used.
            NotTrusted: a file names a module that is not loaded; see :func:`names_from`.
        """
        if inspect.isclass(name):
            return self._checked(name, name.__module__)
        if ":" in str(name):
            return self._in_module(*str(name).split(":", 1))
        by_folded_name = {known.casefold(): value for known, value in self.all().items()}
        found = by_folded_name.get(str(name).casefold())
        if found is None and str(name).casefold() in self.renamed:
            name = self.renamed[old := str(name).casefold()]
            warn(f"The {self.kind} {old}", name, depth=3)
            found = by_folded_name.get(name)
        if found is None:
            broken = {known.casefold(): error for known, error in self.broken.items()}.get(str(name).casefold())
            if broken is not None:
                raise broken
            raise unknown_name(self.kind, name, self.all(), "Third parties are picked up as package.module:Class.")
        return found

    def _in_module(self, module_name: str, attribute: str) -> Any:
        file, named, module_name = naming_file(), module_name, imported_name(module_name)
        if file is None:
            module = self._import(module_name)
        elif (module := sys.modules.get(module_name)) is None or attribute not in vars(module):
            raise not_trusted(file, self.kind, named, attribute)
        if not hasattr(module, attribute):
            known = [name for name, value in vars(module).items() if self._is_kind(value) and value is not self.base]
            raise unknown_name(f"{self.kind} in module {module_name}", attribute, known)
        return self._checked(getattr(module, attribute), module_name)

    def _files(self) -> list[str]:
        return modules_below(self.package)

    def _import(self, module_name: str) -> Any:
        try:
            return importlib.import_module(module_name)
        except ModuleNotFoundError as error:
            if error.name is None or not f"{module_name}.".startswith(f"{error.name}."):
                raise self._broken(module_name, error) from error
            raise BrokenFile(
                f"There is no module {module_name}, where the {self.kind} should be. {_how_named(module_name)}"
            ) from None
        except Exception as error:  # whatever a file does wrong while it is imported, the user is told which file it was
            raise self._broken(module_name, error) from error

    def _broken(self, where: str, error: BaseException) -> BrokenFile:
        if isinstance(error, BrokenFile):
            return error
        return BrokenFile(f"The {self.kind} file {where} cannot be used: {type(error).__name__}: {error}")

    def _collect(self, module: Any, found: dict[str, Any]) -> None:
        for value in vars(module).values():
            is_own = inspect.isclass(value) and value.__module__ == module.__name__ and not value.__name__.startswith("_")
            if is_own and self._is_kind(value) and value is not self.base:
                self._add(value, found, module.__name__)

    def _is_kind(self, value: Any) -> bool:
        return inspect.isclass(value) and issubclass(value, self.base) and not inspect.isabstract(value)

    def _add(self, value: Any, found: dict[str, Any], where: str) -> None:
        name = self.key(self._checked(value, where))
        if name in found and found[name] is not value:
            raise BrokenFile(
                f"{where} and {found[name].__module__} both define the {self.kind} {name!r}; rename one of them."
            )
        found[name] = value

    def _incomplete(self, value: Any) -> str:
        """Why a value is not one of this kind, in words."""
        if not inspect.isclass(value):
            return f"{value!r} is no {self.kind}: it must be a class that extends {self.base.__name__}"
        if not issubclass(value, self.base):
            return f"{value.__name__} is no {self.kind}: it must extend {self.base.__name__}"
        missing = ", ".join(sorted(getattr(value, "__abstractmethods__", ())))
        return f"{value.__name__} is not a complete {self.kind}: it has no {missing}"

    def _checked(self, value: Any, where: str) -> Any:
        if not self._is_kind(value):
            raise BrokenFile(f"In {where}, {self._incomplete(value)}.")
        rule = self.broken_rule(value)
        if rule is not None:
            raise BrokenFile(f"The {self.kind} {value.__name__} in {where} cannot be used: {rule}.")
        return value


def _how_named(module_name: str) -> str:
    """What is usually wrong with the name of a module that is not found."""
    dotted = module_name.removesuffix(".py").strip("./").replace("/", ".").replace("\\", ".")
    if dotted != module_name:
        return f"Name it as in an import, {dotted}:Class."
    return "Modules are sought in the current folder, and among those that are installed."
