"""Activations as layers of their own, under Keras' names; functions inside other layers are their fields."""

from math import prod
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from harness.declaration.values import NonNegative, Number, listed
from harness.spec.layers import fields as f
from harness.spec.layers.fields import ActivationName
from harness.spec.layers.layer import LayerKind, SameShape, Shape, misfit, text
from harness.spec.layers.weights import Initializer, Zeros


class Activation(SameShape, LayerKind):
    """Activation function, given by its name."""

    activation: ActivationName


class ReLU(SameShape, LayerKind):
    """Rectified linear unit: keeps positive values and sets the others to 0, or scales them by negative_slope."""

    max_value: Annotated[NonNegative | None, Field(description="Maximum output; none by default.")] = None
    negative_slope: Annotated[NonNegative, Field(description="Slope below the threshold.")] = 0.0
    threshold: Annotated[NonNegative, Field(description="Value below which the input is cut off.")] = 0.0


class LeakyReLU(SameShape, LayerKind):
    """Leaky rectified linear unit: scales negative values by negative_slope."""

    negative_slope: Annotated[NonNegative, Field(description="Slope for negative values.")] = 0.3


def _in_order(axes: tuple[int, ...] | None) -> tuple[int, ...] | None:
    return tuple(sorted(set(axes))) if axes else None


_INDEX: dict[str, Any] = {"type": "integer", "minimum": 1, "maximum": 3}
SharedAxes = Annotated[
    Annotated[tuple[Annotated[int, Field(ge=1, le=3)], ...], Field(strict=False)] | None,
    Field(description="Axes (1: height, 2: width, 3: channels) along which slopes are shared."),
    BeforeValidator(listed),
    AfterValidator(_in_order),
    WithJsonSchema({"anyOf": [_INDEX, {"type": "array", "items": _INDEX}, {"type": "null"}]}),
]


class PReLU(LayerKind):
    """Parametric rectified linear unit: scales negative values by trainable slopes."""

    alpha_initializer: Annotated[Initializer, f.VECTOR, Field(description="Initializer of the slopes.")] = Zeros()
    alpha_regularizer: f.WeightRegularizer = None
    alpha_constraint: f.VectorConstraint = None
    shared_axes: SharedAxes = None

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the input's shape."""
        last = max(self.shared_axes or (1,))
        if last > len(input_shape):
            what = f"there is no dimension {last} in PReLU's input of {text(input_shape)}"
            raise misfit(what, f"name dimensions up to {len(input_shape)} in shared_axes")
        return input_shape

    def trainable_parameters(self, input_shape: Shape) -> int:
        """Return one slope for each value that shares none."""
        shared = self.shared_axes or ()
        return prod(size for axis, size in enumerate(input_shape, start=1) if axis not in shared)


class ELU(SameShape, LayerKind):
    """Exponential linear unit: x where it is positive, else alpha × (exp(x) - 1)."""

    alpha: Annotated[Number, Field(description="Limit for large negative values, without its sign.")] = 1.0


class Rescaling(SameShape, LayerKind):
    """Multiplies by scale and adds offset."""

    scale: Annotated[Number, Field(description="Factor.")]
    offset: Annotated[Number, Field(description="Added after the factor.")] = 0.0
