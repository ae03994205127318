"""The filters of the first convolution: recorded as a small picture, and how many of them find edges."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import ClassVar

import numpy as np

from harness.arrays import Bytes, Values
from harness.evaluations.evaluation import EvaluationKind, Scored
from harness.evaluations.metric import PERCENT, Metric

# Of more filters, the first.
MOST_FILTERS = 64
KERNEL_AXES = 4
# What stands for 0 in a byte, and the step from there to the largest weight.
ZERO, LARGEST_STEP = 128, 127
SHAPE_TYPE = np.dtype("<u2")
# A filter whose weights add up to less than this share of their sizes answers to differences, not to brightness.
EDGE_SUM = 0.5

LARGEST = Metric("largest_weight", higher_is_better=False, low=0.0, words="largest weight")
EDGES = Metric("edges", higher_is_better=True, unit=PERCENT, low=0.0, high=1.0, places=1, words="filters for edges")
LIKENESS = Metric("likeness", higher_is_better=False, low=0.0, high=1.0, places=2, words="likeness of filters")


class Filters(EvaluationKind):
    """The first convolution's weights as bytes, and what can be counted of them.

    ``edges`` is the share of filters whose weights add up to less than half of their absolute values' sum, over all
    channels: an even area gives them little or nothing. ``likeness`` is the mean, over the filters, of the absolute
    cosine to the filter that is most like it, up to its sign. Recorded are the filters, up to 64, their weights rounded
    to 127 steps of the largest one.
    """

    metrics = (LARGEST, EDGES, LIKENESS)
    needs_pictures: ClassVar[bool] = True
    needs_filters: ClassVar[bool] = True

    def measure(self, scored: Scored) -> Mapping[str, float]:
        """Return the metrics; the likeness where there are two filters."""
        kernel = first_kernel(scored.weights)
        if kernel is None:
            return {}
        flat = kernel.reshape(-1, kernel.shape[-1]).astype(np.float64).T
        sums, sizes = abs(flat.sum(axis=1)), abs(flat).sum(axis=1)
        found = {LARGEST.name: float(abs(flat).max()), EDGES.name: float((sums < EDGE_SUM * sizes).mean())}
        return {**found, **({LIKENESS.name: _likeness(flat)} if len(flat) > 1 else {})}

    def kept(self, scored: Scored) -> Bytes | None:
        """Return the filters as `pictured` reads them, shape (8 + height × width × channels × filters,)."""
        kernel = first_kernel(scored.weights)
        if kernel is None:
            return None
        chosen = kernel[..., :MOST_FILTERS]
        steps = np.rint(chosen * (LARGEST_STEP / (np.abs(chosen).max() or 1.0))) + ZERO
        return np.concatenate([np.array(chosen.shape, SHAPE_TYPE).view(np.uint8), steps.astype(np.uint8).ravel()])


def first_kernel(weights: Sequence[Values]) -> Values | None:
    """Return the first weights of a convolution, shape (height, width, channels, filters), or None without one."""
    return next((array for array in weights if array.ndim == KERNEL_AXES), None)


def pictured(kept: Bytes) -> Bytes | None:
    """Return recorded filters, shape (height, width, channels, filters), 128 for 0; None where they are none."""
    header = KERNEL_AXES * SHAPE_TYPE.itemsize
    if len(kept) <= header:
        return None
    shape = kept[:header].view(SHAPE_TYPE).tolist()
    return kept[header:].reshape(shape) if math.prod(shape) == len(kept) - header else None


def _likeness(flat: Values) -> float:
    """Return the mean of each filter's largest absolute cosine to another; ``flat`` has shape (filters, weights)."""
    lengths = np.linalg.norm(flat, axis=1, keepdims=True)
    directions = flat / np.where(lengths > 0, lengths, 1)
    cosines = abs(directions @ directions.T)
    np.fill_diagonal(cosines, 0)
    return float(cosines.max(axis=1).clip(0, 1).mean())
