"""The state of a trial after its last finished epoch, so that a killed one goes on there with the same bits."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import keras
import numpy as np

from harness.backends.tensorflow.model import weights_digest
from harness.records.files import write_atomically
from harness.records.record import EpochMeasurement
from harness.records.store import Classes, digest
from harness.worker.messages import EpochDone


@dataclass(frozen=True)
class Checkpoint:
    """The epochs that are done; the model has been given the state at their end."""

    epochs: tuple[EpochDone, ...] = ()


def save_checkpoint(path: Path, model: keras.Model, epochs: list[EpochDone]) -> None:
    """Write weights, optimizer and random state, and what the epochs gave; whole or not at all."""
    buffer = io.BytesIO()
    arrays = {f"state_{number}": variable.numpy() for number, variable in enumerate(_state(model))}
    arrays |= {
        f"predictions_{evaluation}_{done.measurement.epoch}": classes
        for done in epochs
        for evaluation, classes in done.predictions.items()
    }
    measurements = [done.measurement.model_dump(mode="json") for done in epochs]
    arrays["measurements"] = np.frombuffer(json.dumps(measurements).encode(), np.uint8)
    np.savez(buffer, **arrays)
    write_atomically(path, buffer.getvalue())


def restore_checkpoint(path: Path, model: keras.Model) -> Checkpoint:
    """Give the model the saved state and return the epochs done; none where the file can't be trusted.

    The weights' digest after the last epoch was taken before the file was written: it must hold.
    """
    if not path.exists():
        return Checkpoint()
    fresh = [variable.numpy() for variable in _state(model)]
    try:
        epochs = _restore(path, model)
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile):
        epochs = ()
    if epochs and weights_digest(model) == epochs[-1].measurement.weights_sha256:
        return Checkpoint(epochs)
    for variable, value in zip(_state(model), fresh, strict=True):
        variable.assign(value)
    return Checkpoint()


def _restore(path: Path, model: keras.Model) -> tuple[EpochDone, ...]:
    with np.load(path, allow_pickle=False) as arrays:
        measurements = [EpochMeasurement(**one) for one in json.loads(arrays["measurements"].tobytes())]
        epochs = tuple(EpochDone(one, _predictions(one, arrays)) for one in measurements)
        for number, variable in enumerate(_state(model)):
            variable.assign(arrays[f"state_{number}"])
    return epochs if all(_holds(done) for done in epochs) else ()


def _predictions(epoch: EpochMeasurement, arrays: Mapping[str, Classes]) -> dict[str, Classes]:
    evaluations = epoch.evaluations.items()
    kept = [name for name, evaluation in evaluations if evaluation.predictions_sha256 is not None]
    return {name: arrays[f"predictions_{name}_{epoch.epoch}"] for name in kept}


def _holds(done: EpochDone) -> bool:
    """Whether the predictions are those that the epoch has the digests of."""
    evaluations = done.measurement.evaluations
    return all(digest(classes) == evaluations[name].predictions_sha256 for name, classes in done.predictions.items())


def _state(model: keras.Model) -> list[keras.Variable]:
    """Weights, the state of dropout's random numbers, and the optimizer's own variables."""
    return [*model.variables, *model.optimizer.variables]
