"""Where two measurements first differ, and in what."""

from __future__ import annotations

import pytest
from fake_trials import changed_epoch, dense_trial, fake_outcome

from harness.records.compare import bits, compared_values, first_difference, first_mismatch
from harness.records.record import Measurement


def measured(epochs: int = 3) -> Measurement:
    measurement = fake_outcome(dense_trial(epochs=epochs)).measurement
    assert measurement is not None
    return measurement


def changed(of: Measurement, epoch: int, **changes: object) -> Measurement:
    epochs = list(of.epochs)
    epochs[epoch - 1] = changed_epoch(epochs[epoch - 1], **changes)
    return of.model_copy(update={"epochs": tuple(epochs)})


def test_a_measurement_has_its_own_bits_whatever_its_seconds() -> None:
    assert first_mismatch(measured(), changed(measured(), 2, train_seconds=99.0, test_cpu_seconds=9.0)) is None


NAMES = {
    "order_sha256": "order of the examples",
    "weights_sha256": "weights",
    "train_loss": "train loss",
    "train_accuracy": "train accuracy",
    "test_loss": "test loss",
    "test_accuracy": "test accuracy",
    "predictions_sha256": "test predictions",
}


def test_every_value_that_is_no_time_is_compared() -> None:
    epoch = measured().epochs[0]
    assert set(bits(epoch)) == set(NAMES.values())
    assert {name for name in epoch.columns if not name.endswith("seconds")} == {"epoch", *NAMES}


@pytest.mark.parametrize("field", NAMES)
def test_a_change_of_any_compared_value_is_found_at_its_epoch(field: str) -> None:
    other = changed(measured(), 2, **{field: 0.75 if "sha256" not in field else "f" * 64})
    mismatch = first_mismatch(measured(), other)
    assert mismatch is not None
    assert (mismatch.epoch, mismatch.what) == (2, (NAMES[field],))
    assert first_difference(measured(), other) == 2


def test_the_first_of_several_epochs_is_named() -> None:
    other = changed(changed(measured(), 3, weights_sha256="f" * 64), 2, weights_sha256="e" * 64)
    assert first_difference(measured(), other) == 2


@pytest.mark.parametrize("field", ["initial_weights_sha256", "data_sha256"])
def test_what_differs_before_training_is_epoch_0(field: str) -> None:
    mismatch = first_mismatch(measured(), measured().model_copy(update={field: "f" * 64}))
    assert mismatch is not None
    assert mismatch.epoch == 0
    assert mismatch.where == "before the first epoch"


def test_only_shared_epochs_are_compared() -> None:
    assert first_mismatch(measured(2), measured(5)) is None
    assert compared_values(measured(2), measured(5)) == 2 + 2 * len(NAMES)
