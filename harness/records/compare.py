"""Whether two records of one trial have the same bits, and where and in what they first differ; trains nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from types import MappingProxyType

from harness.records.record import EpochMeasurement, Measurement

DATA, INITIAL_WEIGHTS, ORDER, WEIGHTS = "data", "initial weights", "order of the examples", "weights"
# In the order in which they come about: what is first in a list of differences is nearest to the cause.
BEFORE_TRAINING = MappingProxyType({"data_sha256": DATA, "initial_weights_sha256": INITIAL_WEIGHTS})
PER_EPOCH = MappingProxyType(
    {
        "order_sha256": ORDER,
        "weights_sha256": WEIGHTS,
        "train_loss": "train loss",
        "train_accuracy": "train accuracy",
        "test_loss": "test loss",
        "test_accuracy": "test accuracy",
        "predictions_sha256": "predictions",
    }
)


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


def compared_values(epochs: int) -> int:
    """Return how many digests and numbers a comparison over so many epochs holds side by side."""
    return len(BEFORE_TRAINING) + epochs * len(PER_EPOCH)


def _mismatches(one: Measurement, other: Measurement) -> Iterator[Mismatch]:
    if what := _differing(one, other, BEFORE_TRAINING):
        yield Mismatch(0, what)
    for left, right in zip(one.epochs, other.epochs, strict=False):
        if what := _differing(left, right, PER_EPOCH):
            yield Mismatch(left.epoch, what)


def _differing(
    one: Measurement | EpochMeasurement, other: Measurement | EpochMeasurement, names: MappingProxyType[str, str]
) -> tuple[str, ...]:
    return tuple(name for field, name in names.items() if getattr(one, field) != getattr(other, field))
