"""Claims about what is held out of the training: its accuracy, and the epoch whose weights are best on it."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from harness.declaration.spec_error import SpecError
from harness.evaluations.metric import ACCURACY, VALIDATION, Quantity
from harness.spec.claims.claim import Case, Ruling, ValueClaim
from harness.spec.claims.metrics import RELATIVE_MARGIN, NumberClaim, PublishedShare, PublishedShares

if TYPE_CHECKING:
    from harness.data.dataset import Dataset
    from harness.spec.architecture import SpecFile


class ValidationAccuracy(NumberClaim):
    """The accuracy on the images that validation_split or a fold holds out, with the weights that count."""

    value: PublishedShare = None
    values: PublishedShares = None

    @property
    def quantity(self) -> Quantity:
        """The accuracy on the images held out."""
        return Quantity(VALIDATION, ACCURACY)

    def check(self, spec: "SpecFile", dataset: "Dataset | None") -> Iterator[SpecError]:
        """Find a recipe that holds out none."""
        del dataset
        if not spec.recipe.holds_out:
            what = "the recipe holds out no images to validate on"
            yield SpecError((), what, "add 'validation_split' to it, or claim test_accuracy")


class BestEpoch(ValueClaim):
    """The weights of this epoch counted in one run of the document, as its recipe chooses them."""

    value: Annotated[int, Field(ge=1, description="The epoch, counted from 1 through all phases.")]

    def judge(self, case: Case) -> Ruling:
        """Compare with the epochs that count over seeds."""
        return case.best_epoch(self.value, RELATIVE_MARGIN * self.value)

    def check(self, spec: "SpecFile", dataset: "Dataset | None") -> Iterator[SpecError]:
        """Find a recipe that chooses no epoch, and an epoch that is not trained."""
        del dataset
        if not spec.recipe.keeps_best:
            what = "the recipe keeps the weights of its last epoch"
            yield SpecError((), what, "add 'best_epoch: {monitor: val_accuracy}' and 'validation_split: 0.1' to it")
        elif self.value > spec.epochs:
            what = f"{spec.epochs} epochs are trained, and this is about epoch {self.value}"
            yield SpecError(("value",), what, f"write {spec.epochs} or less")
