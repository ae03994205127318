"""Trials of recipes that keep much in mind, ended within an epoch and started again: the same bits of TensorFlow."""

from __future__ import annotations

import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from fake_trials import ENVIRONMENT

from harness.backends.tensorflow.network import TensorFlow
from harness.data.cache import DatasetArrays
from harness.data.declarations import find_dataset
from harness.planning.trial import Computation, Trial
from harness.records.record import EpochMeasurement
from harness.worker import clocks, training
from harness.worker.messages import Built, EpochDone, Finished, Job, Message
from harness.worker.training import run_trial

pytestmark = [pytest.mark.training, pytest.mark.filterwarnings("ignore:__array__ implementation:DeprecationWarning")]
TRAIN, TEST, BATCH_SIZE = 120, 40, 40  # two thirds of the images are trained on: two batches
RNG = np.random.default_rng(0)
IMAGES, LABELS = RNG.integers(0, 256, (TRAIN, 28, 28), dtype=np.uint8), RNG.integers(0, 10, TRAIN, dtype=np.uint8)
LAYERS: list[Any] = [
    {"RandomTranslation": {"height_factor": 0.1, "width_factor": 0.1}},
    {"Conv2D": {"filters": 3, "kernel_size": 5, "strides": 3, "activation": "relu"}},
    {"Residual": {"layers": [{"Conv2D": {"filters": 3, "kernel_size": 3, "padding": "same", "trainable": False}}]}},
    "BatchNormalization",
    "Flatten",
    {"Dropout": {"rate": 0.5}},
    {"Dense": {"units": 10, "activation": "softmax"}},
]
COMMON = {"loss": "categorical_crossentropy", "batch_size": BATCH_SIZE, "folds": 3}
FIRST = {**COMMON, "optimizer": "Adam", "frozen": [2], "mixup": {}, "epochs": 2}
LAST = {
    **COMMON,
    "optimizer": {"RMSprop": {"learning_rate": 0.01, "momentum": 0.5}},
    "frozen": [4],
    "reduce_on_plateau": {"monitor": "val_loss", "patience": 1, "min_delta": 9.0, "factor": 0.5},
    "early_stopping": {"monitor": "loss", "patience": 2, "min_delta": 9.0, "restore_best_weights": True},
}


class Ready(TensorFlow):
    """TensorFlow, whose runtime other tests have started."""

    def configure(self, threads: int, *, deterministic: bool) -> None:
        del threads, deterministic


@pytest.fixture(autouse=True)
def _data(monkeypatch: pytest.MonkeyPatch) -> None:
    arrays = DatasetArrays(find_dataset("mnist"), IMAGES, LABELS, IMAGES[:TEST], LABELS[:TEST])
    monkeypatch.setattr(training, "load", lambda *_: arrays)
    monkeypatch.setattr(clocks, "MATRIX_SIZE", 8)
    monkeypatch.setattr(clocks, "PRODUCTS", 2)


def job(folder: Path) -> Job:
    computation = Computation.model_validate({"dataset": "mnist", "layers": LAYERS, "earlier": [FIRST], "recipe": LAST})
    trial = Trial(computation, seed=4, epochs=9)
    return Job(trial, (), 1, True, folder, folder / "checkpoint.npz", folder / "log", time.time(), keep_weights=True)  # noqa: FBT003


def run(what: Job, end_after: int | None = None) -> list[Message]:
    """Run a trial and return what it reports; where it is to end, it does so when that epoch has been trained."""
    reported: list[Message] = []

    def report(message: Message) -> None:
        if isinstance(message, EpochDone) and message.measurement.epoch == end_after:
            raise InterruptedError
        reported.append(message)

    with nullcontext() if end_after is None else pytest.raises(InterruptedError):
        run_trial(what, Ready(), report, lambda: ENVIRONMENT)
    return reported


def resumed_epochs(messages: list[Message]) -> int:
    (built,) = [one.measurement for one in messages if isinstance(one, Built)]
    return built.resumed_epochs


def bits(messages: list[Message]) -> list[Any]:
    epochs = {one.measurement.epoch: one.measurement for one in messages if isinstance(one, EpochDone)}
    (finished,) = [one for one in messages if isinstance(one, Finished)]
    assert finished.weights is not None
    counted = [weights.tobytes() for weights in finished.weights]
    return [counted, [_bits(one) for one in epochs.values()]]


def _bits(epoch: EpochMeasurement) -> tuple[Any, ...]:
    metrics = {name: dict(found.metrics) for name, found in epoch.evaluations.items()}
    return epoch.weights_sha256, epoch.order_sha256, dict(epoch.train_metrics), metrics


def test_phases_frozen_layers_blends_plateaus_and_early_stops_go_on_in_every_phase(tmp_path: Path) -> None:
    whole = bits(run(job(tmp_path / "whole")))
    # Nothing improves by 9: the third epoch stays the best, and two more are waited for.
    assert len(whole[1]) == 5
    broken = job(tmp_path / "broken")
    runs = [run(broken, end_after=1), run(broken, end_after=4), run(broken)]
    assert [resumed_epochs(messages) for messages in runs] == [0, 1, 4]
    assert bits(runs[-1]) == whole
