"""Curves of accuracy over the levels of a change: mean and range over the seeds, and the level that was judged."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from harness.reporting.evidence.levels import Levels
from harness.reporting.figures.drawing import BLUE, GREEN, ORANGE, PURPLE, QUIET, SMALL_WIDTH, as_svg, canvas

HEIGHT_INCHES = 2.4
LEGEND_INCHES = 0.17
SMALL = 7.5
LINES = ((BLUE, "-", "o"), (ORANGE, "--", "s"), (GREEN, "-.", "^"), (PURPLE, ":", "D"))


def levels_drawing(found: Levels) -> bytes:
    """Return the curves as SVG."""
    with canvas(HEIGHT_INCHES + LEGEND_INCHES * len(found.curves), SMALL_WIDTH) as drawn:
        axes = drawn.subplots()
        _draw(axes, found)
        drawn.legend(loc="outside upper left", ncols=1, fontsize=8, handlelength=3)
        return as_svg(drawn, found)


def _draw(axes: Axes, found: Levels) -> None:
    places = range(len(found.levels))
    for curve, (colour, dashes, mark) in zip(found.curves, LINES, strict=False):
        axes.fill_between(places, curve.lows, curve.highs, color=colour, alpha=0.18, linewidth=0)
        axes.plot(places, curve.means, color=colour, linestyle=dashes, marker=mark, markersize=3.5, label=curve.name)
    axes.axvline(found.judged, color=QUIET, linewidth=0.9, zorder=1)
    axes.text(found.judged + 0.08, 1.0, "judged here", color=QUIET, fontsize=SMALL)
    axes.axhline(found.guessing, color=QUIET, linewidth=0.9, linestyle=":", zorder=1)
    axes.text(0, found.guessing - 0.02, "guessing", color=QUIET, fontsize=SMALL, va="top")
    axes.set_ylim(0, 1.06)
    axes.set_xticks(places, labels=found.levels)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.0f}"))
    axes.set_title(found.title)
    axes.set_xlabel(found.unit.capitalize())
    axes.set_ylabel("Accuracy (%)")
