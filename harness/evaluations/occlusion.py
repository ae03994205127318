"""The test images with a square of background over a part of them, its side 2 to 16 pixels."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from harness.arrays import Values
from harness.evaluations.transformed import Transformed, background

SEED = 0


class Occlusion(Transformed):
    """Accuracy at each side of the square, which lies anywhere within the image.

    Its places have a seed of their own: every network and every trial sees the same images.
    """

    levels: ClassVar[tuple[float, ...]] = (2, 4, 8, 12, 16)
    unit: ClassVar[str] = "pixels"

    def changed(self, pictures: Values, level: float) -> Iterator[Values]:
        """Yield the pictures, each with a square at a place of its own."""
        places = np.random.default_rng(SEED).random((2, len(pictures)))
        covered = [
            _within(size, min(int(level), size), place) for size, place in zip(pictures.shape[1:3], places, strict=True)
        ]
        square = covered[0][:, :, np.newaxis] & covered[1][:, np.newaxis, :]
        yield np.where(square[..., np.newaxis], background(pictures), pictures)


def _within(size: int, side: int, place: Values) -> Values:
    """Return which rows, or columns, a square of this side covers, shape (n, size); places are in [0, 1)."""
    first = np.floor(place * (size - side + 1))[:, np.newaxis]
    covered: Values = (np.arange(size) >= first) & (np.arange(size) < first + side)
    return covered
