"""Reads a declared data set out of files, and accepts it only where it is what the declaration says; keeps nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

from harness.data.array_formats import idx_sha256
from harness.data.dataset import Dataset
from harness.data.formats.file_format import FileFormat
from harness.data.reading_files import Arrays, published_files, read_files
from harness.data.splitting import as_arrays
from harness.errors import DataRefused


def read_declared(paths: Sequence[Path], dataset: Dataset) -> Arrays:
    """Return the arrays that the files hold.

    Raises:
        DataRefused: They can't be read, or are not the data set's.
    """
    if dataset.read_as is None:
        return read_files(paths, dataset)
    if len(paths) != 1:
        raise DataRefused(f"{len(paths)} files are given where one is needed: {published_files(dataset)}.")
    return _read_as(dataset.read_as, paths[0], dataset)


def _read_as(file_format: FileFormat, path: Path, dataset: Dataset) -> Arrays:
    if dataset.files:
        _check_file(path, dataset)
    found = file_format.read(path)
    if found.classes and found.classes != dataset.classes:
        raise DataRefused(f"{path}: its classes are not those that {dataset.name} is declared with; {_remedy(dataset)}")
    arrays = as_arrays(found, dataset.split)
    for name, declared in dataset.published.items():
        array = arrays[name]
        if (array.shape, array.dtype.name) != (declared.shape, declared.dtype):
            what = f"{name} has the shape {array.shape} and the type {array.dtype}"
            raise DataRefused(f"{path}: {what}, not {declared.shape} and {declared.dtype}; {_remedy(dataset)}")
        if declared.sha256 and idx_sha256(array) != declared.sha256:
            raise DataRefused(f"{path}: {name} does not have the declared digest; {_remedy(dataset)}")
    return arrays


def _check_file(path: Path, dataset: Dataset) -> None:
    """Refuse a file that has not the digest of a published one."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise DataRefused(f"{path}: can't be read ({error.strerror or error}).") from None
    if digest not in {file.sha256 for file in dataset.files}:
        raise DataRefused(f"{path}: its digest is not that of {published_files(dataset)}.")


def _remedy(dataset: Dataset) -> str:
    return f"the files have changed, so add them under another name than {dataset.name}"
