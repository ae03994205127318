"""Which data sets there are for a folder of specs, and which of them its specs use; reads no image."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

from harness.data.cache import CachedCopy
from harness.data.dataset import Dataset
from harness.data.dataset_files import dataset_files, own_dataset_files
from harness.data.declarations import all_datasets, read_dataset
from harness.declaration.files import shipped_folder
from harness.errors import NoArchitectures
from harness.spec.folder import files_apart, find_architectures
from harness.spec.reading import sound


def datasets_in_use(specs: Path, named: Collection[str]) -> tuple[Dataset, ...]:
    """Return the data sets with these names, which specs use, and those that are not shipped, by name.

    Raises:
        InvalidSpec: A declaration has a mistake.
    """
    shipped = {file.stem for file in own_dataset_files(shipped_folder())}
    files = dataset_files(specs).items()
    return tuple(read_dataset(file) for name, file in files if name not in shipped or name in named)


def named_datasets(specs: Path) -> set[str]:
    """Return the names of the data sets that the folder's valid specs use; without specs, those of the package's."""
    try:
        files = find_architectures(specs)
    except NoArchitectures:
        files = ()
    architectures, _ = sound((*files, *files_apart(specs)) or find_architectures(shipped_folder()))
    return {architecture.dataset for architecture in architectures}


def list_datasets(specs: Path) -> list[dict[str, Any]]:
    """Return what is known of each data set without reading its arrays; the keys are a contract.

    ``sha256`` is None where the arrays' digests are neither declared nor in the cache.
    """
    return [_listed(dataset) for dataset in all_datasets(specs).values()]


def _listed(dataset: Dataset) -> dict[str, Any]:
    copy = CachedCopy(dataset)
    return {
        "name": dataset.name,
        "title": dataset.title,
        "inputs": list(dataset.inputs),
        "classes": list(dataset.classes),
        "train_examples": dataset.train_examples,
        "test_examples": dataset.test_examples,
        "sha256": copy.known_sha256(),
        "cached": copy.path.exists(),
    }
