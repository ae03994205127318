"""Accuracy against the level of each change of the test images: a panel per change, a line per architecture."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import cycle, product

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter

from harness.analysis.findings import Findings
from harness.analysis.robustness import Tolerance, tolerances
from harness.reporting.blocks import Figure
from harness.reporting.figures.drawing import BLUE, GREEN, ORANGE, PURPLE, Draw, as_svg, canvas, draw_anew

COLUMNS = 2
PANEL_INCHES = 2.4
# Colours that all eyes can tell, then the same with other dashes and marks.
LINES = tuple(
    (colour, *form) for form, colour in product((("-", "o"), ("--", "s"), (":", "^")), (BLUE, ORANGE, GREEN, PURPLE))
)


def robustness_figure(findings: Findings, draw: Draw = draw_anew) -> Figure | None:
    """Draw a panel per change that is recorded, or nothing."""
    found = tolerances([entry for entry in findings.ranking if entry.runs])
    if not any(tolerance.curves for tolerance in found):
        return None
    return Figure(
        name="robustness",
        description="Accuracy on changed test images against the level of each change, mean over the seeds",
        svg=draw(_panels, found),
    )


def _panels(found: Sequence[Tolerance]) -> bytes:
    names = dict.fromkeys(curve.name for tolerance in found for curve in tolerance.curves)
    styles = dict(zip(names, cycle(LINES), strict=False))
    rows, columns = -(-len(found) // COLUMNS), min(COLUMNS, len(found))
    with canvas(0.5 + PANEL_INCHES * rows + 0.2 * -(-len(names) // 3)) as drawn:
        panels = drawn.subplots(rows, columns, sharey=True, squeeze=False).ravel()
        for axes, tolerance in zip(panels, found, strict=False):
            _draw(axes, tolerance, styles)
        for axes in panels[len(found) :]:
            axes.set_axis_off()
        drawn.supylabel("Accuracy, %", fontsize=9)
        labelled = {text: line for axes in panels for line, text in zip(*axes.get_legend_handles_labels(), strict=True)}
        drawn.legend(labelled.values(), labelled.keys(), loc="outside upper left", ncols=3)
        return as_svg(drawn, found)


def _draw(axes: Axes, tolerance: Tolerance, styles: dict[str, tuple[str, str, str]]) -> None:
    for curve in tolerance.curves:
        colour, dashes, mark = styles[curve.name]
        axes.plot(
            tolerance.levels, curve.means, color=colour, linestyle=dashes, marker=mark, markersize=3.5, label=curve.name
        )
    axes.set_ylim(0, 1.02)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda share, _: f"{100 * share:.0f}"))
    axes.tick_params(labelleft=True)
    axes.set_title(tolerance.evaluation.capitalize())
    axes.set_xlabel(tolerance.unit.capitalize())
