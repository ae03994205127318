"""What evaluations on changed test images have in common: the changes, each to several levels; trains nothing.

Many pictures are changed at once, shape (n, height, width, channels), always in the same way. What comes from beyond
the edge is background. Values stay of their type: those of bytes are rounded.
"""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from harness.arrays import Values
from harness.evaluations.evaluation import EvaluationKind, Examples, Scored
from harness.evaluations.metric import ACCURACY, Metric

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


# Test images that are changed; with them all evaluations of a trial cost less than a tenth of its training.
SAMPLE = 500
# The images as they are.
UNCHANGED = 0.0


class Transformed(EvaluationKind):
    """Accuracy on a sample of the test images, evenly spread over them, at each level of a change.

    ``levels`` are in ``unit``; ``variants`` is how many copies of an image there are at each, such as one for each
    direction. The images as they are come first: their accuracy is that at ``unchanged``.
    """

    levels: ClassVar[tuple[float, ...]]
    unit: ClassVar[str]
    unchanged: ClassVar[float] = UNCHANGED
    variants: ClassVar[int] = 1
    needs_pictures: ClassVar[bool] = True

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The accuracy at each level."""
        return tuple(ACCURACY.at(level, self.unit) for level in (self.unchanged, *self.levels))

    @abstractmethod
    def changed(self, pictures: Values, level: float) -> Iterator[Values]:
        """Yield the variants of the pictures, shape (n, height, width, channels), at a level."""

    def examples(self, examples: Examples) -> Examples:
        """Return the sample, then the variants of all of it, level by level."""
        sample = examples.spread(SAMPLE)
        pictures = as_pictures(sample.images)
        copies = [pictures, *(copy for level in self.levels for copy in self.changed(pictures, level))]
        return sample.with_copies(copies)

    def measure(self, scored: Scored) -> Mapping[str, float]:
        """Return the accuracy at each level, over all variants."""
        right = self.by_level(scored.right)
        return {metric.name: float(found.mean()) for metric, found in zip(self.metrics, right, strict=True)}

    def by_level(self, values: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.bool_], ...]:
        """Return values of the examples by level, each of shape (variants, n), that of the unchanged ones (1, n)."""
        blocks = values.reshape(1 + self.variants * len(self.levels), -1)
        return blocks[:1], *np.split(blocks[1:], len(self.levels))
