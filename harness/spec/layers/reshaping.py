"""Layers that rearrange, pad, crop or resize, under Keras' names; none has weights."""

from math import prod
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from harness.declaration.spec_error import refused
from harness.declaration.values import Count, Pair, Sides
from harness.spec.layers.layer import LayerKind, SameShape, Shape, image, misfit, text


class Flatten(LayerKind):
    """Flattens the input to one dimension."""

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the number of values."""
        return (prod(input_shape),)


class Identity(SameShape, LayerKind):
    """Returns the input unchanged."""


def _one_free(sizes: tuple[int, ...]) -> tuple[int, ...]:
    if sizes.count(-1) > 1:
        raise refused("free_sizes", "more than one size is -1", "leave one size at most to be inferred")
    if 0 in sizes:
        raise refused("zero_size", "a size of 0 holds nothing", "write 1 or more, or -1")
    return sizes


class Reshape(LayerKind):
    """Reshapes the input."""

    target_shape: Annotated[
        tuple[Annotated[int, Field(ge=-1, le=2**31 - 1)], ...],
        Field(strict=False, min_length=1, description="The new shape without the batch; one size may be -1."),
        AfterValidator(_one_free),
    ]

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the target with its free size filled in."""
        size, fixed = prod(input_shape), prod(n for n in self.target_shape if n != -1)
        if size % fixed or (-1 not in self.target_shape and size != fixed):
            what = f"Reshape cannot make {text(self.target_shape)} of its input of {text(input_shape)}"
            raise misfit(what, f"choose a shape that holds its {size:,} numbers")
        return tuple(size // fixed if n == -1 else n for n in self.target_shape)


def _permutation(dims: tuple[int, ...]) -> tuple[int, ...]:
    if sorted(dims) != list(range(1, len(dims) + 1)):
        raise refused("permutation", None, "write each dimension once, counted from 1: [2, 1, 3]")
    return dims


class Permute(LayerKind):
    """Puts the dimensions into another order."""

    dims: Annotated[
        tuple[Annotated[int, Field(ge=1, le=9)], ...],
        Field(strict=False, min_length=1, description="The old dimensions in their new order, counted from 1."),
        AfterValidator(_permutation),
    ]

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the input's sizes in the new order."""
        if len(self.dims) != len(input_shape):
            what = f"Permute orders {len(self.dims)} dimensions, but its input of {text(input_shape)} has"
            raise misfit(f"{what} {len(input_shape)}", f"name the dimensions 1 to {len(input_shape)}")
        return tuple(input_shape[dim - 1] for dim in self.dims)


class ZeroPadding2D(LayerKind):
    """Pads the image with zeros."""

    padding: Annotated[
        Sides, Field(description="Rows and columns added: one number, two, or [[top, bottom], [left, right]].")
    ] = ((1, 1), (1, 1))

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the image with its border."""
        height, width, channels = image("ZeroPadding2D", input_shape)
        return (height + sum(self.padding[0]), width + sum(self.padding[1]), channels)


class Cropping2D(LayerKind):
    """Crops the image's border."""

    cropping: Annotated[
        Sides, Field(description="Rows and columns cut off: one number, two, or [[top, bottom], [left, right]].")
    ] = ((0, 0), (0, 0))

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return what is left of the image."""
        height, width, channels = image("Cropping2D", input_shape)
        rows, columns = height - sum(self.cropping[0]), width - sum(self.cropping[1])
        if rows < 1 or columns < 1:
            raise misfit(f"Cropping2D leaves nothing of its input of {text(input_shape)}", "crop less")
        return (rows, columns, channels)


class UpSampling2D(LayerKind):
    """Enlarges the image by repeating or interpolating pixels."""

    size: Annotated[Pair, Field(description="Factors for height and width: one number or two.")] = (2, 2)
    interpolation: Annotated[
        Literal["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"],
        Field(description="Interpolation between pixels; nearest repeats them."),
    ] = "nearest"

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the enlarged image."""
        height, width, channels = image("UpSampling2D", input_shape)
        return (height * self.size[0], width * self.size[1], channels)


class _ToSize(LayerKind):
    height: Annotated[Count, Field(description="Rows of the output.")]
    width: Annotated[Count, Field(description="Columns of the output.")]

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the size asked for."""
        return (self.height, self.width, image(self.kind, input_shape)[2])


class CenterCrop(_ToSize):
    """Crops the center of the image, which is enlarged first where it is too small."""


class Resizing(_ToSize):
    """Resizes the image."""

    interpolation: Annotated[
        Literal["nearest", "bilinear", "bicubic", "lanczos3", "lanczos5"],
        Field(description="Interpolation between pixels."),
    ] = "bilinear"
    crop_to_aspect_ratio: Annotated[bool, Field(description="Whether the image is cropped rather than distorted.")] = (
        False
    )
    antialias: Annotated[bool, Field(description="Whether the image is smoothed before it is downscaled.")] = False
