"""The headline's mean against each cost, with the front that no architecture beats; points have numbers, no names."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import EngFormatter, FuncFormatter, LogLocator, NullLocator

from harness.analysis.findings import Findings
from harness.analysis.pareto import costs, front
from harness.analysis.runs import ArchitectureResults
from harness.evaluations.metric import Metric, Quantity
from harness.reporting import numbers
from harness.reporting.blocks import Figure
from harness.reporting.figures.drawing import BLUE, INK, PANEL, QUIET, Draw, as_svg, canvas, draw_anew
from harness.reporting.figures.scale import metric_axis, stands_by_error
from harness.statistics.samples import Interval, mean_interval

PANEL_INCHES = 2.6
# About what a panel measures inside its axes, in printer's points: numbers are placed by it.
PANEL_POINTS = (370.0, 130.0)
COSTS = ("Parameters", "Multiply-accumulates per image", "Median training seconds")

Position = tuple[float, float]

# In printer's points: a marker's and a number's radius, and where a number may stand around its marker.
MARKER = 4.5
NUMBER = 5.5
OFFSETS: tuple[Position, ...] = tuple(
    (radius * math.cos(math.radians(angle)), radius * math.sin(math.radians(angle)))
    for radius in (10.5, 16.0, 22.0)
    for angle in (45, 135, 315, 225, 0, 180, 90, 270)  # beside the interval first, which stands upright
)


@dataclass(frozen=True)
class Point:
    """Architectures that lie at one point: what they cost, in the order of ``COSTS``, their mean and its interval."""

    names: tuple[str, ...]
    costs: tuple[float, ...]
    mean: float
    interval: Interval | None = None

    def extent(self, metric: Metric) -> tuple[float, ...]:
        """Return the mean and the interval's bounds, as far as the metric has such values."""
        bounds = (self.interval.low, self.interval.high) if self.interval else ()
        return (self.mean, *filter(metric.allows, bounds))


def pareto_figure(findings: Findings, draw: Draw = draw_anew) -> Figure:
    """Draw one panel per cost; architectures on the front of the means are filled, others hollow."""
    headline = findings.study.headline
    return Figure(
        name="pareto",
        description=f"Mean {headline.title} against parameters, multiply-accumulates and training seconds, with "
        "the Pareto front of the means",
        svg=draw(_panels, _points(findings), headline),
    )


def _panels(points: Sequence[Point], headline: Quantity) -> bytes:
    with canvas(PANEL_INCHES * len(COSTS)) as drawn:
        panels = drawn.subplots(len(COSTS), 1, squeeze=False)[:, 0]
        for index, (axes, name) in enumerate(zip(panels, COSTS, strict=True)):
            _draw(axes, points, index, headline.metric)
            axes.set_xlabel(f"{name} (log scale{_free(points, index)})")
            axes.set_ylabel(numbers.headed(headline.metric, f"Mean {headline.title}"))
        drawn.legend(
            [Line2D([], [], linestyle="none")] * len(points),
            [f"{number}  {_names(point)}" for number, point in enumerate(points, 1)],
            loc="outside right upper",
            handlelength=0,
            handletextpad=0,
            title=_legend_title(headline.metric),
            alignment="left",
        )
        return as_svg(drawn, points)


def _points(findings: Findings) -> tuple[Point, ...]:
    merged: dict[tuple[float, ...], list[ArchitectureResults]] = {}
    headline = findings.study.headline
    for entry in findings.ranking:
        if entry.runs:
            mean = float(np.mean(entry.values(headline)))
            merged.setdefault((mean, *costs(entry)), []).append(entry)
    return tuple(
        Point(tuple(one.name for one in alike), at[1:], at[0], mean_interval(alike[0].values(headline)))
        for at, alike in merged.items()
    )


def _legend_title(metric: Metric) -> str:
    scale = ";\nvertical log scale of the error" if stands_by_error(metric) else ""
    return f"Numbered by mean {metric.name},\nfilled on the front of the means,\nwith the means' 95 % intervals{scale}"


def _free(points: Sequence[Point], cost: int) -> str:
    """Return the numbers of the points that cost nothing, which have no place on a logarithmic scale."""
    free = [str(number) for number, point in enumerate(points, 1) if point.costs[cost] == 0]
    return f"; without {', '.join(free)} at 0" if free else ""


def _tick(value: float, place: int | None = None) -> str:
    """Return a cost as people read it: 50 k, 2, 0.5."""
    del place
    return EngFormatter(sep=" ").format_eng(value) if value >= 1 else f"{value:g}"


def _draw(axes: Axes, points: Sequence[Point], cost: int, metric: Metric) -> None:
    known = {number: point for number, point in enumerate(points, 1) if point.costs[cost] > 0}  # nan is not
    if not known:
        return
    shown = tuple(known.values())
    places = [(point.costs[cost], point.mean) for point in shown]
    costs_shown, means = zip(*places, strict=True)
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.xaxis.set_major_formatter(FuncFormatter(_tick))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.set_xlim(min(costs_shown) / 1.5, max(costs_shown) * 1.5)
    metric_axis(axes.yaxis, metric, [value for point in shown for value in point.extent(metric)], gap=0.1, margin=0.16)
    best = front(costs_shown, [metric.merit(mean) for mean in means])
    axes.step(*zip(*(places[index] for index in best), strict=True), where="post", color=BLUE, alpha=0.7, zorder=2)
    for point in shown:
        extent = point.extent(metric)
        axes.plot([point.costs[cost]] * 2, [min(extent), max(extent)], color=QUIET, linewidth=0.8, zorder=1)
    for index, place in enumerate(places):
        fill, edge = (BLUE, BLUE) if index in best else (PANEL, QUIET)
        axes.plot(*place, "o", markersize=7, markerfacecolor=fill, markeredgecolor=edge, markeredgewidth=1.3, zorder=3)
    _number(axes, tuple(known), places)


def _number(axes: Axes, ranks: Sequence[int], places: Sequence[Position]) -> None:
    """Write each point's number, its place in the ranking, beside it; ``places`` are in data coordinates."""
    shares = (axes.transScale + axes.transLimits).transform(places)  # of the panel's width and height
    on_paper = [(x * PANEL_POINTS[0], y * PANEL_POINTS[1]) for x, y in shares.tolist()]
    for number, place, offset in zip(ranks, places, number_offsets(on_paper), strict=True):
        axes.annotate(
            str(number),
            place,
            xytext=offset,
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=8,
            color=INK,
            bbox={"facecolor": PANEL, "edgecolor": "none", "pad": 0.6, "alpha": 0.85},
            zorder=4,
        )


def number_offsets(points: Sequence[Position]) -> tuple[Position, ...]:
    """Return where each point's number stands relative to it; ``points`` and offsets in printer's points, shape (n, 2).

    Takes for each, in order, the first place that is free, else the one that covers least.
    """
    taken: list[Position] = []
    offsets = []
    for point in points:
        best = min(OFFSETS, key=lambda offset: _covered(_moved(point, offset), points, taken))
        taken.append(_moved(point, best))
        offsets.append(best)
    return tuple(offsets)


def _moved(point: Position, offset: Position) -> Position:
    return point[0] + offset[0], point[1] + offset[1]


def _covered(place: Position, points: Sequence[Position], numbers: Sequence[Position]) -> float:
    """Return how far a number at the place would reach into markers and other numbers."""
    markers = sum(max(0.0, MARKER + NUMBER - math.dist(place, point)) for point in points)
    return markers + sum(max(0.0, 2 * NUMBER - math.dist(place, number)) for number in numbers)


def _names(point: Point) -> str:
    return "\n    ".join(point.names)
