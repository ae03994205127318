"""The test images made smaller and larger within their frame, by factors from 0.5 to 1.5."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

from harness.arrays import Values
from harness.evaluations.transformed import Transformed, background, scaled


class Scale(Transformed):
    """Accuracy at each factor; bilinear, about the middle, with background from beyond the edges."""

    levels: ClassVar[tuple[float, ...]] = (0.5, 0.7, 0.85, 1.15, 1.3, 1.5)
    unit: ClassVar[str] = "times the size"
    unchanged: ClassVar[float] = 1.0

    def changed(self, pictures: Values, level: float) -> Iterator[Values]:
        """Yield the scaled pictures."""
        yield scaled(pictures, level, background(pictures))
