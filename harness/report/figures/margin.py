"""Labels in the right margin, tied to their points by thin lines, so that none can collide; measures no text."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes

from harness.report.figures.drawing import QUIET


@dataclass(frozen=True)
class Label:
    """A text and the point that it names, in the axes' data coordinates."""

    text: str
    x: float
    y: float


def spread_out(heights: Sequence[float], gap: float) -> list[float]:
    """Return ``heights``, shape (n,) in [0, 1], moved as little as it takes to stand ``gap`` apart, in their order.

    Groups that would touch are merged and centred on their mean, as in isotonic regression.
    """
    order = sorted(range(len(heights)), key=lambda index: heights[index])
    groups: list[list[int]] = []
    for index in order:
        groups.append([index])
        while len(groups) > 1 and _bottom(groups[-1], heights, gap) < _top(groups[-2], heights, gap) + gap:
            last = groups.pop()
            groups[-1] += last
    placed = [0.0] * len(heights)
    for group in groups:
        for step, index in enumerate(group):
            placed[index] = _bottom(group, heights, gap) + step * gap
    return _inside(placed, gap)


def label_margin(axes: Axes, labels: Sequence[Label], gap: float) -> None:
    """Write the labels right of the axes, ``gap`` apart at least, as a share of the axes' height."""
    low, high = axes.get_ylim()
    heights = [(label.y - low) / (high - low) for label in labels]
    for label, height in zip(labels, spread_out(heights, gap), strict=True):
        axes.annotate(
            label.text,
            xy=(label.x, label.y),
            xycoords="data",
            xytext=(1.03, height),
            textcoords="axes fraction",
            va="center",
            ha="left",
            annotation_clip=False,
            arrowprops={
                "arrowstyle": "-",
                "color": QUIET,
                "linewidth": 0.5,
                "shrinkA": 1,
                "shrinkB": 3,
                "relpos": (0, 0.5),
            },
        )


def _bottom(group: Sequence[int], heights: Sequence[float], gap: float) -> float:
    centre = sum(heights[index] for index in group) / len(group)
    return centre - gap * (len(group) - 1) / 2


def _top(group: Sequence[int], heights: Sequence[float], gap: float) -> float:
    return _bottom(group, heights, gap) + gap * (len(group) - 1)


def _inside(heights: list[float], gap: float) -> list[float]:
    """Return the heights, spread evenly if they would not fit between 0 and 1, else moved inside."""
    if not heights:
        return heights
    low, high = min(heights), max(heights)
    if high - low > 1:
        order = sorted(range(len(heights)), key=lambda index: heights[index])
        even = {index: step / (len(heights) - 1) for step, index in enumerate(order)}
        return [even[index] for index in range(len(heights))]
    shift = max(0.0, -low) - max(0.0, high - 1)
    del gap
    return [height + shift for height in heights]
