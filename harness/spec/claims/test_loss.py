"""A claim about the loss on the test images."""

from __future__ import annotations

from typing import ClassVar

from harness.spec.claims.of_number import WIDEST_PART_OF_LOSS, NumberClaim, PublishedLoss


class TestLoss(NumberClaim):
    """The loss on the test images after training."""

    __test__: ClassVar[bool] = False  # its name makes pytest look for tests in it

    kind: ClassVar[str] = "test_loss"
    evaluation: ClassVar[str] = "test"
    metric: ClassVar[str] = "loss"

    value: PublishedLoss

    @property
    def widest(self) -> float:
        """A part of the loss: losses have no scale of their own."""
        return WIDEST_PART_OF_LOSS * self.value
