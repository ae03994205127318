"""Predicted classes as they stand beside a record: arrays of a ``.npz`` file, by epoch and evaluation; holds no record.

Who reads records alone does without this module, and without NumPy.
"""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from harness.evaluations.metric import TEST
from harness.plain_files import PREFIX, array_header, header_bytes, open_plain, reason_of
from harness.records.content import UnusableRecord
from harness.records.later import file_stem
from harness.records.record import EpochMeasurement, Record

# What zipfile raises at what is no archive, or a damaged one, or one of another compression or encrypted.
UNREADABLE = (OSError, ValueError, EOFError, NotImplementedError, RuntimeError, zipfile.BadZipFile, zlib.error)
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # those of which no more is unpacked than is asked for
ENCRYPTED = 0x1
# Of the file, of an array, and of all that is read of a file: far more than a trial with its evaluations gives.
MOST_PACKED_BYTES, MOST_IMAGES, MOST_UNPACKED_BYTES = 64 * 2**20, 2**24, 2**28

# Images, and labels where an image may have several: 0 and 1 of each.
MOST_AXES = 2

Classes = npt.NDArray[np.uint8]
# Of each epoch, the predicted classes by evaluation.
Predictions = Mapping[int, Mapping[str, Classes]]
MOST_SHOWN = 40
# Takes a file that can't be used, and why.
Warn = Callable[[Path, str], object]
ARRAY_NAME = re.compile(r"(?:(?P<evaluation>\w{1,80})_)?epoch_(?P<epoch>\d{1,7})\.npy")


def _unheard(path: Path, reason: str) -> None:
    """Take it in silence."""


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


@dataclass(frozen=True)
class Which:
    """Which arrays are read: of one epoch and one evaluation, of all where it is None. The others are not unpacked."""

    epoch: int | None = None
    evaluation: str | None = None

    def takes(self, epoch: int, evaluation: str | None = None) -> bool:
        """Say whether an array of this epoch, or of this epoch and evaluation, is read."""
        return self.epoch in {None, epoch} and (evaluation is None or self.evaluation in {None, evaluation})


ALL = Which()


def stored_arrays(path: Path, which: Which = ALL) -> Predictions:
    """Return the arrays of a predictions file, whatever their digests.

    The header of each is read first: it can't ask for more than predictions take.

    Raises:
        UnusableRecord: It is there and can't be used.
    """
    found: dict[int, dict[str, Classes]] = {}
    try:
        with open_plain(path, MOST_PACKED_BYTES) as file, zipfile.ZipFile(file) as archive:
            for of_epoch, evaluation, member in _members(archive, which):
                found.setdefault(of_epoch, {})[evaluation] = _array(archive.read(member))
    except FileNotFoundError:
        return {}
    except UNREADABLE as error:
        raise UnusableRecord(f"can't be used as predictions: {reason_of(error)}") from error
    return found


def stored_beside(
    path: Path, record: Record, which: Which = ALL, warn: Warn = _unheard, beside: Iterable[Path] = ()
) -> Predictions:
    """Return the arrays that belong to a record's file, with those of what was evaluated later, whatever their digests.

    ``beside`` are the files of the trial's other trainings, which may have evaluated what the record's own did not. A
    file that can't be used is left out with a warning.
    """
    found: dict[int, dict[str, Classes]] = {}
    for file in (path, *beside):
        if file == path or lacks(record, found, which):
            for number, arrays in _usable(file.with_suffix(".npz"), which, warn).items():
                found[number] = {**arrays, **found.get(number, {})}
    for measured in record.finished_epochs:
        arrays = found.setdefault(measured.epoch, {}) if which.takes(measured.epoch) else {}
        for name, evaluation in measured.evaluations.items() if which.takes(measured.epoch) else ():
            missing = name != TEST and name not in arrays and which.takes(measured.epoch, name)
            if missing and evaluation.predictions_sha256:
                later = path.with_name(f"{file_stem(record.name, name, measured.epoch)}.npz")
                arrays |= _usable(later, ALL, warn).get(measured.epoch, {})
    return {number: arrays for number, arrays in found.items() if arrays}


def lacks(record: Record, arrays: Predictions, which: Which = ALL) -> bool:
    """Say whether arrays are missing that the record has the digests of."""
    return any(
        evaluation.predictions_sha256 is not None and name not in arrays.get(epoch.epoch, {})
        for epoch in record.finished_epochs
        for name, evaluation in epoch.evaluations.items()
        if which.takes(epoch.epoch, name)
    )


def _usable(path: Path, which: Which, warn: Warn) -> Predictions:
    try:
        return stored_arrays(path, which)
    except UnusableRecord as error:
        warn(path, str(error))
        return {}


def _members(archive: zipfile.ZipFile, which: Which) -> Iterator[tuple[int, str, zipfile.ZipInfo]]:
    """Yield the members to be read, each with its epoch and evaluation; raise ValueError at one that must not be."""
    left = MOST_UNPACKED_BYTES
    for member in archive.infolist():
        of_epoch, evaluation = _named(member.filename)
        if not which.takes(of_epoch, evaluation):
            continue
        if member.compress_type not in METHODS or member.flag_bits & ENCRYPTED:
            raise ValueError("is encrypted, or compressed in a way that predictions are not")
        left -= member.file_size
        if member.file_size > MOST_IMAGES or left < 0:
            raise ValueError("unpacks to more than predictions take")
        yield of_epoch, evaluation, member


def _array(content: bytes) -> Classes:
    """Return the array of a `.npy` file, as numpy does, but for a fraction of its time."""
    start = header_bytes(content[: max(PREFIX.values())])
    header = array_header(content[PREFIX[content[6]] : start])
    if header.type != "|u1" or prod(header.shape) != len(content) - start or not 1 <= len(header.shape) <= MOST_AXES:
        raise ValueError("holds other values than a class of each image, or not as many as it says")
    values = np.frombuffer(content, np.uint8, offset=start)
    if len(header.shape) == MOST_AXES and (header.by_column or values.max(initial=0) > 1):
        raise ValueError("holds other values than a row of 0 and 1 for each image")
    return values.reshape(header.shape)


@lru_cache(maxsize=4096)  # thousands of files have the same few names
def _named(member: str) -> tuple[int, str]:
    """Return the epoch and the evaluation that a member's name gives: ``test_epoch_3``, or in format 1 ``epoch_3``."""
    match = ARRAY_NAME.fullmatch(member)
    if match is None:
        raise ValueError(f"{member[:MOST_SHOWN]!r} names no epoch")
    return int(match["epoch"]), match["evaluation"] or TEST


def holding(arrays: Mapping[str, Classes], epoch: EpochMeasurement) -> Mapping[str, Classes]:
    """Return the arrays that are those that the epoch has the digests of."""
    digests = {name: evaluation.predictions_sha256 for name, evaluation in epoch.evaluations.items()}
    return {name: classes for name, classes in arrays.items() if digest(classes) == digests.get(name)}
