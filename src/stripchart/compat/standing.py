"""Modules that stand for those of ClearML: found before any on the disk, each a table of names of ours."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from importlib import import_module
from importlib.abc import Loader
from importlib.machinery import ModuleSpec
from importlib.metadata import Distribution, DistributionFinder
from pathlib import Path
from types import ModuleType
from typing import Any

from stripchart.compat.names import MODULES, REFUSED, VERSION

_ROOT = "clearml"


class Standing(ModuleType):
    """Be one of these modules: what it has is looked up when it is asked for."""

    def __getattr__(self, name: str) -> Any:
        full = f"{self.__name__}.{name}"
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        if full in MODULES:
            return import_module(full)
        place = MODULES[self.__name__].get(name)
        if place is None and (self.__name__ not in REFUSED or not name[:1].isupper()):
            raise AttributeError(
                f"module {self.__name__!r}, for which Stripchart stands, has no {name!r} here"
            )
        value = _found(place) if place is not None else _refused(name, REFUSED[self.__name__])
        setattr(self, name, value)
        return value

    def __dir__(self) -> Iterable[str]:
        inside = {name.rpartition(".")[2] for name in MODULES if _parent(name) == self.__name__}
        return sorted({*super().__dir__(), *MODULES[self.__name__], *inside})


class Finder(DistributionFinder, Loader):
    """Find and make these modules, and say their version to those who ask for the package by name."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return how to make one of these modules; ``None`` for any other."""
        if fullname not in MODULES:
            return None
        is_package = any(_parent(name) == fullname for name in MODULES)
        return ModuleSpec(fullname, self, origin="stripchart", is_package=is_package)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """Make a module."""
        return Standing(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Set what is there at once; the other names are looked up when they are asked for."""
        module.__doc__ = "Stripchart, standing for ClearML."
        module.__file__ = (
            __file__  # without one it is taken for a folder that happens to have the name
        )
        module.__dict__["__all__"] = list(MODULES[module.__name__])
        if module.__name__ == _ROOT:
            module.__dict__["__version__"] = VERSION

    def find_distributions(
        self, context: DistributionFinder.Context | None = None
    ) -> Iterable[Distribution]:
        """Give the package to who asks for it by name; a list of what is installed does not have it."""
        return [_Package()] if context is not None and context.name == _ROOT else []

    def invalidate_caches(self) -> None:
        """Do nothing: there are none."""


class _Package(Distribution):
    """Be the package, as far as its version is asked for."""

    def read_text(self, filename: str) -> str | None:
        if filename != "METADATA":
            return None
        return f"Metadata-Version: 2.1\nName: {_ROOT}\nVersion: {VERSION}\nSummary: Stripchart, standing for it\n"

    def locate_file(self, path: str | os.PathLike[str]) -> Path:
        return Path(__file__).parent / path


def _parent(name: str) -> str:
    return name.rpartition(".")[0]


def _found(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(sys.modules.get(module) or import_module(module), name)


def _refused(name: str, instead: str) -> type:
    from stripchart.sdk.absent import refusing

    return refusing(name, instead)
