"""The accuracy axis of all figures: steps of error, so that 99.2 and 99.3 % are as far apart as 98.4 and 98.6 %."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axis import Axis

# A perfect score would lie at infinity: half an image of 10,000 stands for no error at all.
LEAST_ERROR = 0.5e-4
# The roundest first: where ticks would crowd, later ones are left out; where they are few, finer ones come in.
ROUND = (0.9, 0.99, 0.999, 0.5, 0.98, 0.95, 0.995, 0.992, 0.985, 0.97, 0.998, 0.8, 0.2, 0.7, 0.96, 0.994, 0.996)
FINER = tuple(tuple(step / steps for step in range(steps)) for steps in (100, 1_000, 5_000, 10_000))
ENOUGH = 5
NOTE = "logarithmic in the error"


def position(accuracy: float) -> float:
    """Return where an accuracy in [0, 1] stands: -log10 of its error."""
    return float(-np.log10(max(1 - accuracy, LEAST_ERROR)))


def accuracy_axis(axis: Axis, accuracies: Sequence[float], gap: float = 0.07, margin: float = 0.06) -> None:
    """Put accuracies' ticks on the axis, in per cent, and make it hold all ``accuracies``, shape (n,).

    ``gap`` is the least distance of two ticks, ``margin`` the room at both ends, as shares of the axis.
    """
    low, high = position(min(accuracies)), position(max(accuracies))
    room = max(margin * (high - low), 0.02)
    ticks = _ticks(low - room, high + room, gap)
    axis.set_ticks([position(tick) for tick in ticks], labels=[f"{100 * tick:.5g}" for tick in ticks])
    axis.set_view_interval(low - room, high + room, ignore=True)


def _ticks(low: float, high: float, gap: float) -> list[float]:
    """Return accuracies between two positions that stand apart, the roundest before others."""
    kept: list[float] = []
    for level in (ROUND, *FINER):
        for tick in level:
            at = position(tick)
            if low <= at <= high and all(abs(at - position(other)) >= gap * (high - low) for other in kept):
                kept.append(tick)
        if len(kept) >= ENOUGH:
            break
    return sorted(kept)
