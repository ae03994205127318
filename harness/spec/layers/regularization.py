"""Layers that disturb training and do nothing in evaluation, under Keras' names; seeds are the settings's."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from harness.declaration.values import BelowOne, NonNegative
from harness.spec.layers.layer import LayerKind, SameShape
from harness.spec.layers.shapes import Shape, image

Rate = Annotated[BelowOne, Field(description="Share that is dropped, from 0 to below 1.")]


class Dropout(SameShape, LayerKind):
    """Sets a share of the numbers to 0 while training."""

    rate: Rate


class SpatialDropout2D(LayerKind):
    """Sets a share of the channels to 0 while training."""

    rate: Rate

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the image's shape."""
        return image("SpatialDropout2D", input_shape)


class GaussianNoise(SameShape, LayerKind):
    """Adds normally distributed noise while training."""

    stddev: Annotated[NonNegative, Field(description="Standard deviation of the noise.")]


class GaussianDropout(SameShape, LayerKind):
    """Multiplies by normally distributed noise around 1 while training."""

    rate: Rate


class AlphaDropout(SameShape, LayerKind):
    """Dropout that keeps mean and variance, for selu networks."""

    rate: Rate
