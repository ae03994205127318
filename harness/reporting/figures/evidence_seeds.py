"""Rows of seeds: of networks that are compared, and of recipes beside the numbers that a document publishes."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from matplotlib.axes import Axes

from harness.evaluations.metric import ACCURACY
from harness.reporting.evidence.recipes import NumberPanel, Recipes
from harness.reporting.evidence.seeds import TRAINING, Rows, SeedRow, SeedValues
from harness.reporting.figures.drawing import BLUE, ORANGE, SMALL_WIDTH, WIDTH, as_svg, canvas
from harness.reporting.figures.scale import axis_label, metric_axis
from harness.reporting.figures.seed_rows import draw_row, extent, without_frame

FRAME_INCHES = 1.1
ROW_INCHES = 0.36
# Of a title with one line below the number, and of one more line.
TITLE_INCHES, LINE_INCHES = 0.2, 0.13
MOST_COLUMNS = 3
# All panels together are this wide in characters of a small font.
PANEL_LETTERS = 108
MOST_LINES = 2


def rows_drawing(found: Rows) -> bytes:
    """Return a row for each architecture, or one below the other where it was measured on two things, as SVG."""
    height = sum(len(row.measured) for row in found.rows)
    with canvas(FRAME_INCHES + ROW_INCHES * height, SMALL_WIDTH) as drawn:
        axes = drawn.subplots()
        shown = [value for row in found.rows for seeds in row.measured for value in extent(seeds, ACCURACY)]
        metric_axis(axes.xaxis, ACCURACY, shown, gap=0.11)
        _draw_rows(axes, found.rows)
        drawn.suptitle(found.title, x=0.01, ha="left", fontsize=9.5)
        # Ended where the axis ends: it is longer than the axis beside long names.
        axes.set_xlabel(axis_label(found.axis, ACCURACY), x=1.0, ha="right")
        labelled = {text: mark for mark, text in zip(*axes.get_legend_handles_labels(), strict=True)}
        columns = len(labelled) if len(labelled) <= MOST_COLUMNS else 2
        drawn.legend(labelled.values(), labelled.keys(), loc="outside lower left", ncols=columns, fontsize=7.5)
        return as_svg(drawn, found)


def _draw_rows(axes: Axes, rows: tuple[SeedRow, ...]) -> None:
    middles, place = list[float](), 0
    for row in rows:
        middles.append(place + (len(row.measured) - 1) / 2)
        for seeds in row.measured:
            draw_row(axes, place, seeds, ORANGE if seeds.name == TRAINING else BLUE, _mean(seeds, row))
            place += 1
        if row.untrained:
            heights = [middles[-1] + 0.24] * len(row.untrained)
            axes.plot(row.untrained, heights, "x", color=ORANGE, markersize=7, label="failed to train", zorder=4)
    axes.set_yticks(middles, labels=[row.label for row in rows])
    axes.set_ylim(place - 0.45, -0.6)
    without_frame(axes)


def _mean(seeds: SeedValues, row: SeedRow) -> str:
    return f"mean, {seeds.name}" if len(row.measured) > 1 else "mean"


def recipes_drawing(found: Recipes) -> bytes:
    """Return a panel for each published number and a row in it for each recipe as SVG."""
    titles = _titles(found.numbers)
    title_inches = TITLE_INCHES + LINE_INCHES * (titles[0].count("\n") - 1)
    with canvas(FRAME_INCHES + title_inches + ROW_INCHES * len(found.names), WIDTH) as drawn:
        panels = drawn.subplots(1, len(found.numbers), sharey=True, squeeze=False).ravel()
        for axes, number, title in zip(panels, found.numbers, titles, strict=True):
            _draw_number(axes, number, title)
        panels[0].set_yticks(range(len(found.names)), labels=found.names)
        panels[0].set_ylim(len(found.names) - 0.45, -0.6)
        labelled = {text: mark for axes in panels for mark, text in zip(*axes.get_legend_handles_labels(), strict=True)}
        drawn.legend(labelled.values(), labelled.keys(), loc="outside lower right", ncols=4, fontsize=8)
        return as_svg(drawn, found)


def _titles(numbers: Sequence[NumberPanel]) -> tuple[str, ...]:
    """Return the number and its place for each panel, wrapped to the panel's width: as many lines in each."""
    letters = PANEL_LETTERS // len(numbers)
    wrapped = [wrap(number.where, letters, max_lines=MOST_LINES, placeholder=" …") for number in numbers]
    most = max(map(len, wrapped))
    places = ("\n".join(lines) + "\n" * (most - len(lines)) for lines in wrapped)
    return tuple(f"{one.title} {one.text}\n{place}" for one, place in zip(numbers, places, strict=True))


def _draw_number(axes: Axes, number: NumberPanel, title: str) -> None:
    shown = [value for row in number.rows if row for value in extent(row, number.metric)]
    metric_axis(axes.xaxis, number.metric, [number.value, *shown], gap=0.2)
    axes.axvline(number.value, color=ORANGE, linewidth=1.4, linestyle="--", label="published", zorder=1)
    for place, row in enumerate(number.rows):
        if row is not None:
            draw_row(axes, place, row)
    axes.set_title(title, fontsize=8)
    # The title says what it is; beside another panel there is room for no more.
    axes.set_xlabel(axis_label("", number.metric).strip(" ()"), fontsize=8)
    without_frame(axes)
