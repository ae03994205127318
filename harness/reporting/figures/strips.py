"""One row per architecture, the best on top: the headline by seed, and seconds by epoch."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, LogLocator, NullLocator

from harness.analysis.findings import Findings
from harness.analysis.runs import ArchitectureResults
from harness.evaluations.metric import Quantity
from harness.reporting import numbers
from harness.reporting.blocks import Figure
from harness.reporting.evidence.seeds import SeedValues
from harness.reporting.figures.drawing import BLUE, INK, PANEL, Draw, as_svg, canvas, draw_anew
from harness.reporting.figures.scale import axis_label, metric_axis
from harness.reporting.figures.seed_rows import draw_row, extent, without_frame
from harness.spec.claims.metrics import published_value
from harness.statistics.samples import Spread, spread

ROW_INCHES = 0.35
FRAME_INCHES = 1.05
TICK = 0.19  # half the height of an epoch's mark, in rows


@dataclass(frozen=True)
class EpochTimes:
    """One architecture's training seconds, epoch by epoch of every timed run."""

    name: str
    seconds: tuple[float, ...]
    spread: Spread


def seeds_figure(findings: Findings, draw: Draw = draw_anew) -> Figure:
    """Draw every seed, the mean with its interval, and what was published."""
    headline = findings.study.headline
    rows = tuple(_seed_values(findings, entry) for entry in findings.ranking if entry.runs)
    return Figure(
        name="accuracy",
        description=f"{headline.heading} of every architecture: each seed, the mean with its 95 % interval, the "
        "published value",
        svg=draw(_seeds, rows, headline),
    )


def times_figure(findings: Findings, draw: Draw = draw_anew) -> Figure | None:
    """Draw every epoch of the one machine that times are about, with median and quartiles; None without one."""
    rows = tuple(_epoch_times(entry) for entry in findings.ranking if entry.timed)
    if not rows:
        return None
    return Figure(
        name="times",
        description="Training seconds per epoch of every architecture: each epoch, the median and the quartiles",
        svg=draw(_times, rows),
    )


def _seeds(rows: Sequence[SeedValues], headline: Quantity) -> bytes:
    return _strip_plot([row.name for row in rows], partial(_draw_seeds, rows, headline), rows)


def _times(rows: Sequence[EpochTimes]) -> bytes:
    return _strip_plot([row.name for row in rows], partial(_draw_times, rows), rows)


def _strip_plot(names: Sequence[str], draw: Callable[[Axes], None], data: object) -> bytes:
    """Return an SVG with a row per name, from 0 at the top, which ``draw`` fills; each kind of mark is named once."""
    with canvas(FRAME_INCHES + ROW_INCHES * len(names)) as drawn:
        axes = drawn.subplots()
        draw(axes)
        axes.set_yticks(range(len(names)), labels=names)
        axes.set_ylim(len(names) - 0.5, -0.5)
        without_frame(axes)
        handles = {text: handle for handle, text in zip(*axes.get_legend_handles_labels(), strict=True)}
        drawn.legend(handles.values(), handles.keys(), loc="outside upper right", ncols=len(handles))
        return as_svg(drawn, data)


def _seed_values(findings: Findings, entry: ArchitectureResults) -> SeedValues:
    mean = findings.headline_of(entry)
    if mean is None:
        raise ValueError(f"{entry.name} is not measured")
    published = published_value(entry.architecture.claims, findings.study.headline)
    return SeedValues(
        entry.name,
        entry.values(findings.study.headline),
        mean.mean,
        mean.interval,
        None if published is None else float(published),
    )


def _draw_seeds(rows: Sequence[SeedValues], headline: Quantity, axes: Axes) -> None:
    metric_axis(axes.xaxis, headline.metric, [value for row in rows for value in extent(row, headline.metric)])
    axes.set_xlabel(axis_label(f"{headline.heading} after the last epoch", headline.metric))
    for place, row in enumerate(rows):
        draw_row(axes, place, row)


def _epoch_times(entry: ArchitectureResults) -> EpochTimes:
    seconds = tuple(epoch.train_seconds for run in entry.timing.runs for epoch in run.epochs)
    found = spread(seconds)
    if found is None:
        raise ValueError(f"{entry.name} is not measured")
    return EpochTimes(entry.name, seconds, found)


def _draw_times(rows: Sequence[EpochTimes], axes: Axes) -> None:
    seconds = [second for row in rows for second in row.seconds]
    axes.set_xscale("log")
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.xaxis.set_minor_locator(NullLocator())
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
    axes.set_xlim(min(seconds) / 1.6, max(seconds) * 2.2)
    axes.set_xlabel("Training seconds per epoch (log scale)")
    for place, row in enumerate(rows):
        # One line with gaps: a thousand seeds as marks of their own would take seconds to draw.
        seconds_twice = [value for second in row.seconds for value in (second, second, math.nan)]
        heights = [place - TICK, place + TICK, math.nan] * len(row.seconds)
        axes.plot(seconds_twice, heights, color=INK, linewidth=0.8, alpha=0.4, label="single epoch", zorder=2)
        median, low, high = row.spread.median, row.spread.lower_quartile, row.spread.upper_quartile
        if low is not None and high is not None:
            axes.plot([low, high], [place] * 2, color=BLUE, linewidth=2.4, label="quartiles", zorder=3)
        axes.plot(median, place, "o", color=BLUE, markersize=6, markeredgecolor=PANEL, label="median", zorder=4)
        axes.annotate(
            numbers.median_seconds(row.spread),
            (max(row.seconds), place),
            xytext=(8, 0),
            textcoords="offset points",
            va="center",
            in_layout=False,
        )
