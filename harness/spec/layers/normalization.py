"""Normalizations, under Keras' names; axes are counted from the last, so that each has one name."""

from __future__ import annotations

from math import prod
from typing import Annotated

from pydantic import Field

from harness.declaration.values import BelowOne, Positive
from harness.spec.layers import fields as f
from harness.spec.layers.layer import LayerKind, SameShape, Shape, misfit, text
from harness.spec.layers.weights import Ones, Zeros

Epsilon = Annotated[Positive, Field(description="Small constant added to the variance.")]
Center = Annotated[bool, Field(description="Whether a trainable offset (beta) is added.")]
Scale = Annotated[bool, Field(description="Whether a trainable factor (gamma) is applied.")]


class BatchNormalization(SameShape, LayerKind):
    """Normalizes each channel to mean 0 and variance 1 over the batch; uses moving averages for inference."""

    momentum: Annotated[BelowOne, Field(description="Momentum of the moving averages.")] = 0.99
    epsilon: Epsilon = 0.001
    center: Center = True
    scale: Scale = True
    beta_initializer: f.VectorInitializer = Zeros()
    gamma_initializer: f.VectorInitializer = Ones()
    moving_mean_initializer: f.VectorInitializer = Zeros()
    moving_variance_initializer: f.VectorInitializer = Ones()
    beta_regularizer: f.WeightRegularizer = None
    gamma_regularizer: f.WeightRegularizer = None
    beta_constraint: f.VectorConstraint = None
    gamma_constraint: f.VectorConstraint = None

    def trainable_parameters(self, input_shape: Shape) -> int:
        """Return offsets and factors."""
        return (self.center + self.scale) * input_shape[-1]

    def frozen_parameters(self, input_shape: Shape) -> int:
        """Return moving means and variances."""
        return 2 * input_shape[-1]


class LayerNormalization(LayerKind):
    """Normalizes each example to mean 0 and variance 1 over its channels (or the axes given)."""

    axis: f.LastAxes = (-1,)
    epsilon: Epsilon = 0.001
    center: Center = True
    scale: Scale = True
    beta_initializer: f.VectorInitializer = Zeros()
    gamma_initializer: f.VectorInitializer = Ones()
    beta_regularizer: f.WeightRegularizer = None
    gamma_regularizer: f.WeightRegularizer = None
    beta_constraint: f.VectorConstraint = None
    gamma_constraint: f.VectorConstraint = None

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the input's shape."""
        f.sizes("LayerNormalization", self.axis, input_shape)
        return input_shape

    def trainable_parameters(self, input_shape: Shape) -> int:
        """Return offsets and factors."""
        return (self.center + self.scale) * prod(f.sizes("LayerNormalization", self.axis, input_shape))


class RMSNormalization(LayerKind):
    """Divides each example by its root mean square over its channels (or the axes given)."""

    axis: f.LastAxes = (-1,)
    epsilon: Epsilon = 1e-6

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the input's shape."""
        f.sizes("RMSNormalization", self.axis, input_shape)
        return input_shape

    def trainable_parameters(self, input_shape: Shape) -> int:
        """Return the factors."""
        return prod(f.sizes("RMSNormalization", self.axis, input_shape))


class GroupNormalization(LayerKind):
    """Normalizes each example to mean 0 and variance 1 within groups of channels."""

    groups: Annotated[int, Field(ge=-1, le=2**31 - 1, description="Number of groups; -1: one per channel.")] = 32
    epsilon: Epsilon = 0.001
    center: Center = True
    scale: Scale = True
    beta_initializer: f.VectorInitializer = Zeros()
    gamma_initializer: f.VectorInitializer = Ones()
    beta_regularizer: f.WeightRegularizer = None
    gamma_regularizer: f.WeightRegularizer = None
    beta_constraint: f.VectorConstraint = None
    gamma_constraint: f.VectorConstraint = None

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the input's shape, whose channels the groups must divide."""
        if self.groups == 0 or input_shape[-1] % self.groups:
            what = f"GroupNormalization's {self.groups} groups do not divide the channels of {text(input_shape)}"
            raise misfit(what, f"set groups to a divisor of {input_shape[-1]}")
        return input_shape

    def trainable_parameters(self, input_shape: Shape) -> int:
        """Return offsets and factors."""
        return (self.center + self.scale) * input_shape[-1]


class UnitNormalization(LayerKind):
    """Scales each example to unit norm over its channels (or the axes given)."""

    axis: f.LastAxes = (-1,)

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the input's shape."""
        f.sizes("UnitNormalization", self.axis, input_shape)
        return input_shape
