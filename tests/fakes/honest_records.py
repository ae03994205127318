"""Records whose every stored digest and number belongs to the others, as those of a real training do."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from fake_trials import changed_epoch, dense_trial, fake_outcome, fake_record

from harness.data.cache import DatasetArrays
from harness.data.declarations import find_dataset
from harness.planning.trial import Trial
from harness.records.predictions import Predictions, digest
from harness.records.record import EpochMeasurement, Record
from harness.spec.cost import cost
from harness.worker.examples import epoch_order

TRAIN, TEST = 500, 100


@dataclass(frozen=True)
class Honest:
    """A record with its predictions."""

    record: Record
    predictions: Predictions

    def changed(self, **changes: object) -> Honest:
        """Return it with other numbers in its measurement."""
        assert self.record.measurement is not None
        measurement = self.record.measurement.model_copy(update=changes)
        return replace(self, record=self.record.model_copy(update={"measurement": measurement}))

    def last_epoch_changed(self, **changes: object) -> Honest:
        """Return it with other numbers in its last epoch."""
        assert self.record.measurement is not None
        *first, last = self.record.measurement.epochs
        return self.changed(epochs=(*first, changed_epoch(last, **changes)))


def dataset_arrays() -> DatasetArrays:
    """Return data of the published digest with labels of its own: no check of records reads images."""
    labels = np.random.default_rng(5).integers(0, 10, TRAIN, dtype=np.uint8)
    images = np.zeros((TRAIN, 28, 28), np.uint8)
    return DatasetArrays(find_dataset("mnist"), images, labels, images[:TEST], labels[:TEST])


def honest(seed: int = 0, epochs: int = 2) -> Honest:
    """Return a record that passes every check."""
    plain = dense_trial(seed, epochs)
    trial = replace(
        plain, computation=plain.computation.model_copy(update={"train_examples": TRAIN, "test_examples": TEST})
    )
    outcome = fake_outcome(trial)
    record, predictions = fake_record(trial, outcome)
    assert record.measurement is not None
    costs = cost(trial.computation)
    return Honest(record, predictions).changed(
        parameters=costs.parameters,
        trainable_parameters=costs.trainable_parameters,
        data_sha256=dataset_arrays().dataset.sha256,
        epochs=tuple(_epoch(trial, one, predictions) for one in record.measurement.epochs),
    )


def _epoch(trial: Trial, measured: EpochMeasurement, predictions: Predictions) -> EpochMeasurement:
    loss, accuracy = measured.value("train", "loss"), measured.value("train", "accuracy")
    return changed_epoch(
        measured,
        train_loss=float(np.float32(loss)),
        train_accuracy=float(np.float32(round(accuracy * TRAIN)) / np.float32(TRAIN)),
        test_accuracy=float((predictions[measured.epoch]["test"] == dataset_arrays().test_labels).mean()),
        order_sha256=digest(epoch_order(trial.seed, measured.epoch, TRAIN)),
    )
