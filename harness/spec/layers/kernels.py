"""Fully connected layers and convolutions over images, under Keras' names: layers with a trainable kernel."""

from abc import abstractmethod
from math import prod
from typing import Annotated, Self

from pydantic import Field, model_validator

from harness.declaration.spec_error import refused
from harness.declaration.values import AmountPair, Outputs
from harness.spec.layers import fields as f
from harness.spec.layers.layer import LayerKind, Shape, Window, image, misfit, text, windows
from harness.spec.layers.weights import GlorotUniform, Zeros


class KernelLayer(LayerKind):
    """A layer that multiplies by a kernel, once for each position of its output, and may add a bias to each channel."""

    activation: f.Activation = None
    use_bias: f.UseBias = True
    bias_initializer: f.VectorInitializer = Zeros()
    bias_regularizer: f.WeightRegularizer = None
    activity_regularizer: f.ActivityRegularizer = None
    bias_constraint: f.VectorConstraint = None

    @abstractmethod
    def kernel(self, channels: int) -> int:
        """Return the number of the kernel's weights for an input with these channels."""

    def trainable_parameters(self, input_shape: Shape) -> int:
        """Return kernel and bias."""
        return self.kernel(input_shape[-1]) + self.use_bias * self.output_shape(input_shape)[-1]

    def macs(self, input_shape: Shape) -> int:
        """Return the kernel's size times its positions."""
        return prod(self.output_shape(input_shape)[:-1]) * self.kernel(input_shape[-1])


class Dense(KernelLayer):
    """Fully connected layer; it acts on the last axis only, so Flatten images first."""

    units: Annotated[Outputs, Field(description="Number of outputs; classes: one for each class of the data set.")]
    kernel_initializer: f.KernelInitializer = GlorotUniform()
    kernel_regularizer: f.WeightRegularizer = None
    kernel_constraint: f.DenseConstraint = None

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the input's shape with the last dimension replaced."""
        return (*input_shape[:-1], self.units)

    def kernel(self, channels: int) -> int:
        """Return one weight per input and output."""
        return channels * self.units


class Convolution(KernelLayer):
    """A window that slides over an image; other ranks than images are refused."""

    kernel_size: f.KernelSize
    strides: f.Strides = (1, 1)
    padding: f.Padding = "valid"
    dilation_rate: f.Dilation = (1, 1)

    def positions(self, input_shape: Shape) -> tuple[int, int]:
        """Return how many windows fit, down and across."""
        window = Window(self.kernel_size, self.strides, self.padding, self.dilation_rate)
        return window.positions(self.kind, input_shape)

    def refuse_strides_with_dilation(self) -> None:
        """Raise where both are above 1, which Keras refuses for some of these layers."""
        if max(self.strides) > 1 and max(self.dilation_rate) > 1:
            what = "strides and dilation_rate are both above 1"
            raise refused("strides_with_dilation", what, "set one of them to 1")


class Conv2D(Convolution):
    """2D convolution with a trainable kernel."""

    aliases = ("Convolution2D",)

    filters: f.Filters
    groups: f.Groups = 1
    kernel_initializer: f.KernelInitializer = GlorotUniform()
    kernel_regularizer: f.WeightRegularizer = None
    kernel_constraint: f.KernelConstraint = None

    @model_validator(mode="after")
    def _fields_fit(self) -> Self:
        self.refuse_strides_with_dilation()
        if self.filters % self.groups:
            what = f"{self.filters} filters can't be divided into {self.groups} groups"
            raise refused("groups", what, "make filters a multiple of groups")
        return self

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the windows that fit, with one channel per filter."""
        place = self.positions(input_shape)
        if input_shape[-1] % self.groups:
            what = f"Conv2D's {self.groups} groups do not divide the {input_shape[-1]} channels of its input"
            raise misfit(what, f"set groups to a divisor of {input_shape[-1]}")
        return (*place, self.filters)

    def kernel(self, channels: int) -> int:
        """Return one window over a group's channels per filter."""
        return prod(self.kernel_size) * (channels // self.groups) * self.filters


class Conv2DTranspose(Convolution):
    """Transposed 2D convolution, which upsamples with a trainable kernel."""

    aliases = ("Convolution2DTranspose",)

    filters: f.Filters
    output_padding: Annotated[
        AmountPair | None, Field(description="Rows and columns added on one side; less than the strides.")
    ] = None
    kernel_initializer: f.KernelInitializer = GlorotUniform()
    kernel_regularizer: f.WeightRegularizer = None
    kernel_constraint: f.KernelConstraint = None

    @model_validator(mode="after")
    def _fields_fit(self) -> Self:
        self.refuse_strides_with_dilation()
        added = self.output_padding or (0, 0)
        if added[0] >= self.strides[0] or added[1] >= self.strides[1]:
            remedy = "write smaller numbers, or leave it out"
            raise refused("output_padding", "output_padding is not less than strides", remedy)
        if self.kernel_size == (1, 1) and max(self.strides) > 1:
            # Its gradient ends TensorFlow 2.21 by SIGSEGV, with oneDNN.
            what = "a kernel_size of 1 with strides above 1 is more than TensorFlow can train"
            raise refused("kernel_of_one", what, "set kernel_size to the strides or more, or strides to 1")
        return self

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the size that a convolution with these fields would have come from."""
        height, width, _ = image("Conv2DTranspose", input_shape)
        rows, columns = self._size(height, 0), self._size(width, 1)
        if rows < 1 or columns < 1:
            what = f"Conv2DTranspose makes {rows}×{columns} of its input of {text(input_shape)}"
            raise misfit(what, "use a smaller kernel_size, or padding: valid")
        window = Window(self.kernel_size, self.strides, self.padding, self.dilation_rate)
        # It convolves its input with zeros between the pixels: of a larger window most is never needed at once.
        window.check_runs("Conv2DTranspose", (height * self.strides[0], width * self.strides[1]))
        self._check_runs((height, width), (rows, columns))
        return (rows, columns, self.filters)

    def _check_runs(self, sizes: tuple[int, int], made: tuple[int, int]) -> None:
        """Raise where Keras builds what TensorFlow can't run: no convolution of what is made gives the input's size."""
        reaches = zip(made, self.kernel_size, self.strides, self.dilation_rate, strict=True)
        if tuple(windows(size, kernel, step, self.padding, gap) for size, kernel, step, gap in reaches) != sizes:
            what = f"a convolution of the {text(made)} that Conv2DTranspose makes does not give {text(sizes)}"
            raise misfit(what, "leave output_padding out, use an odd kernel_size, or padding: valid")

    def _size(self, size: int, side: int) -> int:
        stride = self.strides[side]
        reach = self.dilation_rate[side] * (self.kernel_size[side] - 1) + 1
        if self.output_padding is None:
            return size * stride + (max(reach - stride, 0) if self.padding == "valid" else 0)
        cut = 2 * (reach // 2) if self.padding == "same" else 0
        return (size - 1) * stride + reach - cut + self.output_padding[side]

    def kernel(self, channels: int) -> int:
        """Return one window over all channels per filter."""
        return prod(self.kernel_size) * channels * self.filters

    def macs(self, input_shape: Shape) -> int:
        """Return the kernel's size times the input's pixels."""
        return prod(input_shape[:2]) * self.kernel(input_shape[-1])


class DepthwiseConv2D(Convolution):
    """Depthwise 2D convolution: convolves each channel separately."""

    depth_multiplier: f.DepthMultiplier = 1
    depthwise_initializer: f.KernelInitializer = GlorotUniform()
    depthwise_regularizer: f.WeightRegularizer = None
    depthwise_constraint: f.KernelConstraint = None

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the windows that fit, with depth_multiplier channels per input channel."""
        return (*self.positions(input_shape), input_shape[-1] * self.depth_multiplier)

    def kernel(self, channels: int) -> int:
        """Return one window per channel of the output."""
        return prod(self.kernel_size) * channels * self.depth_multiplier


class SeparableConv2D(Convolution):
    """Depthwise 2D convolution followed by a 1×1 convolution that mixes the channels."""

    aliases = ("SeparableConvolution2D",)

    filters: f.Filters
    depth_multiplier: f.DepthMultiplier = 1
    depthwise_initializer: f.KernelInitializer = GlorotUniform()
    pointwise_initializer: f.KernelInitializer = GlorotUniform()
    depthwise_regularizer: f.WeightRegularizer = None
    pointwise_regularizer: f.WeightRegularizer = None
    depthwise_constraint: f.KernelConstraint = None
    pointwise_constraint: f.KernelConstraint = None

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the windows that fit, with one channel per filter."""
        return (*self.positions(input_shape), self.filters)

    def kernel(self, channels: int) -> int:
        """Return both kernels."""
        return channels * self.depth_multiplier * (prod(self.kernel_size) + self.filters)
