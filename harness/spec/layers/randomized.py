"""Layers that act at random during training and do nothing during inference, under Keras' names; they take no seed.

Images here hold values from 0 to 1. Keras' ``value_range`` is that of images from 0 to 255 by default, so where a kind
has it, write [0, 1]. What needs colors is in ``colors``.
"""

from types import ModuleType
from typing import Annotated, Any, Literal, Self

from annotated_types import Ge, Gt, Le
from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from harness.declaration.spec_error import refused
from harness.declaration.values import LARGEST_FLOAT, BelowOne, Count, Fraction, Number
from harness.spec.layers.layer import LayerKind, SameShape, Shape, Window, image


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


_AROUND_ZERO = Field(strict=False, description="Range to draw from: a number f for -f to f, or two numbers.")
_Part = Annotated[Number, Ge(-1), Le(1)]
AroundZero = Annotated[
    tuple[_Part, _Part],
    _AROUND_ZERO,
    BeforeValidator(_around_zero),
    AfterValidator(_rising),
    _range_schema(-1),
]
# Keras refuses a zoom of exactly -1: nothing would be left.
_ZoomPart = Annotated[Number, Gt(-1), Le(1)]
Zoom = Annotated[
    tuple[_ZoomPart, _ZoomPart],
    _AROUND_ZERO,
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


def _holds_some(bounds: tuple[float, float]) -> tuple[float, float]:
    if not 0 < bounds[1] - bounds[0] <= LARGEST_FLOAT:
        raise refused("value_range", f"'value_range' goes from {bounds[0]:g} to {bounds[1]:g}", "write [0, 1]")
    return bounds


ValueRange = Annotated[
    tuple[Number, Number],
    Field(strict=False, description="Minimum and maximum of an image's values; here [0, 1]."),
    AfterValidator(_rising),
    AfterValidator(_holds_some),
]
FillMode = Annotated[
    Literal["reflect", "wrap", "constant", "nearest"], Field(description="How points beyond the border are filled.")
]
FillValue = Annotated[Number, Field(description="Fill value for fill_mode: constant.")]
Interpolation = Annotated[Literal["nearest", "bilinear"], Field(description="Interpolation between pixels.")]


class _OfImages(LayerKind):
    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the image's shape."""
        return image(self.kind, input_shape)


class _Moved(_OfImages):
    fill_mode: FillMode = "reflect"
    interpolation: Interpolation = "bilinear"
    fill_value: FillValue = 0.0


class RandomFlip(_OfImages):
    """Flips images at random during training."""

    mode: Annotated[Literal["horizontal", "vertical", "horizontal_and_vertical"], Field(description="Direction.")] = (
        "horizontal_and_vertical"
    )


class RandomRotation(_Moved):
    """Rotates images at random during training, by fractions of a full turn."""

    factor: AroundZero


class RandomTranslation(_Moved):
    """Shifts images at random during training, by fractions of their height and width."""

    height_factor: AroundZero
    width_factor: AroundZero


class RandomZoom(_Moved):
    """Zooms in (negative) or out (positive) at random during training, by fractions of the size."""

    height_factor: Zoom
    width_factor: Annotated[
        Zoom | None,
        Field(
            description="As height_factor; by default the factor drawn for the height, which keeps the aspect ratio."
        ),
    ] = None


class RandomShear(_Moved):
    """Shears images at random during training."""

    x_factor: Annotated[Fraction, Field(description="Maximum horizontal shear.")] = 0.0
    y_factor: Annotated[Fraction, Field(description="Maximum vertical shear.")] = 0.0


class RandomCrop(LayerKind):
    """Crops images at random during training, a batch at one place; resizes their middle for inference."""

    height: Annotated[Count, Field(description="Rows of the output.")]
    width: Annotated[Count, Field(description="Columns of the output.")]

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the size asked for."""
        return (self.height, self.width, image(self.kind, input_shape)[2])

    def build(self, keras: ModuleType) -> Any:  # noqa: ANN401 (Keras is not imported here)
        """Return Keras' layer, with the inference that its documentation describes: in 3.15 it leaves images uncut."""

        class RandomCrop(keras.layers.RandomCrop):  # type: ignore[misc, name-defined]  # no types
            def transform_images(self, images: Any, transformation: Any, training: bool = True) -> Any:  # noqa: ANN401, FBT001, FBT002 (Keras' own)
                if training:
                    return super().transform_images(images, transformation, training)
                return keras.layers.Resizing(self.height, self.width, crop_to_aspect_ratio=True)(images)

        return RandomCrop(**self.arguments(keras))


class RandomContrast(_OfImages):
    """Changes the contrast of images at random during training."""

    factor: FromZero
    value_range: ValueRange = (0.0, 255.0)


class RandomBrightness(_OfImages):
    """Changes the brightness of images at random during training."""

    factor: AroundZero
    value_range: ValueRange = (0.0, 255.0)


class RandomErasing(_OfImages):
    """Erases a rectangle of images at random during training."""

    factor: FromZero = (0.0, 1.0)
    scale: FromZero = (0.02, 0.33)
    fill_value: Annotated[Number | None, Field(description="Fill value; noise by default.")] = None
    value_range: ValueRange = (0.0, 255.0)


class RandomGaussianBlur(_OfImages):
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

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the image's shape, which the window must not be far beyond: Keras makes the window whole."""
        shape = image(self.kind, input_shape)
        Window((self.kernel_size, self.kernel_size), (1, 1), "same").check_runs(self.kind, shape)
        return shape


Rate = Annotated[BelowOne, Field(description="Fraction that is dropped, from 0 to below 1.")]


class Dropout(SameShape, LayerKind):
    """Sets a random fraction of the values to 0 during training."""

    rate: Rate


class SpatialDropout2D(_OfImages):
    """Sets a random fraction of the channels to 0 during training."""

    rate: Rate


class GaussianNoise(SameShape, LayerKind):
    """Adds Gaussian noise during training."""

    stddev: Annotated[Fraction, Field(description="Standard deviation of the noise, at most 1.")]


class GaussianDropout(SameShape, LayerKind):
    """Multiplies by Gaussian noise with mean 1 during training."""

    rate: Rate


class AlphaDropout(SameShape, LayerKind):
    """Dropout that keeps mean and variance, for networks with selu."""

    rate: Rate
