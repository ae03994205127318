"""Claims that one run of the document measured a number, which is judged by the values of several seeds."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable
from typing import Annotated, ClassVar

from pydantic import Field

from harness.declaration.values import WrittenFloat
from harness.evaluations.metric import ACCURACY, LOSS, PERCENT, TEST_ACCURACY, TRAIN, Quantity
from harness.spec.claims.claim import Case, Claim, Ruling, Unit, ValueClaim

PublishedShare = Annotated[
    WrittenFloat,
    Field(
        ge=0,
        le=1,
        description="As published, every digit: 0.9902, not 99.02.",
        json_schema_extra={"minimum": 0, "maximum": 1},
    ),
]
PublishedLoss = Annotated[
    WrittenFloat,
    Field(ge=0, description="As published, every digit.", json_schema_extra={"minimum": 0}),
]

# How well a number has to be known to be confirmed: .30 points of accuracy are about a third of the error of these
# networks, and so a third of a published loss or of any other number.
SHARE_MARGIN = 0.0030
RELATIVE_MARGIN = 1 / 3


class NumberClaim(ValueClaim):
    """One run of the document gave this number."""

    value: WrittenFloat

    @property
    @abstractmethod
    def quantity(self) -> Quantity:
        """What the number measures."""

    @property
    def unit(self) -> Unit:
        """That of the metric."""
        return Unit.PERCENT if self.quantity.metric.unit == PERCENT else Unit.PLAIN

    @property
    def margin(self) -> float:
        """How well the number has to be known to be confirmed: within ± this."""
        return SHARE_MARGIN if self.unit is Unit.PERCENT else RELATIVE_MARGIN * self.value

    def judge(self, case: Case) -> Ruling:
        """Compare with the values over seeds."""
        return case.published_number(self.value, case.values(self.quantity), self.margin)


class TestAccuracy(NumberClaim):
    """The share of test images that the trained network classifies correctly."""

    __test__: ClassVar[bool] = False  # its name makes pytest look for tests in it

    value: PublishedShare

    @property
    def quantity(self) -> Quantity:
        """The accuracy on the test images."""
        return TEST_ACCURACY


class TestLoss(NumberClaim):
    """The loss on the test images after training."""

    __test__: ClassVar[bool] = False  # its name makes pytest look for tests in it

    value: PublishedLoss

    @property
    def quantity(self) -> Quantity:
        """The loss on the test images."""
        return Quantity("test", LOSS)


class TrainAccuracy(NumberClaim):
    """The accuracy on the training images as Keras prints it for the last epoch: a running mean."""

    value: PublishedShare

    @property
    def quantity(self) -> Quantity:
        """The accuracy on the training images."""
        return Quantity(TRAIN, ACCURACY)


def published_value(claims: Iterable[Claim], quantity: Quantity) -> WrittenFloat | None:
    """Return the published value of the quantity that is written with the most digits, if there is one."""
    numbers = (claim for claim in claims if isinstance(claim, NumberClaim))
    values = [claim.value for claim in numbers if claim.quantity == quantity]
    return max(values, key=lambda value: value.decimals, default=None)
