"""The accuracy axis of all figures: steps of error, so that 99.2 and 99.3 % are as far apart as 98.4 and 98.6 %."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axis import Axis

# A perfect score would lie at infinity: half an image of 10,000 stands for no error at all.
LEAST_ERROR = 0.5e-4
TICKS = (0.1, 0.2, 0.5, 0.7, 0.8, 0.9, 0.95, 0.97, 0.98, 0.985, 0.99, 0.992, 0.994, 0.996, 0.998, 0.999, 0.9999)
NOTE = "the scale is logarithmic in the error"
MARGIN = 0.06


def position(accuracy: float) -> float:
    """Return where an accuracy in [0, 1] stands: -log10 of its error."""
    return float(-np.log10(max(1 - accuracy, LEAST_ERROR)))


def accuracy_axis(axis: Axis, accuracies: Sequence[float]) -> None:
    """Put accuracies' ticks on the axis, in per cent, and make it hold all ``accuracies``, shape (n,)."""
    low, high = position(min(accuracies)), position(max(accuracies))
    margin = max(MARGIN * (high - low), 0.02)
    ticks = [tick for tick in TICKS if low - margin <= position(tick) <= high + margin]
    axis.set_ticks([position(tick) for tick in ticks], labels=[f"{100 * tick:.5g}" for tick in ticks])
    axis.set_view_interval(low - margin, high + margin, ignore=True)
