"""Data sets by name; holds none of their facts."""

from __future__ import annotations

from types import MappingProxyType

from harness.data.description import Description
from harness.data.mnist import MNIST
from harness.errors import UnknownDataset

DATASETS = MappingProxyType({description.name: description for description in (MNIST,)})


def describe(name: str) -> Description:
    """Return the data set's description, or raise UnknownDataset with the nearest known names."""
    if name not in DATASETS:
        raise UnknownDataset(name, tuple(DATASETS))
    return DATASETS[name]
