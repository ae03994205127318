"""The axis of a metric in all figures; knows how far apart values are, and no data.

Shares stand by their error, so that 99.2 and 99.3 % are as far apart as 98.4 and 98.6 %, all else as it is.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axis import Axis
from matplotlib.scale import FuncTransform, ScaleBase
from matplotlib.ticker import FuncFormatter, Locator, NullLocator
from matplotlib.transforms import Transform
from numpy.typing import ArrayLike, NDArray

from harness.evaluations.metric import PERCENT, Metric

# Added to every error, so that a perfect score has a place too: half an image of 10,000.
LEAST_ERROR = 0.5e-4
# The roundest first: where ticks would crowd, later ones are left out; where they are few, finer ones come in.
ROUND = (0.9, 0.99, 0.999, 0.5, 0.98, 0.95, 0.995, 0.992, 0.985, 0.97, 0.998, 0.8, 0.2, 0.7, 0.96, 0.994, 0.996)
FINER = tuple(tuple(step / steps for step in range(steps)) for steps in (100, 1_000, 5_000, 10_000))
ENOUGH = 5
# Where fewer fit, no more than this part of the axis is filled with round ones before finer ones would come.
MOST_FILLED = 0.5


def position(shares: ArrayLike) -> NDArray[np.float64]:
    """Return where shares in [0, 1] stand: -log10 of their errors; what lies above 1 stands at its end."""
    return np.asarray(-np.log10(np.maximum(1 + LEAST_ERROR - np.asarray(shares), LEAST_ERROR / 10)))


def share_at(positions: ArrayLike) -> NDArray[np.float64]:
    """Return the shares that stand at ``positions``."""
    return np.asarray(1 + LEAST_ERROR - 10.0 ** -np.asarray(positions))


class ErrorScale(ScaleBase):
    """Shares in [0, 1] by the logarithm of their error; ticks are in per cent and ``gap`` of the axis apart."""

    name = "error"

    def __init__(self, gap: float) -> None:
        self._gap = gap

    def get_transform(self) -> Transform:
        """Return the way from shares to positions."""
        return FuncTransform(position, share_at)

    def set_default_locators_and_formatters(self, axis: Axis) -> None:
        """Put round shares on the axis."""
        axis.set_major_locator(ErrorLocator(self._gap))
        axis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.5g}"))
        axis.set_minor_locator(NullLocator())


class ErrorLocator(Locator):
    """Round shares that stand at least ``gap`` of the axis apart, the roundest before others."""

    def __init__(self, gap: float) -> None:
        self._gap = gap

    def __call__(self) -> Sequence[float]:
        """Return the ticks of the axis as it is now."""
        if self.axis is None:
            raise ValueError("a locator finds ticks for an axis")
        return self.tick_values(*self.axis.get_view_interval())

    def tick_values(self, vmin: float, vmax: float) -> Sequence[float]:
        """Return the ticks between two shares."""
        low, high = position([vmin, vmax])
        kept: dict[float, float] = {}  # where each tick stands
        for level in (ROUND, *FINER):
            places = position(level)
            for tick, place in zip(level, places.tolist(), strict=True):
                if low <= place <= high and all(abs(place - at) >= self._gap * (high - low) for at in kept.values()):
                    kept[tick] = place
            if len(kept) >= min(ENOUGH, MOST_FILLED / self._gap):
                break
        return sorted(kept)


def stands_by_error(metric: Metric) -> bool:
    """Say whether the metric's values stand by the logarithm of their error."""
    return metric.unit == PERCENT and metric.higher_is_better


def axis_label(words: str, metric: Metric) -> str:
    """Return what an axis of the metric is called, with its unit and its scale."""
    scale = "log scale of the error" if stands_by_error(metric) else ""
    notes = ", ".join(filter(None, (metric.unit, scale)))
    return f"{words} ({notes})" if notes else words


def metric_axis(axis: Axis, metric: Metric, values: Sequence[float], gap: float = 0.07, margin: float = 0.06) -> None:
    """Make the axis one of the metric that holds all ``values``, shape (n,).

    ``gap`` is the least distance of two ticks, ``margin`` the room at both ends, as parts of the axis.
    """
    if stands_by_error(metric):
        _error_axis(axis, values, gap, margin)
        return
    low, high = min(values), max(values)
    room = margin * (high - low) or abs(high) * margin or 1.0
    axis.set_view_interval(low - room, high + room, ignore=True)


def _error_axis(axis: Axis, shares: Sequence[float], gap: float, margin: float) -> None:
    set_scale = axis.axes.set_xscale if axis is axis.axes.xaxis else axis.axes.set_yscale
    set_scale(ErrorScale(gap))
    low, high = position([min(shares), max(shares)])
    room = max(margin * (high - low), 0.02)
    first, last = share_at([low - room, high + room])
    axis.set_view_interval(first, last, ignore=True)
