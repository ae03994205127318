"""The test images turned by 5 to 45 degrees to either side."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from harness.arrays import Values
from harness.evaluations.transformed import Transformed, background, rotated


class Rotation(Transformed):
    """Accuracy at each angle, over both sides; bilinear, about the middle, with background from beyond the edges."""

    levels: ClassVar[tuple[float, ...]] = (5, 10, 15, 20, 30, 45)
    unit: ClassVar[str] = "degrees"
    variants: ClassVar[int] = 2

    def changed(self, pictures: Values, level: float) -> Iterator[Values]:
        """Yield the pictures turned counterclockwise, then clockwise."""
        fill = background(pictures)
        yield rotated(pictures, level, fill)
        yield rotated(pictures, -level, fill)
