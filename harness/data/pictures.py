"""A data set's test images as people look at them, bytes from 0 to 255; draws nothing."""

from __future__ import annotations

import numpy as np

from harness.arrays import Bytes, Values
from harness.data.cache import DatasetArrays
from harness.data.preprocessing import Divide

BRIGHTEST = 255
# Rows and columns, with colours or without.
GRAY_AXES, COLOUR_AXES = 3, 4
CHANNELS = {1, 3}


def pictures(arrays: DatasetArrays) -> Bytes | None:
    """Return the test images, shape (n, height, width) or (n, height, width, 3); None where they are no images."""
    images = arrays.test_images
    if images.ndim == COLOUR_AXES and images.shape[-1] == 1:
        images = images[..., 0]
    if images.ndim != GRAY_AXES and (images.ndim != COLOUR_AXES or images.shape[-1] not in CHANNELS):
        return None
    low, high = _range(arrays, images)
    if images.dtype == np.uint8 and (low, high) == (0, BRIGHTEST):
        return images
    scaled = (images.astype(np.float32) - low) * (BRIGHTEST / (high - low or 1))
    shown: Bytes = np.clip(scaled, 0, BRIGHTEST).astype(np.uint8)
    return shown


def _range(arrays: DatasetArrays, images: Values) -> tuple[float, float]:
    """Return the values that are darkest and brightest: 0 and what bytes are divided by, or else the extremes."""
    first = next(iter(arrays.dataset.preprocessing), None)
    if images.dtype == np.uint8:
        return 0, first.by if isinstance(first, Divide) else BRIGHTEST
    return float(images.min()), float(images.max())
