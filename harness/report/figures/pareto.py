"""Mean accuracy against each cost, with the front that no architecture beats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes

from harness.analysis.findings import Findings
from harness.analysis.pareto import costs, front
from harness.report.figures.drawing import BLUE, PANEL, QUIET, Figure, as_svg, canvas
from harness.report.figures.margin import Label, label_margin
from harness.report.figures.scale import NOTE, accuracy_axis, position

PANEL_INCHES = 2.7
LABEL_GAP = 0.085
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
        panels[0].set_title(
            f"Filled: on the front, nothing is both cheaper and more accurate. Accuracy: {NOTE}.", fontsize=8.5
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
    accuracy_axis(axes.yaxis, [point.accuracy for point in points])
    low, high = float(np.min(xs)), float(np.max(xs))
    axes.set_xlim(low / 1.4, high * 1.4)
    label_margin(
        axes,
        [Label(", ".join(point.names), xs[i], position(point.accuracy)) for i, point in enumerate(points)],
        LABEL_GAP,
    )
