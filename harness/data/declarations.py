"""Data sets by name; holds none of their facts."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from harness.data.dataset import Dataset
from harness.data.mnist import MNIST
from harness.errors import UnknownDataset

_DECLARED = MappingProxyType({dataset.name: dataset for dataset in (MNIST,)})


def all_datasets() -> Mapping[str, Dataset]:
    """Return every data set by its name, sorted."""
    return _DECLARED


def find_dataset(name: str) -> Dataset:
    """Return the data set of this name, or raise UnknownDataset with the nearest known names."""
    known = all_datasets()
    if name not in known:
        raise UnknownDataset(name, tuple(known))
    return known[name]
