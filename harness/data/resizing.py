"""Images in another size, by the algorithm of Pillow's bilinear filter, with its bits; opens no file.

Here, so that data sets without files of images need no Pillow, and that no other version of it brings other bits.
Source: Pillow, src/libImaging/Resample.c (``precompute_coeffs``, ``ImagingResampleHorizontal_8bpc``).
"""

from __future__ import annotations

import numpy as np

from harness.arrays import Values
from harness.data.array_formats import CHUNK_BYTES

# Pillow's precision of a weight: 32 bits, less 8 of the pixel and 2 to spare.
BITS = 22

Taps = list[tuple[int, float]]


def resized(images: Values, size: tuple[int, int]) -> Values:
    """Return images, shape (n, height, width, ...), in the size (height, width); bytes stay bytes, floats floats."""
    height, width = size
    found = np.empty((len(images), height, width, *images.shape[3:]), images.dtype)
    part = max(1, CHUNK_BYTES // (8 * max(1, images[:1].size, found[:1].size)))
    for start in range(0, len(images), part):
        rows = slice(start, start + part)
        found[rows] = _along(_along(images[rows], 2, width), 1, height)
    return found


def _along(images: Values, axis: int, size: int) -> Values:
    """Return the images with another size along one axis."""
    before = np.moveaxis(images, axis, 0)
    if len(before) == size:
        return images
    after = np.empty((size, *before.shape[1:]), images.dtype)
    for index, taps in enumerate(_taps(len(before), size)):
        after[index] = _weighted(before, taps)
    return np.moveaxis(after, 0, axis)


def _weighted(before: Values, taps: Taps) -> Values:
    """Return the weighted sum of some of the first axis's entries: for bytes in whole numbers, rounded and clipped."""
    if before.dtype == np.uint8:
        total = np.full(before.shape[1:], 1 << (BITS - 1), np.int64)
        for source, weight in taps:
            total += before[source].astype(np.int64) * int(weight * (1 << BITS) + 0.5)
        clipped: Values = np.clip(total >> BITS, 0, 255).astype(np.uint8)
        return clipped
    floats = np.zeros(before.shape[1:], np.float64)
    for source, weight in taps:
        floats += before[source].astype(np.float64) * weight
    rounded: Values = floats.astype(before.dtype)
    return rounded


def _taps(before: int, after: int) -> list[Taps]:
    """Return, for each new pixel, the old ones that it is made of, with their weights, which sum to 1."""
    scale = before / after
    reach = max(scale, 1.0)
    found = []
    for index in range(after):
        centre = (index + 0.5) * scale
        first, last = max(0, int(centre - reach + 0.5)), min(before, int(centre + reach + 0.5))
        weights = [max(0.0, 1.0 - abs((source - centre + 0.5) / reach)) for source in range(first, last)]
        total = sum(weights)
        found.append([(first + place, weight / total) for place, weight in enumerate(weights)])
    return found
