"""Normalizations, under Keras' names; axes are counted from the last, so that each has one name."""

from math import inf, prod
from typing import Annotated, Any, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from harness.declaration.spec_error import refused
from harness.declaration.values import BelowOne, Positive, listed
from harness.spec.layers import fields as f
from harness.spec.layers.layer import LayerKind, SameShape, Shape, misfit, text
from harness.spec.layers.weights import Constant, InitializerKind, Ones, RandomUniform, Zeros

Epsilon = Annotated[Positive, Field(description="Small constant added to the variance.")]


def _in_order(axes: tuple[int, ...]) -> tuple[int, ...]:
    if len(set(axes)) != len(axes):
        raise refused("axis_twice", "a dimension is named twice", "name each dimension once")
    return tuple(sorted(axes))


_INDEX: dict[str, Any] = {"type": "integer", "minimum": -3, "maximum": -1}
LastAxes = Annotated[
    tuple[Annotated[int, Field(ge=-3, le=-1)], ...],
    Field(strict=False, min_length=1, description="Axes, counted from the last: -1 is the channel axis."),
    BeforeValidator(listed),
    AfterValidator(_in_order),
    WithJsonSchema({"anyOf": [_INDEX, {"type": "array", "items": _INDEX, "minItems": 1}]}),
]


def _never_negative(initializer: InitializerKind) -> InitializerKind:
    """Refuse values below 0, which most initializers draw: the first loss is NaN."""
    match initializer:
        case Zeros() | Ones():
            least = 0.0
        case Constant():
            least = initializer.value
        case RandomUniform():
            least = min(initializer.minval, initializer.maxval)
        case _:
            least = -inf
    if least < 0:
        what = f"{initializer.kind} may give a variance below 0, which has no square root"
        raise refused("negative_variance", what, "write ones")
    return initializer


class _OverLastAxes(LayerKind):
    """A layer that keeps the shape, and works on all numbers along its axes together."""

    axis: LastAxes = (-1,)

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the input's shape."""
        self.sizes(input_shape)
        return input_shape

    def sizes(self, shape: Shape) -> Shape:
        """Return the shape's sizes along the axes, or raise that it has no such dimension."""
        if -min(self.axis) > len(shape):
            what = f"there is no dimension {min(self.axis)} in {self.kind}'s input of {text(shape)}"
            raise misfit(what, "name fewer dimensions")
        return tuple(shape[axis] for axis in self.axis)


class _Affine(LayerKind):
    epsilon: Epsilon = 0.001
    center: Annotated[bool, Field(description="Whether a trainable offset (beta) is added.")] = True
    scale: Annotated[bool, Field(description="Whether a trainable factor (gamma) is applied.")] = True
    beta_initializer: f.VectorInitializer = Zeros()
    gamma_initializer: f.VectorInitializer = Ones()
    beta_regularizer: f.WeightRegularizer = None
    gamma_regularizer: f.WeightRegularizer = None
    beta_constraint: f.VectorConstraint = None
    gamma_constraint: f.VectorConstraint = None

    def trainable_parameters(self, input_shape: Shape) -> int:
        """Return offsets and factors."""
        return (self.center + self.scale) * prod(self.sizes(input_shape))

    def sizes(self, shape: Shape) -> Shape:
        """Return the sizes of offsets and factors: one for each channel."""
        return shape[-1:]


class BatchNormalization(SameShape, _Affine):
    """Normalizes each channel to mean 0 and variance 1 over the batch; uses moving averages for inference."""

    momentum: Annotated[BelowOne, Field(description="Momentum of the moving averages.")] = 0.99
    moving_mean_initializer: f.VectorInitializer = Zeros()
    moving_variance_initializer: Annotated[f.VectorInitializer, AfterValidator(_never_negative)] = Ones()

    def frozen_parameters(self, input_shape: Shape) -> int:
        """Return moving means and variances."""
        return 2 * input_shape[-1]


class LayerNormalization(_OverLastAxes, _Affine):
    """Normalizes each example to mean 0 and variance 1 over its channels (or the axes given)."""


class RMSNormalization(_OverLastAxes):
    """Divides each example by its root mean square over its channels (or the axes given)."""

    epsilon: Epsilon = 1e-6

    @model_validator(mode="after")
    def _last_ones(self) -> Self:
        # Keras shapes the factors as the axes alone and multiplies: only the last axes meet their own sizes.
        if self.axis != tuple(range(-len(self.axis), 0)):
            raise refused(
                "last_axes",
                f"Keras' RMSNormalization can't train over the axes {list(self.axis)}",
                "name the last ones: -1, [-2, -1] or [-3, -2, -1]",
            )
        return self

    def trainable_parameters(self, input_shape: Shape) -> int:
        """Return the factors."""
        return prod(self.sizes(input_shape))


class GroupNormalization(_Affine):
    """Normalizes each example to mean 0 and variance 1 within groups of channels."""

    groups: Annotated[int, Field(ge=-1, le=2**31 - 1, description="Number of groups; -1: one per channel.")] = 32

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the input's shape, whose channels the groups must divide."""
        if self.groups == 0 or input_shape[-1] % self.groups:
            what = f"GroupNormalization's {self.groups} groups do not divide the channels of {text(input_shape)}"
            raise misfit(what, f"set groups to a divisor of {input_shape[-1]}")
        return input_shape


class UnitNormalization(_OverLastAxes):
    """Scales each example to unit norm over its channels (or the axes given)."""


class Softmax(_OverLastAxes):
    """Softmax: normalizes to probabilities along the channel axis (or the axes given)."""
