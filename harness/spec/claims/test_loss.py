"""A claim about the loss on the test images."""

from __future__ import annotations

from typing import ClassVar

from harness.evaluations.metric import LOSS, Quantity
from harness.spec.claims.number_claim import NumberClaim, PublishedLoss


class TestLoss(NumberClaim):
    """The loss on the test images after training."""

    __test__: ClassVar[bool] = False  # its name makes pytest look for tests in it

    kind: ClassVar[str] = "test_loss"

    value: PublishedLoss

    @property
    def quantity(self) -> Quantity:
        """The loss on the test images."""
        return Quantity("test", LOSS)
