"""A row of one architecture's seeds: each of them, their mean with its interval, and what was published."""

from __future__ import annotations

from matplotlib.axes import Axes

from harness.evaluations.metric import Metric
from harness.reporting.evidence.seeds import SeedValues
from harness.reporting.figures.drawing import BLUE, INK, ORANGE, PANEL


def draw_row(axes: Axes, place: float, row: SeedValues, colour: str = BLUE, mean: str = "mean") -> None:
    """Draw the row at a height of the axes; marks of one kind have one label, that of the mean is ``mean``."""
    if row.interval is not None:
        bounds = [row.interval.low, row.interval.high]
        axes.plot(bounds, [place] * 2, color=colour, linewidth=2.4, label="95 % interval of the mean", zorder=2)
    seeds = sorted(set(row.seeds))  # equal ones would lie on each other
    axes.plot(
        seeds,
        # Below the line, so that neither mean nor published value hides a seed.
        [place + 0.24] * len(seeds),
        linestyle="none",
        marker="o",
        markersize=4,
        markerfacecolor="none",
        markeredgecolor=INK,
        markeredgewidth=0.8,
        label="single seed",
        zorder=3,
    )
    axes.plot(row.mean, place, "o", color=colour, markersize=7, markeredgecolor=PANEL, label=mean, zorder=4)
    if row.published is not None:
        at = row.published
        axes.plot(at, place, "D", color=ORANGE, markersize=6, markeredgecolor=PANEL, label="published", zorder=5)


def without_frame(axes: Axes) -> None:
    """Take away what stands between rows: they are told apart by their labels."""
    axes.grid(visible=False, axis="y")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)


def extent(row: SeedValues, metric: Metric) -> list[float]:
    """Return what the axis has to hold; an interval may pass the metric's range, which the axis does not."""
    bounds = [row.interval.low, row.interval.high] if row.interval else []
    published = [] if row.published is None else [row.published]
    return [*row.seeds, *filter(metric.allows, bounds), *published]
