"""Sizes drawn to scale: twice a layer's output over its input, and what one value of each layer sees of an image."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.patches import Rectangle

from harness.reporting.evidence.sizes import Changes, Pair, Resized, Sights, sides
from harness.reporting.figures.drawing import (
    BLUE,
    GREEN,
    INK,
    ORANGE,
    PANEL,
    PURPLE,
    QUIET,
    SMALL_WIDTH,
    as_svg,
    canvas,
)

HEIGHT_INCHES = 2.3
LINES = ((BLUE, "-"), (ORANGE, "--"), (GREEN, "-."), (PURPLE, ":"))
PALE = "#c3cad0"


def changes_drawing(found: Changes) -> bytes:
    """Return a square for each layer as SVG: what the output covers, two pixels by two, and what it does not."""
    with canvas(HEIGHT_INCHES, SMALL_WIDTH) as drawn:
        drawn.suptitle("Twice the output over the input", x=0.01, ha="left", fontsize=9.5)
        for axes, change in zip(drawn.subplots(1, len(found.layers), squeeze=False).ravel(), found.layers, strict=True):
            _draw_change(axes, change)
        return as_svg(drawn, found)


def _draw_change(axes: Axes, change: Resized) -> None:
    (high, wide), (down, across) = change.before, change.behind
    axes.add_patch(Rectangle((0, 0), wide, high, facecolor=ORANGE, hatch="////", edgecolor=PANEL, linewidth=0))
    axes.add_patch(Rectangle((0, 0), 2 * across, 2 * down, facecolor=BLUE, linewidth=0))
    _lines(axes, (2 * down, 2 * across), 2, PANEL)
    _bare(axes, max(wide, 2 * across), max(high, 2 * down))
    axes.set_title(f"{change.text}\n{change.outcome}", fontsize=8.5)


def sights_drawing(found: Sights) -> bytes:
    """Return frames in one image, a layer's each, as SVG."""
    with canvas(HEIGHT_INCHES, SMALL_WIDTH) as drawn:
        axes, (high, wide) = drawn.subplots(), found.image
        _lines(axes, found.image, 1, PALE)
        axes.add_patch(Rectangle((0, 0), wide, high, fill=False, edgecolor=INK, linewidth=1.2))
        # The widest first, so that none covers another.
        for sight, (colour, dashes) in reversed(list(zip(found.layers, LINES, strict=False))):
            down, across = sight.size
            corner = ((wide - across) // 2, (high - down) // 2)
            frame = Rectangle(
                corner, across, down, facecolor=PANEL, edgecolor=colour, linestyle=dashes, label=sight.text
            )
            axes.add_patch(frame).set_linewidth(2)
        _bare(axes, wide, high)
        axes.set_title(f"An image of {sides(found.image)} pixels", color=QUIET)
        drawn.legend(loc="outside right upper", title="One value sees", alignment="left", fontsize=8, title_fontsize=9)
        return as_svg(drawn, found)


def _lines(axes: Axes, size: Pair, step: int, colour: str) -> None:
    """Draw the borders of the pixels, or of every so many of them."""
    high, wide = size
    down = [[(place, 0), (place, high)] for place in range(step, wide, step)]
    across = [[(0, place), (wide, place)] for place in range(step, high, step)]
    axes.add_collection(LineCollection([*down, *across], colors=colour, linewidths=0.7))


def _bare(axes: Axes, wide: float, high: float) -> None:
    axes.set_xlim(-0.3, wide + 0.3)
    axes.set_ylim(high + 0.3, -0.3)
    axes.set_aspect("equal")
    axes.set_axis_off()
