"""Data sets by name; holds none of their facts."""

from __future__ import annotations

from types import MappingProxyType

from harness.data.description import Description
from harness.data.mnist import MNIST
from harness.errors import BenchError, nearest

DATASETS = MappingProxyType({description.name: description for description in (MNIST,)})


def describe(name: str) -> Description:
    """Return the data set's description, or raise BenchError with the nearest known names."""
    if name not in DATASETS:
        known = f"; known: {', '.join(DATASETS)}."
        raise BenchError(f"unknown data set {name!r}{nearest(name, tuple(DATASETS)) or known}")
    return DATASETS[name]
