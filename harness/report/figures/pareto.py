"""Mean accuracy against each cost, with the front that no architecture beats."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.ticker import EngFormatter, LogLocator, NullLocator

from harness.analysis.findings import Findings
from harness.analysis.pareto import costs, front
from harness.report.figures.drawing import BLUE, INK, PANEL, QUIET, Figure, as_svg, canvas
from harness.report.figures.numbering import number_offsets
from harness.report.figures.scale import NOTE, accuracy_axis, position

PANEL_INCHES = 2.6
# About what a panel measures inside its axes, in printer's points: numbers are placed by it.
PANEL_POINTS = (370.0, 130.0)
COSTS = ("Parameters", "Multiply-accumulates per image", "Training seconds (median)")


@dataclass(frozen=True)
class Point:
    """Architectures that lie at one point: what they cost, in the order of ``COSTS``, and their mean accuracy."""

    names: tuple[str, ...]
    costs: tuple[float, ...]
    accuracy: float


def pareto_figure(findings: Findings) -> Figure:
    """Draw one panel per cost; architectures on the front are filled, dominated ones hollow."""
    points = _points(findings)
    with canvas(PANEL_INCHES * len(COSTS)) as drawn:
        panels = drawn.subplots(len(COSTS), 1, squeeze=False)[:, 0]
        for index, (axes, name) in enumerate(zip(panels, COSTS, strict=True)):
            _draw(axes, points, index)
            axes.set_xlabel(f"{name}, logarithmic")
            axes.set_ylabel("Mean test accuracy (%)")
        drawn.legend(
            [Line2D([], [], linestyle="none")] * len(points),
            [f"{number}  {_names(point)}" for number, point in enumerate(points, 1)],
            loc="outside right upper",
            handlelength=0,
            handletextpad=0,
            title=f"By mean accuracy;\n{NOTE}.\nFilled: on the front",
            alignment="left",
        )
        return Figure(
            file="figures/pareto.svg",
            description="Mean test accuracy against parameters, multiply-accumulates and training seconds, with the "
            "front that nothing dominates",
            section="Cost against accuracy",
            svg=as_svg(drawn, points),
        )


def _points(findings: Findings) -> tuple[Point, ...]:
    merged: dict[tuple[float, ...], list[str]] = {}
    for one in findings.ranking:
        if one.runs:
            merged.setdefault(costs(one), []).append(one.name)
    return tuple(Point(tuple(names), at[1:], 1 - at[0]) for at, names in merged.items())


def _draw(axes: Axes, points: Sequence[Point], cost: int) -> None:
    xs = [point.costs[cost] for point in points]
    best = front(xs, [point.accuracy for point in points])
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.xaxis.set_major_formatter(EngFormatter(sep=" "))
    axes.xaxis.set_minor_locator(NullLocator())
    line = [(xs[index], position(points[index].accuracy)) for index in best]
    axes.step(*zip(*line, strict=True), where="post", color=BLUE, linewidth=1.2, alpha=0.7, zorder=2)
    for index, point in enumerate(points):
        free = index in best
        axes.plot(
            xs[index],
            position(point.accuracy),
            "o",
            markersize=7,
            markerfacecolor=BLUE if free else PANEL,
            markeredgecolor=BLUE if free else QUIET,
            markeredgewidth=1.3,
            zorder=3,
        )
    accuracy_axis(axes.yaxis, [point.accuracy for point in points], gap=0.1, margin=0.16)
    low, high = float(np.min(xs)), float(np.max(xs))
    axes.set_xlim(low / 1.5, high * 1.5)
    _number(axes, [(x, position(point.accuracy)) for x, point in zip(xs, points, strict=True)])


def _number(axes: Axes, places: Sequence[tuple[float, float]]) -> None:
    """Write each point's number, its place by accuracy, beside it; ``places`` are in data coordinates."""
    left, right = (math.log(bound) for bound in axes.get_xlim())
    low, high = axes.get_ylim()
    width, height = PANEL_POINTS
    on_paper = [((math.log(x) - left) / (right - left) * width, (y - low) / (high - low) * height) for x, y in places]
    for number, (place, offset) in enumerate(zip(places, number_offsets(on_paper), strict=True), 1):
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


def _names(point: Point) -> str:
    return "\n    ".join(point.names)
