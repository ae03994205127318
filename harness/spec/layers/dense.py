"""Fully connected layers, under Keras' names; like Keras, they act on the last dimension only."""

from __future__ import annotations

from math import prod
from typing import Annotated

from pydantic import Field

from harness.declaration.values import Count
from harness.spec.layers import fields as f
from harness.spec.layers.layer import LayerKind, Shape
from harness.spec.layers.weights import GlorotUniform, Zeros


class Dense(LayerKind):
    """Fully connected layer; it acts on the last axis only, so Flatten images first."""

    units: Annotated[Count, Field(description="Number of outputs.")]
    activation: f.ActivationField = None
    use_bias: f.UseBias = True
    kernel_initializer: f.KernelInitializer = GlorotUniform()
    bias_initializer: f.VectorInitializer = Zeros()
    kernel_regularizer: f.WeightRegularizer = None
    bias_regularizer: f.WeightRegularizer = None
    activity_regularizer: f.ActivityRegularizer = None
    kernel_constraint: f.DenseConstraint = None
    bias_constraint: f.VectorConstraint = None

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the input's shape with the last dimension replaced."""
        return (*input_shape[:-1], self.units)

    def trainable_parameters(self, input_shape: Shape) -> int:
        """Return kernel and bias."""
        return (input_shape[-1] + self.use_bias) * self.units

    def macs(self, input_shape: Shape) -> int:
        """Return one product per input and output."""
        return prod(input_shape) * self.units
