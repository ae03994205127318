"""Learning curves: test accuracy after every epoch, a small panel per architecture before all the others."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from harness.analysis.findings import Findings
from harness.analysis.runs import ArchitectureResults
from harness.report.blocks import Figure
from harness.report.figures.drawing import BLUE, ORANGE, as_svg, canvas
from harness.report.figures.scale import NOTE, accuracy_axis

COLUMNS = 3
OTHERS = "#c3cad0"
PANEL_INCHES = 2.1


@dataclass(frozen=True)
class Curve:
    """Accuracies in [0, 1] after every epoch, of every seed: ``test`` and ``train`` have shape (seeds, epochs)."""

    name: str
    test: tuple[tuple[float, ...], ...]
    train: tuple[tuple[float, ...], ...]


def curves_figure(findings: Findings) -> Figure:
    """Draw a panel per measured architecture, the best first."""
    curves = tuple(_curve(entry) for entry in findings.ranking if entry.runs)
    count = -(-len(curves) // COLUMNS)
    columns = min(COLUMNS, len(curves))
    with canvas(0.5 + PANEL_INCHES * count) as drawn:
        panels = drawn.subplots(count, columns, sharex=True, sharey=True, squeeze=False).ravel()
        shown = [value for curve in curves for seeds in (curve.test, curve.train) for seed in seeds for value in seed]
        accuracy_axis(panels[0].yaxis, shown, gap=0.09)
        panels[0].xaxis.set_major_locator(MaxNLocator(integer=True, nbins=6))
        for axes, curve in zip(panels, curves, strict=False):
            _draw(axes, curve, curves)
        for axes in panels[len(curves) :]:
            axes.set_axis_off()
        for axes in panels[max(0, len(curves) - columns) : len(curves)]:
            axes.tick_params(labelbottom=True)  # also where the place below is empty
        drawn.supxlabel("Epoch", fontsize=9)
        drawn.supylabel(f"Accuracy (%, {NOTE})", fontsize=9)
        handles, texts = panels[0].get_legend_handles_labels()
        drawn.legend(handles, texts, loc="outside upper right", ncols=3)
        return Figure(
            name="curves",
            description="Learning curves: accuracy after every epoch, mean and range over the seeds",
            svg=as_svg(drawn, curves),
        )


def _curve(entry: ArchitectureResults) -> Curve:
    return Curve(
        entry.name,
        tuple(tuple(epoch.value("test", "accuracy") for epoch in run.epochs) for run in entry.runs),
        tuple(tuple(epoch.value("train", "accuracy") for epoch in run.epochs) for run in entry.runs),
    )


def _draw(axes: Axes, curve: Curve, others: tuple[Curve, ...]) -> None:
    _band(axes, np.array(curve.train), ORANGE, "training, running mean over the epoch", "--")
    _band(axes, np.array(curve.test), BLUE, "test, after the epoch", "-")
    label = "test, other architectures"
    for other in others:
        if other is not curve:
            means = np.mean(other.test, axis=0)
            axes.plot(_epochs(means), means, color=OTHERS, linewidth=1, label=label, zorder=1)
            label = "_"  # one entry in the legend stands for all
    axes.set_title(curve.name)


def _band(axes: Axes, seeds: np.ndarray, colour: str, label: str, dashes: str) -> None:
    """Draw the mean over seeds with a band from the lowest to the highest; ``seeds`` has shape (seeds, epochs)."""
    epochs = _epochs(seeds[0])
    axes.fill_between(epochs, seeds.min(axis=0), seeds.max(axis=0), color=colour, alpha=0.22, linewidth=0, zorder=2)
    means = seeds.mean(axis=0)
    marker = "o" if len(means) == 1 else ""
    axes.plot(epochs, means, color=colour, linestyle=dashes, linewidth=1.6, marker=marker, label=label, zorder=3)


def _epochs(values: np.ndarray) -> range:
    return range(1, len(values) + 1)
