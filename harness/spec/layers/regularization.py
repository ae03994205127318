"""Layers that add noise during training and do nothing during inference, under Keras' names; they take no seed."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from harness.declaration.values import BelowOne, NonNegative
from harness.spec.layers.layer import LayerKind, SameShape, Shape, image

Rate = Annotated[BelowOne, Field(description="Fraction that is dropped, from 0 to below 1.")]


class Dropout(SameShape, LayerKind):
    """Sets a random fraction of the values to 0 during training."""

    rate: Rate


class SpatialDropout2D(LayerKind):
    """Sets a random fraction of the channels to 0 during training."""

    rate: Rate

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the image's shape."""
        return image("SpatialDropout2D", input_shape)


class GaussianNoise(SameShape, LayerKind):
    """Adds Gaussian noise during training."""

    stddev: Annotated[NonNegative, Field(description="Standard deviation of the noise.")]


class GaussianDropout(SameShape, LayerKind):
    """Multiplies by Gaussian noise with mean 1 during training."""

    rate: Rate


class AlphaDropout(SameShape, LayerKind):
    """Dropout that keeps mean and variance, for networks with selu."""

    rate: Rate
