"""A claim about the accuracy on the test images."""

from __future__ import annotations

from typing import ClassVar

from harness.spec.claims.claim import Unit
from harness.spec.claims.of_number import WIDEST_SHARE, NumberClaim, PublishedShare


class TestAccuracy(NumberClaim):
    """The share of test images that the trained network classifies correctly."""

    __test__: ClassVar[bool] = False  # its name makes pytest look for tests in it

    kind: ClassVar[str] = "test_accuracy"
    evaluation: ClassVar[str] = "test"
    metric: ClassVar[str] = "accuracy"
    unit: ClassVar[Unit] = Unit.PERCENT

    value: PublishedShare

    @property
    def widest(self) -> float:
        """The same for every accuracy."""
        return WIDEST_SHARE
