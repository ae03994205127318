"""Claims that one run of the document measured a number, or several runs some, judged by the values of our seeds."""

from abc import abstractmethod
from collections.abc import Iterable, Iterator
from statistics import median
from typing import TYPE_CHECKING, Annotated, ClassVar, Self

from pydantic import Field, model_validator

from harness.declaration.spec_error import SpecError, refused
from harness.declaration.values import WrittenFloat
from harness.evaluations.metric import (
    ACCURACY,
    FEWEST_CLASSES,
    LOSS,
    PERCENT,
    TEST,
    TEST_ACCURACY,
    TOP_5,
    TRAIN,
    Quantity,
)
from harness.spec.claims.claim import Case, Claim, Ruling, Unit, Value

if TYPE_CHECKING:
    from harness.data.dataset import Dataset
    from harness.spec.architecture import SpecFile

DIGITS = "As published, every digit"
Share = Annotated[WrittenFloat, Field(ge=0, le=1, json_schema_extra={"minimum": 0, "maximum": 1})]
Loss = Annotated[WrittenFloat, Field(ge=0, json_schema_extra={"minimum": 0})]
Several = Field(
    strict=False, min_length=2, description="As published, one for each of several runs of the same recipe."
)
PublishedShare = Annotated[Share | None, Field(description=f"{DIGITS}: 0.9902, not 99.02.")]
PublishedLoss = Annotated[Loss | None, Field(description=f"{DIGITS}.")]
PublishedShares = Annotated[tuple[Share, ...] | None, Several]
PublishedLosses = Annotated[tuple[Loss, ...] | None, Several]

# How near the typical run has to be: .30 points of accuracy are about a third of the error of these
# networks, and so a third of a published loss or of any other number.
SHARE_MARGIN = 0.0030
RELATIVE_MARGIN = 1 / 3


class NumberClaim(Claim):
    """One run of the document gave this number, or several runs of one recipe gave these.

    A kind says in ``value`` and ``values`` what its numbers may be.
    """

    value: WrittenFloat | None = None
    values: tuple[WrittenFloat, ...] | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if self.value is None and self.values is None:
            raise refused("number_missing", f"{self.kind} needs 'value'", "add it, or 'values' for several runs")
        if self.value is not None and self.values is not None:
            what = f"{self.kind} has both 'value' and 'values'"
            raise refused("number_twice", what, "keep 'value' for one run, 'values' for several")
        return self

    @property
    @abstractmethod
    def quantity(self) -> Quantity:
        """What the number measures."""

    @property
    def numbers(self) -> tuple[WrittenFloat, ...]:
        """The numbers, one per published run."""
        return (self.values or ()) if self.value is None else (self.value,)

    @property
    def published(self) -> Value:
        """The number with every digit as published, or the numbers of several runs."""
        return self.numbers if self.value is None else self.value

    @property
    def unit(self) -> Unit:
        """That of the metric."""
        return Unit.PERCENT if self.quantity.metric.unit == PERCENT else Unit.PLAIN

    @property
    def measured_unit(self) -> Unit:
        """That of the metric, and for several runs that of differences."""
        if self.values is None:
            return self.unit
        return Unit.POINTS if self.unit is Unit.PERCENT else Unit.DIFFERENCE

    @property
    def margin(self) -> float:
        """How near the typical run has to be: within ± this."""
        return SHARE_MARGIN if self.unit is Unit.PERCENT else RELATIVE_MARGIN * median(self.numbers)

    def judge(self, case: Case) -> Ruling:
        """Compare with the values over seeds."""
        if self.value is not None:
            return case.published_number(self.value, self.quantity, self.margin)
        return case.published_runs(self.numbers, self.quantity, self.margin)


class TestAccuracy(NumberClaim):
    """The share of test images that the trained network classifies correctly."""

    __test__: ClassVar[bool] = False  # its name makes pytest look for tests in it

    value: PublishedShare = None
    values: PublishedShares = None

    @property
    def quantity(self) -> Quantity:
        """The accuracy on the test images."""
        return TEST_ACCURACY


class TestLoss(NumberClaim):
    """The loss on the test images after training."""

    __test__: ClassVar[bool] = False  # its name makes pytest look for tests in it

    value: PublishedLoss = None
    values: PublishedLosses = None

    @property
    def quantity(self) -> Quantity:
        """The loss on the test images."""
        return Quantity("test", LOSS)


class TrainAccuracy(NumberClaim):
    """The accuracy on the training images as Keras prints it for the last epoch, or an earlier one: a running mean."""

    value: PublishedShare = None
    values: PublishedShares = None
    epoch: Annotated[
        int | None,
        Field(ge=1, description="After which epoch, counted from 1 through all phases; by default the last."),
    ] = None

    def judge(self, case: Case) -> Ruling:
        """Compare with the values over seeds, after the epoch."""
        return super().judge(case.after(self.epoch) if self.epoch else case)

    def check(self, spec: "SpecFile", dataset: "Dataset | None") -> Iterator[SpecError]:
        """Find an epoch that is not trained."""
        del dataset
        if self.epoch and self.epoch > spec.epochs:
            what = f"{spec.epochs} epochs are trained, and this is about epoch {self.epoch}"
            yield SpecError(("epoch",), what, f"write {spec.epochs} or less")

    @property
    def subject(self) -> str:
        """The epoch, if it is not the last."""
        return f"epoch {self.epoch}" if self.epoch else ""

    @property
    def quantity(self) -> Quantity:
        """The accuracy on the training images."""
        return Quantity(TRAIN, ACCURACY)


class TopFiveAccuracy(NumberClaim):
    """The share of test images whose class is among the five with the highest scores."""

    value: PublishedShare = None
    values: PublishedShares = None

    @classmethod
    def names(cls) -> tuple[str, ...]:
        """Return the metric's name."""
        return (TOP_5.name,)

    @property
    def quantity(self) -> Quantity:
        """The top-5 accuracy on the test images."""
        return Quantity(TEST, TOP_5)

    def check(self, spec: "SpecFile", dataset: "Dataset | None") -> Iterator[SpecError]:
        """Find a data set with so few classes that it is not measured."""
        if dataset is not None and dataset.multi_label:
            what = f"top-5 accuracy is of one class for each example, and those of {spec.dataset} may have several"
            yield SpecError((), what, "claim test_accuracy", on_key=True)
        elif dataset is not None and len(dataset.classes) < FEWEST_CLASSES:
            what = f"top-5 accuracy is measured from {FEWEST_CLASSES} classes on, and {spec.dataset} has"
            yield SpecError((), f"{what} {len(dataset.classes)}", "claim test_accuracy", on_key=True)


def published_value(claims: Iterable[Claim], quantity: Quantity) -> WrittenFloat | None:
    """Return the published number of one run that is written with the most digits, if there is one."""
    numbers = (claim for claim in claims if isinstance(claim, NumberClaim) and claim.quantity == quantity)
    values = [claim.value for claim in numbers if claim.value is not None]
    return max(values, key=lambda value: value.decimals, default=None)
