"""The test images cut into tiles that change places at random: local patterns stay, their arrangement is lost."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from harness.arrays import Values
from harness.evaluations.transformed import Transformed

SEED = 0


class Tiles(Transformed):
    """Accuracy at each number of tiles per side; what is left over at the right and at the bottom stays in place.

    The order of an image's tiles has a seed of its own: every network and every trial sees the same images. A picture
    with fewer pixels per side than tiles has one tile for each pixel.
    """

    levels: ClassVar[tuple[float, ...]] = (2, 4, 7, 14)
    unit: ClassVar[str] = "tiles per side"
    unchanged: ClassVar[float] = 1.0

    def changed(self, pictures: Values, level: float) -> Iterator[Values]:
        """Yield the pictures, each with its tiles in an order of its own."""
        count, *sides, channels = pictures.shape
        rows, columns = (min(int(level), side) for side in sides)
        height, width = sides[0] // rows, sides[1] // columns
        inner = pictures[:, : rows * height, : columns * width]
        tiles = inner.reshape(count, rows, height, columns, width, channels).swapaxes(2, 3)
        flat = tiles.reshape(count, rows * columns, height, width, channels)
        order = np.random.default_rng(SEED).permuted(np.tile(np.arange(rows * columns), (count, 1)), axis=1)
        moved = flat[np.arange(count)[:, np.newaxis], order].reshape(tiles.shape).swapaxes(2, 3)
        shuffled = pictures.copy()
        shuffled[:, : rows * height, : columns * width] = moved.reshape(inner.shape)
        yield shuffled
