"""What is done to the bytes of an image before a network sees them, one small class per step; touches no array library.

A step works on the arrays of NumPy and of any backend alike, since it uses Python's operators alone.
"""

from __future__ import annotations

from abc import abstractmethod
from typing import Annotated, ClassVar, TypeVar

from pydantic import Field

from harness.declaration.kinds import Family, Kind
from harness.declaration.values import Positive

Array = TypeVar("Array")


class Step(Kind):
    """One step, applied to images as float32, one after another."""

    @property
    @abstractmethod
    def numbers(self) -> tuple[float, ...]:
        """The step's numbers, which `apply` takes as float32.

        A backend hands them over as tensors of their own and never as constants: TensorFlow turns a division by a
        constant 255 into a product with 1/255, which has other bits.
        """

    @abstractmethod
    def apply(self, images: Array, *numbers: Array) -> Array:
        """Return the images after the step; shape and type stay."""


class Divide(Step):
    """Divides every value by a number: by 255, bytes become fractions in [0, 1]."""

    kind: ClassVar[str] = "divide"
    by: Positive = Field(description="The divisor.")

    @property
    def numbers(self) -> tuple[float, ...]:
        """The divisor."""
        return (self.by,)

    def apply(self, images: Array, *numbers: Array) -> Array:
        """Return the quotients."""
        (by,) = numbers
        return images / by  # type: ignore[operator,no-any-return]


AnyStep = Annotated[Step, Family("preprocessing step", Step, "harness.data.preprocessing")]
