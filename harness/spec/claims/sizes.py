"""Claims about how layers change the size of an image and how much of it they see: arithmetic of the spec alone."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

from pydantic import Field

from harness.declaration.spec_error import SpecError
from harness.spec.claims.claim import Case, Claim, Ruling
from harness.spec.claims.structure import FROM_SPEC, beyond_last_layer

if TYPE_CHECKING:
    from harness.data.dataset import Dataset
    from harness.spec.architecture import SpecFile

LayerNumber = Annotated[int, Field(ge=1, description="Which layer, counted from 1.")]


class Halves(Claim):
    """One layer halves the height and the width of its input, to the pixel."""

    basis = "spec"

    layer: LayerNumber

    @property
    def published(self) -> str:
        """That both are halved."""
        return "half"

    def judge(self, case: Case) -> Ruling:
        """Compare the sizes before and behind the layer."""
        shapes = [case.input_shape, *(layer.output_shape for layer in case.layers)]
        before, behind = (shape[:2] for shape in (shapes[self.layer - 1], shapes[self.layer]))
        halved = tuple(2 * side for side in behind) == before
        change = f"{_text(before)} becomes {_text(behind)}"
        exact = " × ".join(f"{side / 2:g}" for side in before)
        reason = change if halved else f"{change}; half would be {exact}"
        ruling = case.without_numbers("reproduced" if halved else "refuted", f"{reason}; {FROM_SPEC}")
        return replace(ruling, measured=behind)

    def check(self, spec: "SpecFile", dataset: "Dataset | None") -> Iterator[SpecError]:
        """Find a layer that is not there, or one that makes no image."""
        yield from beyond_last_layer("layer", self.layer, spec)
        yield from _no_image(self, "layer", self.layer, spec, dataset)

    @property
    def subject(self) -> str:
        """The layer."""
        return f"layer {self.layer}"

    @property
    def label(self) -> str:
        """The claim in words."""
        return f"{self.subject} halves height and width"

    def __str__(self) -> str:
        """Return the claim in words: it has no value."""
        return self.label


class SeesMore(Claim):
    """A value of one layer depends on a larger part of the image than one of an earlier layer.

    That is what the layer can learn from; it does not say what it has learnt.
    """

    basis = "spec"

    layer: LayerNumber
    than: Annotated[int, Field(ge=1, description="The other layer, counted from 1.")]

    @property
    def published(self) -> str:
        """That it sees more."""
        return f"more than layer {self.than}"

    def judge(self, case: Case) -> Ruling:
        """Compare the two receptive fields."""
        ours, theirs = (case.receptive_fields[number - 1] for number in (self.layer, self.than))
        if ours is None or theirs is None:
            return case.without_numbers("not tested", "what a layer sees is not known behind what enlarges images")
        more = ours != theirs and all(mine >= other for mine, other in zip(ours, theirs, strict=True))
        reason = f"it sees {_text(ours)} pixels of the image, layer {self.than} {_text(theirs)}; {FROM_SPEC}"
        return replace(case.without_numbers("reproduced" if more else "refuted", reason), measured=ours)

    def check(self, spec: "SpecFile", dataset: "Dataset | None") -> Iterator[SpecError]:
        """Find a layer that is not there."""
        del dataset
        for field, number in (("layer", self.layer), ("than", self.than)):
            yield from beyond_last_layer(field, number, spec)

    @property
    def subject(self) -> str:
        """The layer."""
        return f"layer {self.layer}"

    @property
    def label(self) -> str:
        """The claim in words."""
        return f"{self.subject} sees more than layer {self.than}"

    def __str__(self) -> str:
        """Return the claim in words: it has no value."""
        return self.label


def _no_image(
    claim: Claim, field: str, number: int, spec: "SpecFile", dataset: "Dataset | None"
) -> Iterator[SpecError]:
    """Yield the field if the layer's input or output is not an image: two sizes are needed to be halved."""
    from harness.spec.layers.layer import IMAGE_RANK, Chain, ShapeError  # noqa: PLC0415 - claims need no layers else

    if dataset is None or number > len(spec.layers):
        return
    try:
        before, behind = (Chain((), spec.layers[:end]).output_shape(dataset.inputs) for end in (number - 1, number))
    except ShapeError:  # reported by itself
        return
    if len(before) < IMAGE_RANK or len(behind) < IMAGE_RANK:
        remedy = "name a layer that takes and makes images"
        yield SpecError((field,), f"{claim.kind} is about images, and layer {number} makes {_text(behind)}", remedy)


def _text(sizes: tuple[int, ...]) -> str:
    return " × ".join(map(str, sizes))
