"""The test images convolved with a Gaussian whose standard deviation is 0.5 to 3 pixels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from harness.arrays import Values
from harness.evaluations.transformed import Transformed, background, blurred


class Blur(Transformed):
    """Accuracy at each standard deviation, with background beyond the edges."""

    levels: ClassVar[tuple[float, ...]] = (0.5, 1.0, 1.5, 2.0, 3.0)
    unit: ClassVar[str] = "pixels"

    def changed(self, pictures: Values, level: float) -> Iterator[Values]:
        """Yield the blurred pictures."""
        yield blurred(pictures, level, background(pictures))
