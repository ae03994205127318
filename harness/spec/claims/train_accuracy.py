"""A claim about the accuracy on the training images."""

from __future__ import annotations

from typing import ClassVar

from harness.spec.claims.claim import Unit
from harness.spec.claims.of_number import WIDEST_SHARE, NumberClaim, PublishedShare


class TrainAccuracy(NumberClaim):
    """The accuracy on the training images as Keras prints it for the last epoch: a running mean."""

    kind: ClassVar[str] = "train_accuracy"
    evaluation: ClassVar[str] = "train"
    metric: ClassVar[str] = "accuracy"
    unit: ClassVar[Unit] = Unit.PERCENT

    value: PublishedShare

    @property
    def widest(self) -> float:
        """The same for every accuracy."""
        return WIDEST_SHARE
