"""Whether two records of one trial have the same bits, and where and in what they first differ; trains nothing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from harness.evaluations.metric import TRAIN
from harness.records.record import EpochMeasurement, Measurement

DATA, INITIAL_WEIGHTS, ORDER, WEIGHTS = "data", "initial weights", "order of the examples", "weights"
PREDICTIONS = "predictions"

Values = Mapping[str, float | str | None]


@dataclass(frozen=True)
class Mismatch:
    """The first epoch that differs (0: before the first one) and all that differs there."""

    epoch: int
    what: tuple[str, ...]

    @property
    def where(self) -> str:
        """The epoch in words."""
        return f"epoch {self.epoch}" if self.epoch else "before the first epoch"


def first_mismatch(one: Measurement, other: Measurement) -> Mismatch | None:
    """Return where the two first differ, or None where all that both hold agrees.

    Seconds are not compared: they are never the same twice.
    """
    return next(_mismatches(one, other), None)


def first_difference(one: Measurement, other: Measurement) -> int | None:
    """Return the first epoch whose bits differ (0: before the first), or None where all shared ones agree."""
    mismatch = first_mismatch(one, other)
    return None if mismatch is None else mismatch.epoch


def compared_values(one: Measurement, other: Measurement) -> int:
    """Return how many digests and numbers a comparison of the two holds side by side."""
    return sum(len(left.keys() & right.keys()) for _, left, right in _side_by_side(one, other))


def _mismatches(one: Measurement, other: Measurement) -> Iterator[Mismatch]:
    for epoch, left, right in _side_by_side(one, other):
        if what := tuple(name for name, value in left.items() if name in right and right[name] != value):
            yield Mismatch(epoch, what)


def _side_by_side(one: Measurement, other: Measurement) -> Iterator[tuple[int, Values, Values]]:
    """Yield what each has of the time before the first epoch, as epoch 0, and of every epoch that both finished."""
    yield 0, _before_training(one), _before_training(other)
    for left, right in zip(one.epochs, other.epochs, strict=False):
        yield left.epoch, bits(left), bits(right)


def _before_training(measurement: Measurement) -> Values:
    return {DATA: measurement.data_sha256, INITIAL_WEIGHTS: measurement.initial_weights_sha256}


def bits(epoch: EpochMeasurement) -> Values:
    """Return all of the epoch that is the same whenever it is trained, by name.

    In the order in which it comes about: what is first in a list of differences is nearest to the cause.
    """
    found: dict[str, float | str | None] = {ORDER: epoch.order_sha256, WEIGHTS: epoch.weights_sha256}
    found |= {f"{TRAIN} {metric}": value for metric, value in epoch.train_metrics.items()}
    for name, evaluation in epoch.evaluations.items():
        found |= {f"{name} {metric}": value for metric, value in evaluation.metrics.items()}
        found |= {f"{name} {PREDICTIONS}": evaluation.predictions_sha256}
    return found
