"""What is done to a data set's values before a network sees them, one small class per step.

Steps that change the shape come first and are done once, in NumPy. The others are done to every batch, and work on the
arrays of NumPy and of any backend alike, since they use Python's operators alone.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import Field

from harness.declaration.kinds import Family, Kind
from harness.declaration.spec_error import refused
from harness.declaration.values import AmountPair, Count, Pair, Positive

if TYPE_CHECKING:  # a declaration is read without NumPy
    import numpy as np
    from numpy.typing import NDArray

    Values = NDArray[Any]
    Numbers = tuple[NDArray[np.float32], ...]

Array = TypeVar("Array")
Shape = tuple[int, ...]

# Rows and columns.
SIDES = 2


class Step(Kind):
    """One step, applied to the examples one after another."""


class Scaling(Step):
    """A step that leaves the shape as it is, applied to images as float32."""

    needs_images: ClassVar[bool] = False

    @abstractmethod
    def fitted(self, images: Values) -> Numbers:
        """Return the step's numbers, which `apply` takes, from the images to train on, shape (n, *inputs).

        A backend hands them over as tensors of their own and never as constants: TensorFlow turns a division by a
        constant 255 into a product with 1/255, which has other bits.
        """

    @abstractmethod
    def apply(self, images: Array, *numbers: Array) -> Array:
        """Return the images after the step; shape and type stay."""


class Reshaping(Step):
    """A step that changes the shape of images, (height, width) or (height, width, channels)."""

    @abstractmethod
    def sides(self, height: int, width: int) -> tuple[int, int]:
        """Return the height and the width after the step."""

    @abstractmethod
    def reshape(self, images: Values) -> Values:
        """Return images, shape (n, height, width, ...), after the step; their type stays."""

    def output_shape(self, shape: Shape) -> Shape:
        """Return an image's shape after the step.

        Raises:
            PydanticCustomError: It has no rows and columns.
        """
        if len(shape) < SIDES:
            raise refused("no_image", f"{self.kind} is for images, and these have no rows and columns", "remove it")
        return (*self.sides(*shape[:SIDES]), *shape[SIDES:])


class Divide(Scaling):
    """Divides every value by a number: by 255, bytes become fractions in [0, 1]."""

    kind = "divide"
    by: Positive = Field(description="The divisor.")

    def fitted(self, images: Values) -> Numbers:
        """Return the divisor."""
        import numpy as np  # noqa: PLC0415 - a declaration is read without it

        del images
        return (np.array(self.by, np.float32),)

    def apply(self, images: Array, *numbers: Array) -> Array:
        """Return the quotients."""
        (by,) = numbers
        return images / by  # type: ignore[operator,no-any-return]


class Standardize(Scaling):
    """Subtracts the mean and divides by the standard deviation, both of the examples to train on alone."""

    kind = "standardize"
    needs_images = True
    by: Literal["channel", "pixel", "feature"] = Field(
        default="channel", description="Of what each has its own mean: the last axis, or every place of an example."
    )
    columns: Count | None = Field(
        default=None, description="How many features, from the first; the others, such as categories, stay."
    )

    def fitted(self, images: Values) -> Numbers:
        """Return means and standard deviations, shape (channels,) or inputs; 1 where all values are the same."""
        import numpy as np  # noqa: PLC0415 - as above

        axes = tuple(range(images.ndim - 1)) if self.by == "channel" else (0,)
        mean = images.mean(axis=axes, dtype=np.float64)
        # Parts of the images, so that no float64 copy of all is made.
        size = max(1, 2**22 // max(1, images[:1].size))
        squares = sum(
            (np.square(images[start : start + size] - mean)).sum(axis=axes) for start in range(0, len(images), size)
        )
        sd = np.sqrt(squares / (images.size / mean.size))
        sd[sd == 0] = 1
        if self.columns is not None:
            mean[..., self.columns :], sd[..., self.columns :] = 0, 1
        return mean.astype(np.float32), sd.astype(np.float32)

    def apply(self, images: Array, *numbers: Array) -> Array:
        """Return the standardized values."""
        mean, sd = numbers
        return (images - mean) / sd  # type: ignore[operator,no-any-return]


class Pad(Reshaping):
    """Adds rows and columns of one value on all sides."""

    kind = "pad"
    by: AmountPair = Field(description="How many rows above and below, and how many columns left and right.")
    value: Annotated[int, Field(ge=0, le=255)] = Field(default=0, description="Their value.")

    def sides(self, height: int, width: int) -> tuple[int, int]:
        """Return both with what is added."""
        rows, columns = self.by
        return height + 2 * rows, width + 2 * columns

    def reshape(self, images: Values) -> Values:
        """Return the padded images."""
        import numpy as np  # noqa: PLC0415 - as above

        rows, columns = self.by
        amounts = [(0, 0), (rows, rows), (columns, columns), *[(0, 0)] * (images.ndim - 3)]
        return np.pad(images, amounts, constant_values=self.value)


class Resize(Reshaping):
    """Resizes images, interpolating linearly between pixels, and averaging over them where images become smaller."""

    kind = "resize"
    size: Pair = Field(description="The new height and width.")

    def sides(self, height: int, width: int) -> tuple[int, int]:
        """Return the new ones."""
        del height, width
        return self.size

    def reshape(self, images: Values) -> Values:
        """Return the resized images."""
        from harness.data.resizing import resized  # noqa: PLC0415 - as above

        return resized(images, self.size)


AnyStep = Annotated[Step, Family("preprocessing step", Step, "harness.data.preprocessing")]
