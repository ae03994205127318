"""A claim about the accuracy on the test images."""

from __future__ import annotations

from typing import ClassVar

from harness.evaluations.metric import TEST_ACCURACY, Quantity
from harness.spec.claims.number_claim import NumberClaim, PublishedShare


class TestAccuracy(NumberClaim):
    """The share of test images that the trained network classifies correctly."""

    __test__: ClassVar[bool] = False  # its name makes pytest look for tests in it

    kind: ClassVar[str] = "test_accuracy"

    value: PublishedShare

    @property
    def quantity(self) -> Quantity:
        """The accuracy on the test images."""
        return TEST_ACCURACY
