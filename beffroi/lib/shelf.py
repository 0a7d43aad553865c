"""Shelves: parts that lower rooms use by name, taken from a package's files and from other people's packages."""

from __future__ import annotations

import importlib
import importlib.metadata
import pkgutil
from collections.abc import Iterator
from typing import Generic, TypeVar

from beffroi.errors import BeffroiError

T = TypeVar("T")


class ShelfBroken(BeffroiError):
    """A file of a shelf without the part it should hold, two parts of one name, or a shelf not loaded yet."""

    code = "shelf-broken"


class NotOnShelf(BeffroiError):
    """A name that no part of the shelf has, for instance of a plug-in that was removed."""

    code = "not-on-shelf"


class Shelf(Generic[T]):
    """Every module of `package` gives its `attribute`, under the module's own name; so does each entry point.

    An entry point (`[project.entry-points."beffroi.channels"]`, `name = "package.module"`) names a module that looks
    like a file of ours. Modules whose name starts with an underscore are left alone.
    """

    def __init__(self, package: str, attribute: str, entry_point_group: str) -> None:
        self.package = package
        self.attribute = attribute
        self.entry_point_group = entry_point_group
        self._parts: dict[str, T] | None = None

    def load(self) -> None:
        """Import everything once, at start; later calls change nothing. Raises `ShelfBroken` and import errors."""
        if self._parts is not None:
            return
        parts: dict[str, T] = {}
        for name, module in self._modules():
            if name in parts:
                raise ShelfBroken(shelf=self.package, name=name, why="twice")
            holder = importlib.import_module(module)
            if not hasattr(holder, self.attribute):
                raise ShelfBroken(shelf=self.package, name=name, why=f"no {self.attribute}")
            parts[name] = getattr(holder, self.attribute)
        self._parts = dict(sorted(parts.items()))

    def get(self, name: str) -> T:
        """The part of this name; raises `NotOnShelf`."""
        try:
            return self._loaded()[name]
        except KeyError as err:
            raise NotOnShelf(shelf=self.package, name=name) from err

    def names(self) -> tuple[str, ...]:
        """All names, in alphabetical order."""
        return tuple(self._loaded())

    def _loaded(self) -> dict[str, T]:
        if self._parts is None:
            raise ShelfBroken(shelf=self.package, why="not loaded")
        return self._parts

    def _modules(self) -> Iterator[tuple[str, str]]:
        package = importlib.import_module(self.package)
        for found in pkgutil.iter_modules(package.__path__):
            if not found.name.startswith("_"):
                yield found.name, f"{self.package}.{found.name}"
        for point in importlib.metadata.entry_points(group=self.entry_point_group):
            yield point.name, point.value
