"""The file of a trial's state after its last finished epoch, so that a killed one goes on there with the same bits."""

from __future__ import annotations

import contextlib
import hashlib
import io
import itertools
import json
import os
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from io import BufferedReader
from pathlib import Path
from typing import Any

import numpy as np

from harness.errors import CannotWrite
from harness.plain_files import open_plain, reason_of
from harness.records.files import write_atomically
from harness.records.predictions import digest
from harness.records.record import EpochMeasurement
from harness.worker.backend import Array
from harness.worker.messages import EpochDone

# Before the arrays: what the file is, and the digest of all that follows.
MAGIC = b"bench checkpoint 1 "
HEAD_BYTES = len(MAGIC) + 64 + 1
MOST_BYTES = 2**40


class UnusableCheckpoint(Exception):
    """A checkpoint's file can't be used; the message says why."""


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """The epochs that are done, at least one, and the arrays of the backend's state at the end of the last.

    ``counted`` is the state after the epoch whose weights count, where that is another one.
    """

    epochs: tuple[EpochDone, ...]
    state: tuple[Array, ...]
    counted: tuple[Array, ...] = ()


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write it, whole or not at all: it is a convenience; a full disk is reported when the record is due."""
    arrays: dict[str, Any] = {f"state_{number}": array for number, array in enumerate(checkpoint.state)}
    arrays |= {f"counted_{number}": array for number, array in enumerate(checkpoint.counted)}
    for done in checkpoint.epochs:
        for evaluation, classes in done.predictions.items():
            arrays[f"predictions_{evaluation}_{done.measurement.epoch}"] = classes
    measurements = [done.measurement.model_dump(mode="json") for done in checkpoint.epochs]
    arrays["measurements"] = np.frombuffer(json.dumps(measurements).encode(), np.uint8)
    buffer = io.BytesIO(bytes(HEAD_BYTES))
    buffer.seek(HEAD_BYTES)
    np.savez(buffer, **arrays)
    with buffer.getbuffer() as content:
        content[:HEAD_BYTES] = MAGIC + hashlib.sha256(content[HEAD_BYTES:]).hexdigest().encode() + b"\n"
    try:
        write_atomically(path, buffer.getvalue())
    except CannotWrite:
        traceback.print_exc()


def read_checkpoint(path: Path) -> Checkpoint | None:
    """Return what the file holds; None where there is none.

    Raises:
        UnusableCheckpoint: It is damaged, or not such a file; the digest of its whole content is looked at first.
    """
    try:
        with open_plain(path, MOST_BYTES) as file:
            _check_digest(file)
            with np.load(file, allow_pickle=False) as arrays:
                return _content(arrays)
    except FileNotFoundError:
        return None
    except UnusableCheckpoint:
        raise
    except Exception as error:  # whatever NumPy raises at what it has not written
        raise UnusableCheckpoint(f"can't be read: {reason_of(error)}") from error


def _check_digest(file: BufferedReader) -> None:
    """Hold the digest against all that follows; leave the file where the arrays begin."""
    head = file.read(HEAD_BYTES)
    if not head.startswith(MAGIC):
        raise UnusableCheckpoint("is not a checkpoint of this version")
    if head[len(MAGIC) : -1] != hashlib.file_digest(file, "sha256").hexdigest().encode():
        raise UnusableCheckpoint("was changed after it was written: its digest does not hold")
    file.seek(HEAD_BYTES)


def set_aside(path: Path) -> Path:
    """Move a file out of the way, whatever it is, under a name that is free, and return that."""
    copies = (path.with_name(f"{path.name}.unusable{number or ''}") for number in itertools.count())
    target = next(copy for copy in copies if not os.path.lexists(copy))
    with contextlib.suppress(OSError):  # then the next checkpoint can't be written either, which is no failure
        path.rename(target)
    return target


def _content(arrays: Any) -> Checkpoint:  # noqa: ANN401 - NumPy's NpzFile
    epochs = tuple(_epoch(content, arrays) for content in json.loads(arrays["measurements"].tobytes()))
    if not epochs or any(done.measurement.epoch != number for number, done in enumerate(epochs, 1)):
        raise UnusableCheckpoint("holds no epochs, or not all of them")
    state, counted = (
        tuple(arrays[name] for name in arrays.files if name.startswith(kind)) for kind in ("state_", "counted_")
    )
    return Checkpoint(epochs, state, counted)


def _epoch(content: dict[str, Any], arrays: Mapping[str, Array]) -> EpochDone:
    """Return the epoch; raise ValueError where its predictions are not those that it has the digests of."""
    measurement = EpochMeasurement(**content)
    predictions = {
        name: arrays[f"predictions_{name}_{measurement.epoch}"]
        for name, evaluation in measurement.evaluations.items()
        if evaluation.predictions_sha256 is not None
    }
    for name, classes in predictions.items():
        if digest(classes) != measurement.evaluations[name].predictions_sha256:
            raise ValueError(f"other predictions of epoch {measurement.epoch} than were written")
    return EpochDone(measurement, predictions)
