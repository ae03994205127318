"""Layers made of layers, for graphs that are not sequential: how chains are joined, whatever their layers are."""

from abc import abstractmethod
from types import ModuleType
from typing import Annotated, Any, Literal, Self

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticKnownError

from harness.declaration.spec_error import SpecError, refused
from harness.spec.layers.layer import IMAGE_RANK, Chain, Layer, OwnLayer, Shape, ShapeError, misfit, text


def _at_least(needed: int) -> AfterValidator:
    """Return the check that comes after the items' own: pydantic's counts invalid items as absent ones."""

    def check(items: tuple[Any, ...]) -> tuple[Any, ...]:
        if len(items) < needed:
            raise PydanticKnownError(
                "too_short", {"field_type": "List", "min_length": needed, "actual_length": len(items)}
            )
        return items

    return AfterValidator(check)


Layers = Annotated[
    tuple[Layer, ...],
    Field(strict=False, description="Layers, one after another.", json_schema_extra={"minItems": 1}),
    _at_least(1),
]
Branches = Annotated[
    tuple[Annotated[tuple[Layer, ...], Field(strict=False)], ...],
    Field(
        strict=False,
        description="Lists of layers; an empty list passes the input through.",
        json_schema_extra={"minItems": 2},
    ),
    _at_least(2),
]


class CompositeKind(OwnLayer):
    """A layer made of chains that all start at its input."""

    @property
    def ways(self) -> tuple[Chain, ...]:
        """The chains that its input goes through: those inside."""
        return self.chains

    @abstractmethod
    def joined_shape(self, shapes: tuple[Shape, ...], input_shape: Shape) -> Shape:
        """Return the shape that the chains' outputs are joined to, or raise ShapeError."""

    @abstractmethod
    def join(self, keras: ModuleType, outputs: list[Any]) -> Any:  # noqa: ANN401 (Keras' tensors)
        """Return the Keras tensor that the chains' outputs are joined to."""

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the joined shape, or raise the mistakes of all chains at once."""
        shapes: list[Shape] = []
        mistakes: list[SpecError] = []
        for part in self.ways:
            try:
                shapes.append(part.output_shape(input_shape))
            except ShapeError as error:
                mistakes += error.below(self.kind).mistakes
        if mistakes:
            raise ShapeError(mistakes)
        return self.joined_shape(tuple(shapes), input_shape)

    def connect(self, keras: ModuleType, x: Any) -> Any:  # noqa: ANN401 (Keras' tensors)
        """Return the joined Keras tensor."""
        return self.join(keras, [chain.connect(keras, x) for chain in self.chains])


class Residual(CompositeKind):
    """Residual connection: adds the input (through the projection, if given) to the output of the layers."""

    layers: Layers
    projection: Annotated[
        tuple[Layer, ...],
        Field(strict=False, description="Layers that map the input to the output's shape; none by default."),
    ] = ()

    @property
    def chains(self) -> tuple[Chain, ...]:
        """The layers, then the projection."""
        return (Chain(("layers",), self.layers), Chain(("projection",), self.projection))

    def joined_shape(self, shapes: tuple[Shape, ...], input_shape: Shape) -> Shape:
        """Return the layers' shape, which the other must equal."""
        output, shortcut = shapes
        if output != shortcut:
            other = "its projection makes" if self.projection else "its input is"
            what = f"Residual adds what does not fit: its layers make {text(output)}, {other} {text(shortcut)}"
            raise misfit(what, f"give it a projection from {text(input_shape)} to {text(output)}")
        return output

    def join(self, keras: ModuleType, outputs: list[Any]) -> Any:  # noqa: ANN401 (Keras' tensors)
        """Add the two."""
        return keras.layers.Add()(outputs)


# How branches are joined, and Keras' layer that does.
MERGES = {
    "add": "Add",
    "concatenate": "Concatenate",
    "multiply": "Multiply",
    "average": "Average",
    "maximum": "Maximum",
    "minimum": "Minimum",
    "subtract": "Subtract",
}
TWO = 2


class Parallel(CompositeKind):
    """Parallel branches on the same input, joined element by element or concatenated along the channels."""

    branches: Branches
    merge: Annotated[
        Literal["add", "concatenate", "multiply", "average", "maximum", "minimum", "subtract"],
        Field(
            description="concatenate: along the channels; all others element by element, where a size of 1 fits any "
            "other; subtract: the second from the first."
        ),
    ]

    @model_validator(mode="after")
    def _fields_fit(self) -> Self:
        if self.merge == "subtract" and len(self.branches) != TWO:
            what = f"subtract takes two branches, and there are {len(self.branches)}"
            raise refused("subtract", what, "leave two of them")
        return self

    @property
    def chains(self) -> tuple[Chain, ...]:
        """The branches in their order."""
        return tuple(Chain(("branches", index), branch) for index, branch in enumerate(self.branches))

    def joined_shape(self, shapes: tuple[Shape, ...], input_shape: Shape) -> Shape:
        """Return the shape of what is made element by element, or of the concatenation."""
        del input_shape
        first, listed = shapes[0], ", ".join(text(shape) for shape in shapes)
        if self.merge != "concatenate":
            sizes = [set(found) - {1} for found in zip(*shapes, strict=False)]
            if len({len(shape) for shape in shapes}) > 1 or any(len(found) > 1 for found in sizes):
                what = f"Parallel can't {self.merge} what does not fit: its branches make {listed}"
                raise misfit(what, "make them equal")
            return tuple(max(found) for found in zip(*shapes, strict=True))
        if len({shape[:-1] for shape in shapes}) > 1:
            equal = "height and width" if len(first) == IMAGE_RANK else "all but the last size"
            raise misfit(f"Parallel cannot concatenate its branches' {listed}", f"make {equal} equal")
        return (*first[:-1], sum(shape[-1] for shape in shapes))

    def join(self, keras: ModuleType, outputs: list[Any]) -> Any:  # noqa: ANN401 (Keras' tensors)
        """Join the branches."""
        return getattr(keras.layers, MERGES[self.merge])()(outputs)
