"""The file of a trial's state after its last finished epoch, so that a killed one goes on there with the same bits."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from harness.records.files import write_atomically
from harness.records.predictions import UNREADABLE, Classes, digest
from harness.records.record import EpochMeasurement
from harness.worker.backend import Array
from harness.worker.messages import EpochDone


@dataclass(frozen=True, eq=False)
class Checkpoint:
    """The epochs that are done, at least one, and the arrays of the backend's state at the end of the last."""

    epochs: tuple[EpochDone, ...]
    state: tuple[Array, ...]


def write_checkpoint(path: Path, checkpoint: Checkpoint) -> None:
    """Write it, whole or not at all."""
    arrays: dict[str, Any] = {f"state_{number}": array for number, array in enumerate(checkpoint.state)}
    arrays |= {
        _predictions_name(evaluation, done.measurement): classes
        for done in checkpoint.epochs
        for evaluation, classes in done.predictions.items()
    }
    measurements = [done.measurement.model_dump(mode="json") for done in checkpoint.epochs]
    arrays["measurements"] = np.frombuffer(json.dumps(measurements).encode(), np.uint8)
    buffer = io.BytesIO()
    np.savez(buffer, **arrays)
    write_atomically(path, buffer.getvalue())


def read_checkpoint(path: Path) -> Checkpoint | None:
    """Return what the file holds; None where there is none that can be trusted."""
    if not path.exists():
        return None
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
            epochs = _epochs(arrays)
            state = tuple(arrays[f"state_{number}"] for number in range(_state_arrays(arrays)))
    except UNREADABLE:
        return None
    return Checkpoint(epochs, state) if epochs and all(map(_holds, epochs)) else None


def _epochs(arrays: Mapping[str, Array]) -> tuple[EpochDone, ...]:
    measurements = (EpochMeasurement(**content) for content in json.loads(arrays["measurements"].tobytes()))
    return tuple(EpochDone(measurement, _predictions(measurement, arrays)) for measurement in measurements)


def _predictions(measurement: EpochMeasurement, arrays: Mapping[str, Array]) -> dict[str, Classes]:
    evaluations = measurement.evaluations.items()
    kept = [name for name, evaluation in evaluations if evaluation.predictions_sha256 is not None]
    return {name: arrays[_predictions_name(name, measurement)] for name in kept}


def _predictions_name(evaluation: str, measurement: EpochMeasurement) -> str:
    return f"predictions_{evaluation}_{measurement.epoch}"


def _state_arrays(arrays: Mapping[str, Array]) -> int:
    return sum(name.startswith("state_") for name in arrays)


def _holds(done: EpochDone) -> bool:
    """Whether the predictions are those that the epoch has the digests of."""
    evaluations = done.measurement.evaluations
    return all(digest(classes) == evaluations[name].predictions_sha256 for name, classes in done.predictions.items())
