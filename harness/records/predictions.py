"""Predicted classes as they stand beside a record: arrays of a ``.npz`` file, by epoch and evaluation; holds no record.

Who reads records alone does without this module, and without NumPy.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from harness.evaluations.metric import TEST
from harness.records.later import file_stem
from harness.records.record import EpochMeasurement, Record

# What zipfile and numpy raise at files that are no archive of arrays, or a damaged one.
UNREADABLE = (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile, zlib.error)

Classes = npt.NDArray[np.uint8]
# Of each epoch, the predicted classes by evaluation.
Predictions = Mapping[int, Mapping[str, Classes]]
# The bytes of a `.npy` file before its header: magic, version and the header's length.
PREFIX = 10
ARRAY_NAME = re.compile(r"(?:(?P<evaluation>.+)_)?epoch_(?P<epoch>\d+)")


def digest(array: npt.NDArray[Any]) -> str:
    """Return the sha256 of an array's bytes."""
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()


def packed(predictions: Predictions) -> bytes:
    """Return the content of a predictions file."""
    buffer = io.BytesIO()
    arrays = {
        f"{evaluation}_epoch_{epoch}": classes
        for epoch, by_evaluation in sorted(predictions.items())
        for evaluation, classes in by_evaluation.items()
    }
    np.savez_compressed(buffer, **arrays)  # type: ignore[arg-type]  # numpy's stub takes allow_pickle by name
    return buffer.getvalue()


def stored_arrays(path: Path, epoch: int | None = None) -> Predictions:
    """Return the arrays of a predictions file, all or those of one epoch, whatever their digests.

    Nothing where it can't be read.
    """
    found: dict[int, dict[str, Classes]] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                of_epoch, evaluation = _named(name.removesuffix(".npy"))
                if epoch in {None, of_epoch}:
                    found.setdefault(of_epoch, {})[evaluation] = _array(archive.read(name))
    except UNREADABLE:
        return {}
    return found


def stored_beside(path: Path, record: Record, epoch: int | None = None) -> Predictions:
    """Return the arrays that belong to a record's file, with those of what was evaluated later, whatever their digests.

    All, or those of one epoch.
    """
    found = {number: dict(arrays) for number, arrays in stored_arrays(path.with_suffix(".npz"), epoch).items()}
    for measured in record.measurement.epochs if record.measurement else ():
        arrays = found.setdefault(measured.epoch, {}) if epoch in {None, measured.epoch} else {}
        for name, evaluation in measured.evaluations.items() if epoch in {None, measured.epoch} else ():
            if name != TEST and name not in arrays and evaluation.predictions_sha256:
                later = path.with_name(f"{file_stem(record.name, name, measured.epoch)}.npz")
                arrays |= stored_arrays(later).get(measured.epoch, {})
    return {number: arrays for number, arrays in found.items() if arrays}


def _array(content: bytes) -> Classes:
    """Return the array of a `.npy` file of format 1, as numpy does, but for half its time."""
    start = PREFIX + int.from_bytes(content[PREFIX - 2 : PREFIX], "little")
    shape, dtype = _header(content[:start])
    return np.frombuffer(content, dtype, offset=start).reshape(shape)


@lru_cache(maxsize=64)
def _header(start: bytes) -> tuple[tuple[int, ...], np.dtype[Any]]:
    """Return the shape and type that a file's beginning gives; thousands of files begin alike."""
    file = io.BytesIO(start)
    version = np.lib.format.read_magic(file)
    shape, in_columns, dtype = np.lib.format.read_array_header_1_0(file)
    if version != (1, 0) or in_columns:
        raise ValueError("not an array as numpy saves predictions")
    return shape, dtype


def _named(array: str) -> tuple[int, str]:
    """Return the epoch and the evaluation that an array's name gives: ``test_epoch_3``, or in format 1 ``epoch_3``."""
    match = ARRAY_NAME.fullmatch(array)
    if match is None:
        raise ValueError(f"{array} names no epoch")
    return int(match["epoch"]), match["evaluation"] or TEST


def holding(arrays: Mapping[str, Classes], epoch: EpochMeasurement) -> Mapping[str, Classes]:
    """Return the arrays that are those that the epoch has the digests of."""
    digests = {name: evaluation.predictions_sha256 for name, evaluation in epoch.evaluations.items()}
    return {name: classes for name, classes in arrays.items() if digest(classes) == digests.get(name)}
