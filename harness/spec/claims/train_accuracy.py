"""A claim about the accuracy on the training images."""

from __future__ import annotations

from typing import ClassVar

from harness.evaluations.metric import ACCURACY, TRAIN, Quantity
from harness.spec.claims.number_claim import NumberClaim, PublishedShare


class TrainAccuracy(NumberClaim):
    """The accuracy on the training images as Keras prints it for the last epoch: a running mean."""

    kind: ClassVar[str] = "train_accuracy"

    value: PublishedShare

    @property
    def quantity(self) -> Quantity:
        """The accuracy on the training images."""
        return Quantity(TRAIN, ACCURACY)
