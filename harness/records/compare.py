"""Whether two records of one trial have the same bits, and where they first differ; trains nothing."""

from __future__ import annotations

from harness.records.record import Measurement


def first_difference(one: Measurement, other: Measurement) -> int | None:
    """Return the first epoch whose bits differ (0: the initial weights), or None where all shared ones agree.

    Seconds are not compared: they are never the same twice.
    """
    if one.initial_weights_sha256 != other.initial_weights_sha256:
        return 0
    for left, right in zip(one.epochs, other.epochs, strict=False):
        same_numbers = (left.train_loss, left.train_accuracy, left.test_loss, left.test_accuracy) == (
            right.train_loss,
            right.train_accuracy,
            right.test_loss,
            right.test_accuracy,
        )
        if left.weights_sha256 != right.weights_sha256 or not same_numbers:
            return left.epoch
        if left.predictions_sha256 != right.predictions_sha256:
            return left.epoch
    return None
