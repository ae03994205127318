"""Convolutions that treat channels apart, under Keras' names; other ranks than images are refused."""

from __future__ import annotations

from math import prod

from harness.spec.layers import fields as f
from harness.spec.layers.initializers import GlorotUniform, Zeros
from harness.spec.layers.layer import LayerKind
from harness.spec.layers.shapes import Shape
from harness.spec.layers.sliding import positions


class DepthwiseConv2D(LayerKind):
    """Convolution of each channel on its own."""

    kernel_size: f.KernelSize
    strides: f.Strides = (1, 1)
    padding: f.Padding = "valid"
    depth_multiplier: f.DepthMultiplier = 1
    dilation_rate: f.Dilation = (1, 1)
    activation: f.ActivationField = None
    use_bias: f.UseBias = True
    depthwise_initializer: f.KernelInitializer = GlorotUniform()
    bias_initializer: f.VectorInitializer = Zeros()
    depthwise_regularizer: f.WeightRegularizer = None
    bias_regularizer: f.WeightRegularizer = None
    activity_regularizer: f.ActivityRegularizer = None
    depthwise_constraint: f.KernelConstraint = None
    bias_constraint: f.VectorConstraint = None

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the windows that fit, with depth_multiplier channels per input channel."""
        place = positions(self, input_shape)
        return (*place, input_shape[-1] * self.depth_multiplier)

    def trainable_parameters(self, input_shape: Shape) -> int:
        """Return kernel and bias."""
        return (prod(self.kernel_size) + self.use_bias) * input_shape[-1] * self.depth_multiplier

    def macs(self, input_shape: Shape) -> int:
        """Return one window per output number."""
        return prod(self.output_shape(input_shape)) * prod(self.kernel_size)


class SeparableConv2D(LayerKind):
    """Convolution of each channel on its own, then a 1×1 convolution that mixes the channels."""

    filters: f.Filters
    kernel_size: f.KernelSize
    strides: f.Strides = (1, 1)
    padding: f.Padding = "valid"
    dilation_rate: f.Dilation = (1, 1)
    depth_multiplier: f.DepthMultiplier = 1
    activation: f.ActivationField = None
    use_bias: f.UseBias = True
    depthwise_initializer: f.KernelInitializer = GlorotUniform()
    pointwise_initializer: f.KernelInitializer = GlorotUniform()
    bias_initializer: f.VectorInitializer = Zeros()
    depthwise_regularizer: f.WeightRegularizer = None
    pointwise_regularizer: f.WeightRegularizer = None
    bias_regularizer: f.WeightRegularizer = None
    activity_regularizer: f.ActivityRegularizer = None
    depthwise_constraint: f.KernelConstraint = None
    pointwise_constraint: f.KernelConstraint = None
    bias_constraint: f.VectorConstraint = None

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the windows that fit, with one channel per filter."""
        place = positions(self, input_shape)
        return (*place, self.filters)

    def _kernels(self, input_shape: Shape) -> int:
        between = input_shape[-1] * self.depth_multiplier
        return between * (prod(self.kernel_size) + self.filters)

    def trainable_parameters(self, input_shape: Shape) -> int:
        """Return both kernels and the bias."""
        return self._kernels(input_shape) + self.use_bias * self.filters

    def macs(self, input_shape: Shape) -> int:
        """Return both kernels times the places they are laid on."""
        return prod(self.output_shape(input_shape)[:2]) * self._kernels(input_shape)
