"""Seconds per epoch: every epoch of every seed, with median and quartiles."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from harness.analysis.findings import Findings
from harness.analysis.runs import ArchitectureResults
from harness.report import numbers
from harness.report.figures.drawing import BLUE, INK, PANEL, Figure, as_svg, canvas, quiet_axis
from harness.statistics.samples import Spread, spread

ROW_INCHES = 0.34
FRAME_INCHES = 1.05


@dataclass(frozen=True)
class Row:
    """One architecture's seconds per epoch."""

    name: str
    seconds: tuple[float, ...]
    spread: Spread


def times_figure(findings: Findings) -> Figure:
    """Draw one row per measured architecture, in the order of the headline."""
    rows = tuple(_row(one) for one in findings.ranking if one.runs)
    with canvas(FRAME_INCHES + ROW_INCHES * len(rows)) as drawn:
        axes = drawn.subplots()
        for place, row in enumerate(rows):
            _draw(axes, place, row)
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        shown = [second for row in rows for second in row.seconds]
        axes.set_xlim(min(shown) / 1.6, max(shown) * 2.2)
        axes.set_yticks(range(len(rows)), labels=[row.name for row in rows])
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_xlabel("Seconds per epoch of training (logarithmic)")
        quiet_axis(axes)
        handles = {text: handle for handle, text in zip(*axes.get_legend_handles_labels(), strict=True)}
        drawn.legend(handles.values(), handles.keys(), loc="outside upper right", ncols=len(handles))
        return Figure(
            file="figures/times.svg",
            description="Seconds per epoch of every architecture: each epoch, the median and the quartiles",
            section="Cost against accuracy",
            svg=as_svg(drawn, rows),
        )


def _row(entry: ArchitectureResults) -> Row:
    seconds = tuple(epoch.train_seconds for run in entry.runs for epoch in run.epochs)
    found = spread(seconds)
    if found is None:
        raise ValueError(f"{entry.name} is not measured")
    return Row(entry.name, seconds, found)


def _draw(axes: Axes, place: int, row: Row) -> None:
    places = [place] * len(row.seconds)
    axes.plot(row.seconds, places, "|", color=INK, markersize=9, alpha=0.35, label="one epoch", zorder=2)
    if row.spread.lower_quartile is not None and row.spread.upper_quartile is not None:
        bounds = [row.spread.lower_quartile, row.spread.upper_quartile]
        axes.plot(bounds, [place, place], color=BLUE, linewidth=2.4, label="quartiles", zorder=3)
    axes.plot(row.spread.median, place, "o", color=BLUE, markersize=6, markeredgecolor=PANEL, label="median", zorder=4)
    text = numbers.seconds(row.spread.median)
    axes.annotate(text, (max(row.seconds), place), xytext=(8, 0), textcoords="offset points", va="center")
