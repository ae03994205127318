"""Modules that are registered by standing in a package's folder; imports none but the one that is asked for."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Callable, Collection, Sequence
from types import ModuleType

from harness.errors import BenchError


def plugin_names(package: str, without: Collection[str] = ()) -> tuple[str, ...]:
    """Return the names of the package's modules, apart from some."""
    found = pkgutil.iter_modules(importlib.import_module(package).__path__)
    return tuple(module.name for module in found if module.name not in without)


def find_plugin(
    package: str, name: str, known: Sequence[str], unknown: Callable[[str, Sequence[str]], BenchError]
) -> ModuleType:
    """Return the package's module of that name; raise the ``unknown`` error where it is none of those known."""
    if name not in known:
        raise unknown(name, known)
    return importlib.import_module(f"{package}.{name}")
