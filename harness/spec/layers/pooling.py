"""Pooling over images and over rows, under Keras' names; none has weights.

Left out are Keras' adaptive ones: in 3.15 they fail on images that are not square.
"""

from typing import Annotated

from pydantic import Field, ValidationInfo, field_validator

from harness.declaration.values import Pair
from harness.spec.layers import fields as f
from harness.spec.layers.layer import LayerKind, Shape, Window, image, rows

PoolSize = Annotated[Pair, Field(description="Height and width of the window: one number or two.")]
PoolStrides = Annotated[
    Pair | None, Field(description="Strides of the window; its size by default.", validate_default=True)
]


class _Pooling2D(LayerKind):
    pool_size: PoolSize
    strides: PoolStrides = None
    padding: f.Padding = "valid"

    @field_validator("strides")
    @classmethod
    def _as_large_as_the_window(cls, strides: Pair | None, info: ValidationInfo) -> Pair | None:
        # Written or not, it is the same computation, and so must have the same dump.
        return strides or info.data.get("pool_size")

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the windows that fit; what is left at the border is dropped unless padding is same."""
        window = Window(self.pool_size, self.strides or self.pool_size, self.padding)
        return (*window.positions(self.kind, input_shape), input_shape[-1])


class MaxPooling2D(_Pooling2D):
    """Maximum of each window."""

    aliases = ("MaxPool2D",)

    pool_size: PoolSize = (2, 2)


class AveragePooling2D(_Pooling2D):
    """Mean of each window."""

    aliases = ("AvgPool2D",)


class _GlobalPooling2D(LayerKind):
    keepdims: Annotated[bool, Field(description="Whether a height and width of 1 are kept.")] = False

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return one number per channel."""
        channels = image(self.kind, input_shape)[2]
        return (1, 1, channels) if self.keepdims else (channels,)


class _GlobalPooling1D(LayerKind):
    keepdims: Annotated[bool, Field(description="Whether the rows' dimension is kept, with a size of 1.")] = False

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return one number per feature."""
        features = rows(self.kind, input_shape)[1]
        return (1, features) if self.keepdims else (features,)


class GlobalAveragePooling1D(_GlobalPooling1D):
    """Mean of each feature over all rows."""

    aliases = ("GlobalAvgPool1D",)


class GlobalMaxPooling1D(_GlobalPooling1D):
    """Maximum of each feature over all rows."""

    aliases = ("GlobalMaxPool1D",)


class GlobalAveragePooling2D(_GlobalPooling2D):
    """Mean of each channel over the whole image."""

    aliases = ("GlobalAvgPool2D",)


class GlobalMaxPooling2D(_GlobalPooling2D):
    """Maximum of each channel over the whole image."""

    aliases = ("GlobalMaxPool2D",)
