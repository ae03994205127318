"""Layers that change the colors of images at random during training, under Keras' names; they take three channels."""

from abc import abstractmethod
from types import ModuleType
from typing import Annotated, Any

from pydantic import Field

from harness.spec.layers.layer import LayerKind, Shape, image, misfit, text
from harness.spec.layers.randomized import FromZero, ValueRange

CHANNELS = 3


def _in_rgb(ops: Any, hue: Any, saturation: Any, value: Any) -> Any:  # noqa: ANN401 (Keras is not imported here)
    """Return the colors; Keras' own function has no gradient, without which nothing before it is trained."""
    turned = 6 * hue
    shares = ops.stack([ops.abs(turned - 3) - 1, 2 - ops.abs(turned - 2), 2 - ops.abs(turned - 4)], axis=-1)
    gray = saturation[..., None] * (1 - ops.clip(shares, 0, 1))
    return value[..., None] * (1 - gray)


class _OfColors(LayerKind):
    value_range: ValueRange = (0.0, 255.0)

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the image's shape, which has red, green and blue."""
        shape = image(self.kind, input_shape)
        if shape[-1] != CHANNELS:
            what = f"{self.kind} takes images of red, green and blue, but its input is {text(input_shape)}"
            raise misfit(what, "remove it")
        return shape

    def build(self, keras: ModuleType) -> Any:  # noqa: ANN401 (Keras is not imported here)
        """Return Keras' layer, which draws the factors, with colors that are changed as here."""
        changed = self.changed

        def transform_images(layer: Any, images: Any, transformation: Any = None, training: bool = True) -> Any:  # noqa: ANN401, FBT001, FBT002 (Keras' own)
            if not training:
                return images
            factor = keras.ops.cast(transformation["factor"], layer.compute_dtype)
            return changed(keras.ops, images, keras.ops.reshape(factor, (-1, 1, 1)))

        kind = type(self.kind, (getattr(keras.layers, self.kind),), {"transform_images": transform_images})
        return kind(**self.arguments(keras))

    @abstractmethod
    def changed(self, ops: Any, images: Any, factor: Any) -> Any:  # noqa: ANN401 (Keras is not imported here)
        """Return images, shape (examples, height, width, 3), changed by factors of shape (examples, 1, 1)."""


class RandomSaturation(_OfColors):
    """Multiplies the saturation of images at random during training, by factor / (1 - factor)."""

    factor: Annotated[
        FromZero, Field(description="Range to draw from, or a number f for 0 to f: 0 is gray, 0.5 changes nothing.")
    ]

    def changed(self, ops: Any, images: Any, factor: Any) -> Any:  # noqa: ANN401 (Keras is not imported here)
        """Return the images; saturation ends at 1. In Keras 3.15 it ends where the values do, and colors below 0."""
        hue, saturation, value = ops.unstack(ops.image.rgb_to_hsv(images), CHANNELS, axis=-1)
        return _in_rgb(ops, hue, ops.clip(factor * saturation, 0, 1), value)


class RandomHue(_OfColors):
    """Turns the hue of images at random during training, by up to half of factor of the circle, either way."""

    factor: FromZero

    def changed(self, ops: Any, images: Any, factor: Any) -> Any:  # noqa: ANN401 (Keras is not imported here)
        """Return the images; the hue goes on at 0 where it ends at 1."""
        low, high = self.value_range
        scaled = (images - low) / (high - low)
        hue, saturation, value = ops.unstack(ops.image.rgb_to_hsv(scaled), CHANNELS, axis=-1)
        turned = ops.clip(_in_rgb(ops, ops.mod(hue + factor, 1), saturation, value), 0, 1)
        return turned * (high - low) + low
