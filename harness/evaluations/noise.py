"""The test images with Gaussian noise, its standard deviation 10 to 50 per cent of the range of values."""

from __future__ import annotations

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from harness.arrays import Values
from harness.evaluations.transformed import Transformed, as_type

SEED = 0


class Noise(Transformed):
    """Accuracy at each standard deviation, cut off at the lowest and the highest value of the sample.

    The noise has a seed of its own: every network and every trial sees the same images.
    """

    levels: ClassVar[tuple[float, ...]] = (0.1, 0.2, 0.3, 0.4, 0.5)
    unit: ClassVar[str] = "of the range"

    def changed(self, pictures: Values, level: float) -> Iterator[Values]:
        """Yield the noisy pictures."""
        low, high = float(pictures.min()), float(pictures.max())
        noise = np.random.default_rng(SEED).standard_normal(pictures.shape)
        yield as_type((pictures + level * (high - low) * noise).clip(low, high), pictures.dtype)
