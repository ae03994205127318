"""Claims that something costs a network little accuracy: compared with another network, or by itself."""

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, Self

from pydantic import Field, model_validator

from harness.declaration.spec_error import SpecError, refused
from harness.declaration.values import Line, WrittenFloat
from harness.evaluations.metric import ACCURACY, TEST_ACCURACY, Drop, Quantity
from harness.spec.claims.claim import Case, OrderClaim, Ruling, Unit, Value

if TYPE_CHECKING:
    from harness.data.dataset import Dataset
    from harness.spec.architecture import SpecFile

PICTURE_SIDES = 2
Other = Annotated[Line, Field(min_length=1, description="The other architecture's name.")]
Within = Annotated[
    WrittenFloat, Field(gt=0, lt=1, description="How much of the accuracy it loses at most: 0.003 is .30 points.")
]


class DropClaim(OrderClaim):
    """A claim about how far one share of a run lies below another; ``of_pictures`` where it changes pictures."""

    of_pictures: ClassVar[bool] = True

    @property
    @abstractmethod
    def drop(self) -> Drop:
        """What is lost."""

    def judge(self, case: Case) -> Ruling:
        """Compare what both lose."""
        return case.smaller_drop(self.other, self.drop)

    def check(self, spec: "SpecFile", dataset: "Dataset | None") -> Iterator[SpecError]:
        """Find pictures to be changed where there are none; an evaluation itself would have to import NumPy."""
        if self.of_pictures and dataset is not None and len(dataset.inputs) < PICTURE_SIDES:
            what = f"{self.kind} changes pictures, and examples of {spec.dataset} have no rows and columns"
            yield SpecError((), what, "remove this claim", on_key=True)


class ToleratesShift(DropClaim):
    """Shifted test images cost the network less accuracy than another one, or at most so much.

    Of up to 500 test images, those count that keep all their ink when they are shifted; all four directions do.
    """

    other_field = "than"

    pixels: Annotated[int, Field(ge=1, le=8, description="How far the test images are shifted, 1 to 8 pixels.")]
    than: Other | None = None
    within: Within | None = None

    @model_validator(mode="after")
    def _one_form(self) -> Self:
        if (self.than is None) == (self.within is None):
            found = "neither 'than' nor 'within'" if self.than is None else "both 'than' and 'within'"
            remedy = "write 'than: NAME' to compare it with another one, or 'within: 0.003' for what it may lose"
            raise refused("shift_form", f"{self.kind} has {found}", remedy)
        return self

    @property
    def drop(self) -> Drop:
        """The accuracy on the images as they are minus that on the shifted ones."""
        before, whole = ACCURACY.at(0, "pixels"), replace(ACCURACY, name="whole_accuracy").at(self.pixels, "pixels")
        return Drop(f"accuracy lost at a shift by {self.subject}", Quantity("shift", before), Quantity("shift", whole))

    @property
    def published(self) -> Value:
        """What it loses, compared or at most."""
        return f"≤ {ACCURACY.amount(self.within)}" if self.within else super().published

    @property
    def unit(self) -> Unit:
        """Which of the two is better, or what it may lose."""
        return Unit.PLAIN if self.within else super().unit

    def judge(self, case: Case) -> Ruling:
        """Compare what both lose, or what it loses with what it may."""
        return case.drop_within(self.within, self.drop) if self.within else super().judge(case)

    @property
    def subject(self) -> str:
        """How far."""
        return f"{self.pixels} pixel{'' if self.pixels == 1 else 's'}"

    @property
    def label(self) -> str:
        """The claim in words."""
        than = f" better than {self.than}" if self.than else ""
        return f"tolerates a shift by {self.subject}{than}"

    def __str__(self) -> str:
        """Return the claim in words, with what it may lose."""
        return f"{self.label}: {self.published}" if self.within else self.label


class GapSmallerThan(DropClaim):
    """The training accuracy of the final weights exceeds the test accuracy by less than in another network.

    The training accuracy is that of up to 10,000 of the images that were trained on.
    """

    of_pictures = False
    other_field = "architecture"

    architecture: Other

    @property
    def drop(self) -> Drop:
        """The generalization gap."""
        return Drop("gap", Quantity("train_set", ACCURACY), TEST_ACCURACY)

    @property
    def label(self) -> str:
        """The comparison in words."""
        return f"gap smaller than {self.architecture}"


class LearnsLocalPatterns(DropClaim):
    """The network loses less accuracy than another one where the tiles of an image change places.

    Local patterns within the tiles are left, and no arrangement of them. Up to 500 test images are cut into tiles.
    """

    other_field = "than"

    than: Other
    tiles: Annotated[Literal[2, 4, 7, 14], Field(description="Tiles per side that the test images are cut into.")]

    @property
    def drop(self) -> Drop:
        """The accuracy on the images as they are minus that on shuffled tiles."""
        before, after = (ACCURACY.at(level, "tiles per side") for level in (1, self.tiles))
        title = f"accuracy lost where {self.tiles} × {self.tiles} tiles change places"
        return Drop(title, Quantity("tiles", before), Quantity("tiles", after))

    @property
    def subject(self) -> str:
        """How small the tiles are."""
        return f"{self.tiles} × {self.tiles} tiles"

    @property
    def label(self) -> str:
        """The comparison in words."""
        return f"learns local patterns, more than {self.than} ({self.subject})"
