"""Layers that change the colors of images at random during training, under Keras' names; they take three channels."""

from __future__ import annotations

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


class RandomSaturation(_OfColors):
    """Multiplies the saturation of images at random during training, by factor / (1 - factor)."""

    factor: Annotated[
        FromZero, Field(description="Range to draw from, or a number f for 0 to f: 0 is gray, 0.5 changes nothing.")
    ]

    def build(self, keras: ModuleType) -> Any:  # noqa: ANN401 (Keras is not imported here)
        """Return Keras' layer, whose saturation ends at 1: in 3.15 it ends where the values do, and colors below 0."""

        class RandomSaturation(keras.layers.RandomSaturation):  # type: ignore[misc, name-defined]  # no types
            def transform_images(self, images: Any, transformation: Any = None, training: bool = True) -> Any:  # noqa: ANN401, FBT001, FBT002 (Keras' own)
                if not training:
                    return images
                ops = keras.ops
                hue, saturation, value = ops.unstack(ops.image.rgb_to_hsv(images), CHANNELS, axis=-1)
                factor = ops.reshape(ops.cast(transformation["factor"], self.compute_dtype), (-1, 1, 1))
                return _in_rgb(ops, hue, ops.clip(factor * saturation, 0, 1), value)

        return RandomSaturation(**self.arguments(keras))


class RandomHue(_OfColors):
    """Turns the hue of images at random during training, by up to half of factor of the circle, either way."""

    factor: FromZero

    def build(self, keras: ModuleType) -> Any:  # noqa: ANN401 (Keras is not imported here)
        """Return Keras' layer, with a gradient."""

        class RandomHue(keras.layers.RandomHue):  # type: ignore[misc, name-defined]  # no types
            def transform_images(self, images: Any, transformation: Any = None, training: bool = True) -> Any:  # noqa: ANN401, FBT001, FBT002 (Keras' own)
                if not training:
                    return images
                ops = keras.ops
                low, high = self.value_range
                hue, saturation, value = ops.unstack(
                    ops.image.rgb_to_hsv((images - low) / (high - low)), CHANNELS, axis=-1
                )
                factor = ops.reshape(ops.cast(transformation["factor"], self.compute_dtype), (-1, 1, 1))
                turned = ops.clip(_in_rgb(ops, ops.mod(hue + factor, 1), saturation, value), 0, 1)
                return turned * (high - low) + low

        return RandomHue(**self.arguments(keras))
