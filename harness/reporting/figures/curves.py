"""Learning curves: the headline after every epoch, a small panel per architecture before all the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.ticker import MaxNLocator

from harness.analysis.findings import Findings
from harness.analysis.run import Run
from harness.analysis.runs import ArchitectureResults
from harness.evaluations.metric import TRAIN, Quantity
from harness.reporting.blocks import Figure
from harness.reporting.figures.drawing import BLUE, ORANGE, Draw, as_svg, canvas, draw_anew
from harness.reporting.figures.scale import axis_label, metric_axis

COLUMNS = 3
OTHERS = "#c3cad0"
PANEL_INCHES = 2.1


@dataclass(frozen=True)
class Band:
    """Values after every epoch: lowest, mean and highest over the seeds."""

    lows: tuple[float, ...]
    means: tuple[float, ...]
    highs: tuple[float, ...]

    @property
    def epochs(self) -> range:
        """The epochs, from 1."""
        return range(1, len(self.means) + 1)


@dataclass(frozen=True)
class LearningCurve:
    """What is drawn of one architecture; no running means where training does not report the headline's metric."""

    name: str
    test: Band
    train: Band | None


def curves_figure(findings: Findings, draw: Draw = draw_anew) -> Figure:
    """Draw a panel per measured architecture, the best first."""
    headline = findings.study.headline
    curves = tuple(_curve(entry, headline) for entry in findings.ranking if entry.runs)
    return Figure(
        name="curves",
        description=f"Learning curves: {headline.metric.name} after every epoch, mean and range over the seeds",
        svg=draw(_curves, curves, headline),
    )


def _curves(curves: Sequence[LearningCurve], headline: Quantity) -> bytes:
    count = -(-len(curves) // COLUMNS)
    columns = min(COLUMNS, len(curves))
    with canvas(0.5 + PANEL_INCHES * count) as drawn:
        panels = drawn.subplots(count, columns, sharex=True, sharey=True, squeeze=False).ravel()
        bands = [band for curve in curves for band in (curve.test, curve.train) if band]
        shown = [value for band in bands for value in (*band.lows, *band.highs)]
        metric_axis(panels[0].yaxis, headline.metric, shown, gap=0.09)
        panels[0].xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
        for axes, curve in zip(panels, curves, strict=False):
            _draw(axes, curve, curves, headline.evaluation)
        for axes in panels[len(curves) :]:
            axes.set_axis_off()
        for axes in panels[max(0, len(curves) - columns) : len(curves)]:
            axes.tick_params(labelbottom=True)  # also where the place below is empty
        drawn.supxlabel("Epoch", fontsize=9)
        drawn.supylabel(axis_label(headline.metric.name.capitalize(), headline.metric), fontsize=9)
        handles, texts = panels[0].get_legend_handles_labels()
        drawn.legend(handles, texts, loc="outside upper right", ncols=3)
        return as_svg(drawn, curves)


def _curve(entry: ArchitectureResults, headline: Quantity) -> LearningCurve:
    running_mean = Quantity(TRAIN, headline.metric)
    is_known = running_mean.known_of(entry.runs[0].last) is not None
    return LearningCurve(entry.name, _band(entry.runs, headline), _band(entry.runs, running_mean) if is_known else None)


def _band(runs: Sequence[Run], quantity: Quantity) -> Band:
    """Return the band over the runs; where recipes end the training early, over those that got to the epoch."""
    values = [run.curve(quantity) for run in runs]
    reached = range(max(map(len, values)))
    by_epoch = [np.array([of_run[epoch] for of_run in values if epoch < len(of_run)]) for epoch in reached]
    lows, means, highs = (tuple(float(bound(there)) for there in by_epoch) for bound in (np.min, np.mean, np.max))
    return Band(lows, means, highs)


def _draw(axes: Axes, curve: LearningCurve, curves: Sequence[LearningCurve], evaluation: str) -> None:
    if curve.train:
        _draw_band(axes, curve.train, ORANGE, "training, running mean over the epoch", "--")
    _draw_band(axes, curve.test, BLUE, f"{evaluation}, after the epoch", "-")
    others = [list(zip(other.test.epochs, other.test.means, strict=True)) for other in curves if other is not curve]
    if others:
        label = f"{evaluation}, other architectures"
        axes.add_collection(LineCollection(others, colors=OTHERS, linewidths=1, label=label, zorder=1))
    axes.set_title(curve.name)


def _draw_band(axes: Axes, band: Band, colour: str, label: str, dashes: str) -> None:
    """Draw the mean with a band from the lowest to the highest."""
    axes.fill_between(band.epochs, band.lows, band.highs, color=colour, alpha=0.22, linewidth=0, zorder=2)
    marker = "o" if len(band.epochs) == 1 else ""
    axes.plot(
        band.epochs, band.means, color=colour, linestyle=dashes, linewidth=1.6, marker=marker, label=label, zorder=3
    )
