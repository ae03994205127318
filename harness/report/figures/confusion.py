"""Who confuses what: errors per run by true and predicted class, of the best and the worst architecture."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage
from numpy.typing import NDArray

from harness.report.figures.drawing import INK, PANEL, QUIET, WIDTH, Figure, as_svg, canvas

# Above this part of the darkest cell, numbers are light.
LIGHT_ABOVE = 0.55
LEAST_SHOWN = 0.05
ALONE = 4.6  # inches that one matrix takes


@dataclass(frozen=True)
class Matrix:
    """Test images per run by true (row) and predicted (column) class, shape (classes, classes)."""

    title: str
    counts: NDArray[np.float64]


def confusion_figure(matrices: Sequence[Matrix]) -> Figure:
    """Draw the matrices side by side in one scale; the right answers are left out, so that errors show."""
    errors = [_errors(matrix.counts) for matrix in matrices]
    darkest = max(float(cells.max()) for cells in errors) or 1.0
    with canvas(4.0, WIDTH if len(matrices) > 1 else ALONE) as drawn:
        panels = drawn.subplots(1, len(matrices), squeeze=False)[0]
        for axes, matrix, cells in zip(panels, matrices, errors, strict=True):
            shown = _draw(axes, cells, darkest)
            axes.set_title(matrix.title)
        drawn.colorbar(shown, ax=list(panels), label="Errors per run (test images)", shrink=0.75, pad=0.02)
        return Figure(
            file="figures/confusion.svg",
            description="Errors per run by true and predicted class, of the best and the worst architecture",
            section="Hardest images",
            svg=as_svg(drawn, tuple((matrix.title, matrix.counts.tolist()) for matrix in matrices)),
        )


def _errors(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the counts with nothing on the diagonal."""
    return np.asarray(counts * (1 - np.eye(len(counts))))


def _draw(axes: Axes, cells: NDArray[np.float64], darkest: float) -> AxesImage:
    shown = axes.imshow(cells, cmap="Blues", vmin=0, vmax=darkest)
    for row, column in zip(*np.nonzero(cells >= LEAST_SHOWN), strict=True):
        _number(axes, (int(row), int(column)), float(cells[row, column]), darkest)
    for place in range(len(cells)):
        axes.text(place, place, "·", ha="center", va="center", color=QUIET)
    axes.set_xticks(range(len(cells)))
    axes.set_yticks(range(len(cells)))
    axes.grid(visible=False)
    axes.set_xlabel("Predicted class")
    axes.set_ylabel("True class")
    return shown


def _number(axes: Axes, at: tuple[int, int], errors: float, darkest: float) -> None:
    text = f"{errors:.1f}" if errors < 10 else f"{errors:.0f}"  # noqa: PLR2004 - two digits fit
    colour = PANEL if errors > LIGHT_ABOVE * darkest else INK
    axes.text(at[1], at[0], text, ha="center", va="center", fontsize=6.5, color=colour)
