"""A claim about the class of one test image."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from harness.declaration.spec_error import SpecError
from harness.spec.claims.claim import Case, Ruling, Unit, ValueClaim

if TYPE_CHECKING:
    from harness.data.dataset import Dataset
    from harness.spec.architecture import SpecFile


class Prediction(ValueClaim):
    """The trained network predicts this class for one test image."""

    image: int = Field(ge=0, description="The test image's index, counted from 0 as in the document.")
    value: Annotated[int, Field(ge=0, description="The class that the network predicts.")]

    def judge(self, case: Case) -> Ruling:
        """Count the seeds that predict the class."""
        return case.most_seeds(self.value, case.predictions("test", self.image))

    def check(self, spec: "SpecFile", dataset: "Dataset | None") -> Iterator[SpecError]:
        """Find an image or a class that the data set doesn't have."""
        if dataset is None:
            return
        if dataset.multi_label:
            what = f"the claim is of the one class of an image, and examples of {spec.dataset} may have several"
            yield SpecError((), what, "remove it", on_key=True)
            return
        limits = (
            ("image", self.image, dataset.test_examples, "test images"),
            ("value", self.value, len(dataset.classes), "classes"),
        )
        for field, number, limit, noun in limits:
            if number >= limit:
                what = f"{spec.dataset} has {limit:,} {noun}, counted from 0, and this is {number:,}"
                yield SpecError((field,), what, f"write {limit - 1:,} or less")

    @property
    def measured_unit(self) -> Unit:
        """The share of the seeds that predict the class."""
        return Unit.SEEDS

    @property
    def subject(self) -> str:
        """The image."""
        return f"image {self.image}"
