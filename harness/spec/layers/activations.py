"""Activations as layers of their own, under Keras' names; functions inside other layers are their fields."""

from __future__ import annotations

from math import prod
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from harness.declaration.values import NonNegative, Number, listed
from harness.spec.layers import fields as f
from harness.spec.layers.fields import ActivationName
from harness.spec.layers.layer import LayerKind, SameShape
from harness.spec.layers.shapes import Shape, misfit, text
from harness.spec.layers.weights import Initializer, Zeros


class Activation(SameShape, LayerKind):
    """A function of every number, by its name."""

    activation: ActivationName


class ReLU(SameShape, LayerKind):
    """The number where it is positive, else 0 (or a slope of it)."""

    max_value: Annotated[NonNegative | None, Field(description="Largest output; none by default.")] = None
    negative_slope: Annotated[NonNegative, Field(description="Slope below the threshold.")] = 0.0
    threshold: Annotated[NonNegative, Field(description="Value below which the input is cut.")] = 0.0


class LeakyReLU(SameShape, LayerKind):
    """The number where it is positive, else a part of it."""

    negative_slope: Annotated[NonNegative, Field(description="Slope below 0.")] = 0.3


def _in_order(axes: tuple[int, ...] | None) -> tuple[int, ...] | None:
    return tuple(sorted(set(axes))) if axes else None


_INDEX: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": 3}
SharedAxes = Annotated[
    Annotated[tuple[Annotated[int, Field(ge=1, le=3)], ...], Field(strict=False)] | None,
    Field(description="Dimensions (1: height, 2: width, 3: channels) along which one slope is shared."),
    BeforeValidator(listed),
    AfterValidator(_in_order),
    WithJsonSchema({"anyOf": [_INDEX, {"type": "array", "items": _INDEX}, {"type": "null"}]}),
]


class PReLU(LayerKind):
    """The number where it is positive, else a trained part of it."""

    alpha_initializer: Annotated[Initializer, f.VECTOR, Field(description="What slopes start from.")] = Zeros()
    alpha_regularizer: f.WeightRegularizer = None
    alpha_constraint: f.VectorConstraint = None
    shared_axes: SharedAxes = None

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the input's shape."""
        if max(self.shared_axes or (1,)) > len(input_shape):
            what = f"there is no dimension {max(self.shared_axes or (1,))} in PReLU's input of {text(input_shape)}"
            raise misfit(what, f"name dimensions up to {len(input_shape)} in shared_axes")
        return input_shape

    def trainable_parameters(self, input_shape: Shape) -> int:
        """Return one slope for each number that shares none."""
        shared = self.shared_axes or ()
        return prod(size for axis, size in enumerate(input_shape, start=1) if axis not in shared)


class ELU(SameShape, LayerKind):
    """The number where it is positive, else alpha x (exp(number) - 1)."""

    alpha: Annotated[Number, Field(description="What large negative numbers go to, without its sign.")] = 1.0


class Softmax(LayerKind):
    """Numbers made positive with a sum of 1 over the channels (or the dimensions named)."""

    axis: f.LastAxes = (-1,)

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the input's shape."""
        f.sizes("Softmax", self.axis, input_shape)
        return input_shape


class Rescaling(SameShape, LayerKind):
    """Every number times scale plus offset."""

    scale: Annotated[Number, Field(description="Factor.")]
    offset: Annotated[Number, Field(description="Added after the factor.")] = 0.0
