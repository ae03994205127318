"""Random augmentation of images during training, under Keras' names; images here hold values from 0 to 1.

Keras' ``value_range`` is that of images from 0 to 255 by default, so where a kind has it, write [0, 1].
Left out are RandomCrop, which in Keras 3.15 leaves evaluation images uncut, and what needs colors.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from annotated_types import Ge, Gt, Le
from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from harness.declaration.spec_error import refused
from harness.declaration.values import Count, Fraction, Number
from harness.spec.layers.layer import LayerKind, Shape, image


def _rising(bounds: tuple[float, float]) -> tuple[float, float]:
    low, high = sorted(bounds)
    return low, high


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _around_zero(value: object) -> object:
    # Keras' own rule: a number f stands for the range from -|f| to |f|.
    return (-abs(value), abs(value)) if isinstance(value, int | float) and _is_number(value) else value


def _from_zero(value: object) -> object:
    # Keras' own rule where a range has no negative part: a number f stands for the range from 0 to f.
    return (0.0, value) if _is_number(value) else value


def _range_schema(minimum: int) -> WithJsonSchema:
    number: dict[str, Any] = {"type": "number", "minimum": minimum, "maximum": 1}
    return WithJsonSchema({"anyOf": [number, {"type": "array", "items": number, "minItems": 2, "maxItems": 2}]})


_Part = Annotated[Number, Ge(-1), Le(1)]
AroundZero = Annotated[
    tuple[_Part, _Part],
    Field(strict=False, description="Range to draw from: a number f for -f to f, or two numbers."),
    BeforeValidator(_around_zero),
    AfterValidator(_rising),
    _range_schema(-1),
]
# Keras refuses a zoom of exactly -1: nothing would be left.
_ZoomPart = Annotated[Number, Gt(-1), Le(1)]
Zoom = Annotated[
    tuple[_ZoomPart, _ZoomPart],
    Field(strict=False, description="Range to draw from: a number f for -f to f, or two numbers."),
    BeforeValidator(_around_zero),
    AfterValidator(_rising),
    _range_schema(-1),
]
FromZero = Annotated[
    tuple[Fraction, Fraction],
    Field(strict=False, description="Range to draw from: a number f for 0 to f, or two numbers."),
    BeforeValidator(_from_zero),
    AfterValidator(_rising),
    _range_schema(0),
]
ValueRange = Annotated[
    tuple[Number, Number],
    Field(strict=False, description="Minimum and maximum of an image's values; here [0, 1]."),
    AfterValidator(_rising),
]
FillMode = Annotated[
    Literal["reflect", "wrap", "constant", "nearest"], Field(description="How points beyond the border are filled.")
]
FillValue = Annotated[Number, Field(description="Fill value for fill_mode: constant.")]
Interpolation = Annotated[Literal["nearest", "bilinear"], Field(description="Interpolation between pixels.")]


class _Augmentation(LayerKind):
    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the image's shape."""
        return image(self.kind, input_shape)


class RandomFlip(_Augmentation):
    """Flips images at random during training."""

    mode: Annotated[Literal["horizontal", "vertical", "horizontal_and_vertical"], Field(description="Direction.")] = (
        "horizontal_and_vertical"
    )


class RandomRotation(_Augmentation):
    """Rotates images at random during training, by fractions of a full turn."""

    factor: AroundZero
    fill_mode: FillMode = "reflect"
    interpolation: Interpolation = "bilinear"
    fill_value: FillValue = 0.0


class RandomTranslation(_Augmentation):
    """Shifts images at random during training, by fractions of their height and width."""

    height_factor: AroundZero
    width_factor: AroundZero
    fill_mode: FillMode = "reflect"
    interpolation: Interpolation = "bilinear"
    fill_value: FillValue = 0.0


class RandomZoom(_Augmentation):
    """Zooms in (negative) or out (positive) at random during training, by fractions of the size."""

    height_factor: Zoom
    width_factor: Annotated[
        Zoom | None,
        Field(
            description="As height_factor; by default the factor drawn for the height, which keeps the aspect ratio."
        ),
    ] = None
    fill_mode: FillMode = "reflect"
    interpolation: Interpolation = "bilinear"
    fill_value: FillValue = 0.0


class RandomShear(_Augmentation):
    """Shears images at random during training."""

    x_factor: Annotated[Fraction, Field(description="Maximum horizontal shear.")] = 0.0
    y_factor: Annotated[Fraction, Field(description="Maximum vertical shear.")] = 0.0
    interpolation: Interpolation = "bilinear"
    fill_mode: FillMode = "reflect"
    fill_value: FillValue = 0.0


class RandomContrast(_Augmentation):
    """Changes the contrast of images at random during training."""

    factor: FromZero
    value_range: ValueRange = (0.0, 255.0)


class RandomBrightness(_Augmentation):
    """Changes the brightness of images at random during training."""

    factor: AroundZero
    value_range: ValueRange = (0.0, 255.0)


class RandomErasing(_Augmentation):
    """Erases a rectangle of images at random during training."""

    factor: FromZero = (0.0, 1.0)
    scale: FromZero = (0.02, 0.33)
    fill_value: Annotated[Number | None, Field(description="Fill value; noise by default.")] = None
    value_range: ValueRange = (0.0, 255.0)


class RandomGaussianBlur(_Augmentation):
    """Blurs images at random during training."""

    factor: FromZero = (0.0, 1.0)
    kernel_size: Annotated[Count, Field(description="Size of the kernel, an odd number.")] = 3
    sigma: FromZero = (0.0, 1.0)
    value_range: ValueRange = (0.0, 255.0)

    @model_validator(mode="after")
    def _odd(self) -> Self:
        if self.kernel_size % 2 == 0:
            what = f"kernel_size is {self.kernel_size}, which is not odd"
            raise refused("odd", what, "write an odd number such as 3")
        return self
