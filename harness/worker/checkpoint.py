"""The file of a trial's state after its last finished epoch, so that a killed one goes on there with the same bits."""

from __future__ import annotations

import io
import json
import traceback
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from harness.errors import CannotWrite
from harness.records.files import write_atomically
from harness.records.predictions import UNREADABLE, digest
from harness.records.record import EpochMeasurement
from harness.worker.backend import Array
from harness.worker.messages import EpochDone


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """The epochs that are done, at least one, and the arrays of the backend's state at the end of the last."""

    epochs: tuple[EpochDone, ...]
    state: tuple[Array, ...]


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write it, whole or not at all: it is a convenience; a full disk is reported when the record is due."""
    arrays: dict[str, Any] = {f"state_{number}": array for number, array in enumerate(checkpoint.state)}
    for done in checkpoint.epochs:
        for evaluation, classes in done.predictions.items():
            arrays[f"predictions_{evaluation}_{done.measurement.epoch}"] = classes
    measurements = [done.measurement.model_dump(mode="json") for done in checkpoint.epochs]
    arrays["measurements"] = np.frombuffer(json.dumps(measurements).encode(), np.uint8)
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    try:
        write_atomically(path, buffer.getvalue())
    except CannotWrite:
        traceback.print_exc()


def read_checkpoint(path: Path) -> Checkpoint | None:
    """Return what the file holds; None where there is none that can be trusted."""
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            epochs = tuple(_epoch(content, arrays) for content in json.loads(arrays["measurements"].tobytes()))
            state = tuple(arrays[name] for name in arrays.files if name.startswith("state_"))
    except UNREADABLE:
        return None
    return Checkpoint(epochs, state) if epochs else None


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
