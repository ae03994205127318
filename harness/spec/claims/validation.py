"""A claim that one run of the document, or several, had this accuracy on the training images that were held out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from harness.declaration.spec_error import SpecError
from harness.evaluations.metric import ACCURACY, VALIDATION, Quantity
from harness.spec.claims.metrics import NumberClaim, PublishedShare, PublishedShares

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

    def check(self, spec: SpecFile, dataset: Dataset | None) -> Iterator[SpecError]:
        """Find a recipe that holds out none."""
        del dataset
        if not spec.recipe.holds_out:
            what = "the recipe holds out no images to validate on"
            yield SpecError((), what, "add 'validation_split' to it, or claim test_accuracy")
