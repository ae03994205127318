"""What a document states about its network, one small class per kind; judges nothing.

Layers are numbered from 1, as a reader counts the rows of a printed summary; a composite is one layer.
"""

from __future__ import annotations

from typing import Annotated, ClassVar

from pydantic import Field

from harness.declaration.kinds import Family, Kind
from harness.declaration.values import Line, Text, WrittenFloat

Where = Annotated[Text, Field(min_length=1, description="Where the document says so, e.g. In [4].")]
LayerNumber = Annotated[int, Field(ge=1, description="Which layer, counted from 1.")]
WholeNumber = Annotated[int, Field(ge=0, description="The number that the document gives.")]
Share = Annotated[
    WrittenFloat,
    Field(
        ge=0,
        le=1,
        description="As published, every digit: 0.9902, not 99.02.",
        json_schema_extra={"minimum": 0, "maximum": 1},
    ),
]
Loss = Annotated[WrittenFloat, Field(ge=0, description="As published, every digit.", json_schema_extra={"minimum": 0})]


class Claim(Kind):
    """One statement of a document, with the place where it stands."""

    where: Where


class Parameters(Claim):
    """The network, or its first layers, have this many parameters."""

    kind: ClassVar[str] = "parameters"
    value: WholeNumber
    layers: int | None = Field(default=None, ge=1, description="Count the first so many layers only.")


class LayerParameters(Claim):
    """One layer has this many parameters."""

    kind: ClassVar[str] = "layer_parameters"
    layer: LayerNumber
    value: WholeNumber


class OutputShape(Claim):
    """One layer gives this shape, batch left out: [26, 26, 32]."""

    kind: ClassVar[str] = "output_shape"
    layer: LayerNumber
    value: Annotated[
        tuple[Annotated[int, Field(ge=1)], ...],
        Field(strict=False, min_length=1, description="The shape, batch left out."),
    ]


class TestAccuracy(Claim):
    """The share of test images that the trained network gets right."""

    __test__: ClassVar[bool] = False  # its name makes pytest look for tests in it
    kind: ClassVar[str] = "test_accuracy"
    value: Share


class TestLoss(Claim):
    """The loss over the test images after training."""

    __test__: ClassVar[bool] = False
    kind: ClassVar[str] = "test_loss"
    value: Loss


class TrainAccuracy(Claim):
    """The accuracy over the training images as Keras prints it for the last epoch: a running mean."""

    kind: ClassVar[str] = "train_accuracy"
    value: Share


class Prediction(Claim):
    """One test image is given this class."""

    kind: ClassVar[str] = "prediction"
    image: int = Field(ge=0, description="The test image's index, counted from 0 as in the document.")
    value: Annotated[int, Field(ge=0, description="The class that the network says.")]


class BetterThan(Claim):
    """The network's test accuracy is higher than another architecture's."""

    kind: ClassVar[str] = "better_than"
    architecture: Line = Field(min_length=1, description="The other architecture's name.")


class Statement(Claim):
    """Something the document says that these numbers can't judge; it is listed as not tested, with the reason."""

    kind: ClassVar[str] = "statement"
    text: Text = Field(min_length=1, description="What it says, in your own words.")
    reason: Text = Field(min_length=1, description="Why the numbers here can't judge it.")


AnyClaim = Annotated[Claim, Family("claim", Claim, __name__)]
