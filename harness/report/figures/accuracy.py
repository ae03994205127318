"""Test accuracy of every architecture: single seeds, the mean with its interval, what was published."""

from __future__ import annotations

from dataclasses import dataclass

from matplotlib.axes import Axes

from harness.analysis.findings import Findings
from harness.analysis.verdicts.published import published_accuracy
from harness.report.figures.drawing import BLUE, INK, ORANGE, PANEL, Figure, as_svg, canvas, quiet_axis
from harness.report.figures.scale import NOTE, accuracy_axis, position
from harness.statistics.samples import Interval

ROW_INCHES = 0.36
FRAME_INCHES = 1.05


@dataclass(frozen=True)
class Row:
    """One architecture's accuracies in [0, 1]."""

    name: str
    seeds: tuple[float, ...]
    mean: float
    interval: Interval | None
    published: float | None


def accuracy_figure(findings: Findings) -> Figure:
    """Draw one row per measured architecture, the best on top."""
    rows = tuple(_row(findings, one.name) for one in findings.ranking if one.runs)
    with canvas(FRAME_INCHES + ROW_INCHES * len(rows)) as drawn:
        axes = drawn.subplots()
        for place, row in enumerate(rows):
            _draw(axes, place, row)
        shown = [value for row in rows for value in _values(row)]
        accuracy_axis(axes.xaxis, shown)
        axes.set_yticks(range(len(rows)), labels=[row.name for row in rows])
        axes.set_ylim(len(rows) - 0.5, -0.5)
        axes.set_xlabel(f"Test accuracy after the last epoch (%; {NOTE})")
        quiet_axis(axes)
        handles = {text: handle for handle, text in zip(*axes.get_legend_handles_labels(), strict=True)}
        drawn.legend(handles.values(), handles.keys(), loc="outside upper right", ncols=len(handles))
        return Figure(
            file="figures/accuracy.svg",
            description="Test accuracy of every architecture: each seed, the mean with its 95 % interval, the "
            "published value",
            section="Accuracy and cost",
            svg=as_svg(drawn, rows),
        )


def _row(findings: Findings, name: str) -> Row:
    entry, accuracy = findings.study.named(name), findings.summaries[name].test_accuracy
    if entry is None or accuracy is None:
        raise ValueError(f"{name} is not measured")
    published = published_accuracy(entry.architecture.claims)
    return Row(
        name,
        entry.accuracies,
        accuracy.mean,
        accuracy.interval,
        None if published is None else float(published),
    )


def _values(row: Row) -> list[float]:
    bounds = [row.interval.low, row.interval.high] if row.interval else []
    # The interval of few seeds may pass 100 %; the axis does not.
    return [*row.seeds, *(min(bound, max(row.seeds)) if bound >= 1 else bound for bound in bounds), *_published(row)]


def _published(row: Row) -> list[float]:
    return [] if row.published is None else [row.published]


def _draw(axes: Axes, place: int, row: Row) -> None:
    if row.interval is not None:
        bounds = [position(row.interval.low), position(row.interval.high)]
        axes.plot(bounds, [place, place], color=BLUE, linewidth=2.4, label="95 % interval of the mean", zorder=2)
    # Below the line, so that neither mean nor published value hides a seed.
    places = [place + 0.24] * len(row.seeds)
    axes.plot(
        [position(seed) for seed in row.seeds],
        places,
        linestyle="none",
        marker="o",
        markersize=4,
        markerfacecolor="none",
        markeredgecolor=INK,
        markeredgewidth=0.8,
        label="one seed",
        zorder=3,
    )
    axes.plot(position(row.mean), place, "o", color=BLUE, markersize=7, markeredgecolor=PANEL, label="mean", zorder=4)
    if row.published is not None:
        at = position(row.published)
        axes.plot(at, place, "D", color=ORANGE, markersize=6, markeredgecolor=PANEL, label="published", zorder=5)
