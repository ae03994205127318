"""Changes many pictures at once, shape (n, height, width, channels), always in the same way; trains nothing.

What comes from beyond the edge is background. Values stay of their type: those of bytes are rounded.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[Any]
Floats = npt.NDArray[np.float64]

# Where a Gaussian is cut off, in standard deviations, as in scipy.ndimage.
TRUNCATED_AT = 4.0


def as_pictures(images: Values) -> Values:
    """Return images, shape (n, height, width) or (n, height, width, channels), with channels."""
    return images if images.ndim == 4 else images[..., np.newaxis]  # noqa: PLR2004 - n, height, width, channels


def background(pictures: Values) -> Values:
    """Return the most frequent value at the pictures' edges, shape (channels,); of two as frequent the lower one."""
    edges = [pictures[:, 0], pictures[:, -1], pictures[:, 1:-1, 0], pictures[:, 1:-1, -1]]
    pixels = np.concatenate([edge.reshape(-1, pictures.shape[-1]) for edge in edges])
    found = (np.unique(channel, return_counts=True) for channel in pixels.T)
    return np.array([values[counts.argmax()] for values, counts in found], pictures.dtype)


def shifted(pictures: Values, down: int, right: int, fill: Values) -> Values:
    """Return the pictures moved by whole pixels, negative ones up and left."""
    height, width = pictures.shape[1:3]
    down, right = max(-height, min(height, down)), max(-width, min(width, right))
    moved = np.empty_like(pictures)
    moved[:] = fill
    moved[:, max(down, 0) : height + min(down, 0), max(right, 0) : width + min(right, 0)] = pictures[
        :, max(-down, 0) : height - max(down, 0), max(-right, 0) : width - max(right, 0)
    ]
    return moved


def rotated(pictures: Values, degrees: float, fill: Values) -> Values:
    """Return the pictures turned counterclockwise about their middles."""
    cosine, sine = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return resampled(pictures, np.array([[cosine, sine], [-sine, cosine]]), fill)


def scaled(pictures: Values, factor: float, fill: Values) -> Values:
    """Return the pictures enlarged about their middles, or made smaller where the factor is below 1."""
    return resampled(pictures, np.eye(2) / factor, fill)


def resampled(pictures: Values, matrix: Floats, fill: Values) -> Values:
    """Return pictures whose pixel at offset d from the middle, (down, right), is the old one's at ``matrix @ d``.

    Between pixels bilinear, as ``scipy.ndimage.affine_transform(order=1, mode="grid-constant")``.
    """
    count, height, width, channels = pictures.shape
    middle = (np.array([height, width]) - 1) / 2
    offsets = np.indices((height, width)).reshape(2, -1).T - middle
    rows, columns = (offsets @ matrix.T + middle).T + 1  # 1: the row and the column of background on each side
    rows, columns = rows.clip(0, height + 1), columns.clip(0, width + 1)
    top, left = np.floor(rows).clip(max=height).astype(int), np.floor(columns).clip(max=width).astype(int)
    down, right = rows - top, columns - left
    framed = np.empty((count, height + 2, width + 2, channels))
    framed[:] = fill
    framed[:, 1:-1, 1:-1] = pictures
    flat, stride = framed.reshape(count, -1, channels), width + 2
    corners = ((0, 0, (1 - down) * (1 - right)), (0, 1, (1 - down) * right), (1, 0, down * (1 - right)))
    mixed = flat[:, (top + 1) * stride + left + 1] * (down * right)[:, np.newaxis]
    for below, beside, share in corners:
        mixed += flat[:, (top + below) * stride + left + beside] * share[:, np.newaxis]
    return as_type(mixed.reshape(pictures.shape), pictures.dtype)


def blurred(pictures: Values, sigma: float, fill: Values) -> Values:
    """Return the pictures convolved with a Gaussian of this standard deviation in pixels."""
    radius = int(TRUNCATED_AT * sigma + 0.5)
    distances = np.arange(-radius, radius + 1)
    weights = np.exp(-(distances**2) / (2 * sigma**2))
    weights /= weights.sum()
    smooth = pictures.astype(np.float64)
    for axis in (1, 2):
        smooth = _convolved(smooth, weights, axis, fill)
    return as_type(smooth, pictures.dtype)


def _convolved(pictures: Floats, weights: Floats, axis: int, fill: Values) -> Floats:
    size, radius = pictures.shape[axis], len(weights) // 2
    edge = np.empty((*pictures.shape[:axis], radius, *pictures.shape[axis + 1 :]))
    edge[:] = fill
    padded = np.concatenate([edge, pictures, edge], axis=axis)
    total = np.zeros_like(pictures)
    for place, weight in enumerate(weights):  # sums in one order, whatever the machine
        part = [slice(None)] * padded.ndim
        part[axis] = slice(place, place + size)
        total += weight * padded[tuple(part)]
    return total


def as_type(values: Floats, dtype: npt.DTypeLike) -> Values:
    """Return the values as that type; bytes are rounded and stay within 0 to 255."""
    if not np.issubdtype(dtype, np.integer):
        return values.astype(dtype)
    limits = np.iinfo(np.dtype(dtype).type)
    return np.rint(values).clip(limits.min, limits.max).astype(dtype)
