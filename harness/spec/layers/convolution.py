"""Convolutions over images, under Keras' names; other ranks than images are refused."""

from __future__ import annotations

from math import prod
from typing import Annotated, Self

from pydantic import Field, model_validator

from harness.declaration.spec_error import refused
from harness.declaration.values import AmountPair, Pair
from harness.spec.layers import fields as f
from harness.spec.layers.layer import LayerKind, Shape, Window, image, misfit, text
from harness.spec.layers.weights import GlorotUniform, Zeros


def _no_strides_with_dilation(strides: Pair, dilation: Pair) -> None:
    """Raise where both are above 1, which Keras refuses."""
    if max(strides) > 1 and max(dilation) > 1:
        what = "strides and dilation_rate are both above 1"
        raise refused("strides_with_dilation", what, "set one of them to 1")


def _window(layer: Conv2D | DepthwiseConv2D | SeparableConv2D) -> Window:
    return Window(layer.kernel_size, layer.strides, layer.padding, layer.dilation_rate)


class Conv2D(LayerKind):
    """2D convolution with a trainable kernel."""

    filters: f.Filters
    kernel_size: f.KernelSize
    strides: f.Strides = (1, 1)
    padding: f.Padding = "valid"
    dilation_rate: f.Dilation = (1, 1)
    groups: f.Groups = 1
    activation: f.ActivationField = None
    use_bias: f.UseBias = True
    kernel_initializer: f.KernelInitializer = GlorotUniform()
    bias_initializer: f.VectorInitializer = Zeros()
    kernel_regularizer: f.WeightRegularizer = None
    bias_regularizer: f.WeightRegularizer = None
    activity_regularizer: f.ActivityRegularizer = None
    kernel_constraint: f.KernelConstraint = None
    bias_constraint: f.VectorConstraint = None

    @model_validator(mode="after")
    def _fields_fit(self) -> Self:
        _no_strides_with_dilation(self.strides, self.dilation_rate)
        if self.filters % self.groups:
            what = f"{self.filters} filters can't be divided into {self.groups} groups"
            raise refused("groups", what, "make filters a multiple of groups")
        return self

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the windows that fit, with one channel per filter."""
        place = _window(self).positions(self.kind, input_shape)
        if input_shape[-1] % self.groups:
            what = f"Conv2D's {self.groups} groups do not divide the {input_shape[-1]} channels of its input"
            raise misfit(what, f"set groups to a divisor of {input_shape[-1]}")
        return (*place, self.filters)

    def _kernel(self, input_shape: Shape) -> int:
        return prod(self.kernel_size) * (input_shape[-1] // self.groups) * self.filters

    def trainable_parameters(self, input_shape: Shape) -> int:
        """Return kernel and bias."""
        return self._kernel(input_shape) + self.use_bias * self.filters

    def macs(self, input_shape: Shape) -> int:
        """Return the kernel's size times its positions."""
        return prod(self.output_shape(input_shape)[:2]) * self._kernel(input_shape)


class Conv2DTranspose(LayerKind):
    """Transposed 2D convolution, which upsamples with a trainable kernel."""

    filters: f.Filters
    kernel_size: f.KernelSize
    strides: f.Strides = (1, 1)
    padding: f.Padding = "valid"
    output_padding: Annotated[
        AmountPair | None, Field(description="Rows and columns added on one side; less than the strides.")
    ] = None
    dilation_rate: f.Dilation = (1, 1)
    activation: f.ActivationField = None
    use_bias: f.UseBias = True
    kernel_initializer: f.KernelInitializer = GlorotUniform()
    bias_initializer: f.VectorInitializer = Zeros()
    kernel_regularizer: f.WeightRegularizer = None
    bias_regularizer: f.WeightRegularizer = None
    activity_regularizer: f.ActivityRegularizer = None
    kernel_constraint: f.KernelConstraint = None
    bias_constraint: f.VectorConstraint = None

    @model_validator(mode="after")
    def _fields_fit(self) -> Self:
        _no_strides_with_dilation(self.strides, self.dilation_rate)
        added = self.output_padding or (0, 0)
        if added[0] >= self.strides[0] or added[1] >= self.strides[1]:
            remedy = "write smaller numbers, or leave it out"
            raise refused("output_padding", "output_padding is not less than strides", remedy)
        return self

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the size that a convolution with these fields would have come from."""
        height, width, _ = image("Conv2DTranspose", input_shape)
        rows, columns = self._size(height, 0), self._size(width, 1)
        if rows < 1 or columns < 1:
            what = f"Conv2DTranspose makes {rows}×{columns} of its input of {text(input_shape)}"
            raise misfit(what, "use a smaller kernel_size, or padding: valid")
        return (rows, columns, self.filters)

    def _size(self, size: int, side: int) -> int:
        stride = self.strides[side]
        reach = self.dilation_rate[side] * (self.kernel_size[side] - 1) + 1
        if self.output_padding is None:
            return size * stride + (max(reach - stride, 0) if self.padding == "valid" else 0)
        cut = 2 * (reach // 2) if self.padding == "same" else 0
        return (size - 1) * stride + reach - cut + self.output_padding[side]

    def _kernel(self, input_shape: Shape) -> int:
        return prod(self.kernel_size) * input_shape[-1] * self.filters

    def trainable_parameters(self, input_shape: Shape) -> int:
        """Return kernel and bias."""
        return self._kernel(input_shape) + self.use_bias * self.filters

    def macs(self, input_shape: Shape) -> int:
        """Return the kernel's size times the input's pixels."""
        return prod(input_shape[:2]) * self._kernel(input_shape)


class DepthwiseConv2D(LayerKind):
    """Depthwise 2D convolution: convolves each channel separately."""

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
        place = _window(self).positions(self.kind, input_shape)
        return (*place, input_shape[-1] * self.depth_multiplier)

    def trainable_parameters(self, input_shape: Shape) -> int:
        """Return kernel and bias."""
        return (prod(self.kernel_size) + self.use_bias) * input_shape[-1] * self.depth_multiplier

    def macs(self, input_shape: Shape) -> int:
        """Return one window per output number."""
        return prod(self.output_shape(input_shape)) * prod(self.kernel_size)


class SeparableConv2D(LayerKind):
    """Depthwise 2D convolution followed by a 1×1 convolution that mixes the channels."""

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
        place = _window(self).positions(self.kind, input_shape)
        return (*place, self.filters)

    def _kernels(self, input_shape: Shape) -> int:
        between = input_shape[-1] * self.depth_multiplier
        return between * (prod(self.kernel_size) + self.filters)

    def trainable_parameters(self, input_shape: Shape) -> int:
        """Return both kernels and the bias."""
        return self._kernels(input_shape) + self.use_bias * self.filters

    def macs(self, input_shape: Shape) -> int:
        """Return the size of both kernels times their positions."""
        return prod(self.output_shape(input_shape)[:2]) * self._kernels(input_shape)
