"""The test images that are misclassified most often, as pictures, and which classes are confused, as matrices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from harness.analysis.findings import Findings
from harness.analysis.images import HardImage, confusion
from harness.records.predictions import Classes
from harness.reporting.blocks import Figure
from harness.reporting.figures.drawing import INK, ORANGE, PANEL, QUIET, WIDTH, as_svg, canvas

# All test images by data set, each of shape (test examples, height, width).
Images = Mapping[str, Classes]

COLUMNS = 6
CELL_INCHES = WIDTH / COLUMNS
# In widths of a cell: a picture, what is left of it, the title above, and a cell with its caption.
SIDE, MARGIN, TITLE, CELL_HEIGHT = 0.94, 0.03, 0.17, 1.47
GAP = 0.04  # between a picture and its texts
# Above this part of the darkest cell, numbers are light.
LIGHT_ABOVE = 0.55
LEAST_SHOWN = 0.05
ALONE = 4.6  # inches that one matrix takes


def hardest_figure(findings: Findings, images: Images) -> Figure | None:
    """Draw a grid of pictures of the first data set that has any; a report is about one as a rule."""
    for dataset, pixels in images.items():
        if found := [image for image in findings.hardest if image.dataset == dataset]:
            return _hardest_figure(found, pixels)
    return None


def _hardest_figure(images: Sequence[HardImage], pixels: Classes) -> Figure:
    rows = -(-len(images) // COLUMNS)
    with canvas(CELL_INCHES * CELL_HEIGHT * rows) as drawn:
        # One panel for all, in places that are known: a panel each, laid out, would take half a second more.
        drawn.set_layout_engine("none")
        axes = drawn.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.set_axis_off()
        for place, image in enumerate(images):
            row, column = divmod(place, COLUMNS)
            _draw_image(axes, image, pixels[image.index], (column + MARGIN, row * CELL_HEIGHT + TITLE))
        axes.set(xlim=(0, COLUMNS), ylim=(CELL_HEIGHT * rows, 0), aspect="equal")
        return Figure(
            name="hardest",
            description="The test images that are misclassified most often, with their label and the most frequent "
            "wrong prediction",
            svg=as_svg(drawn, tuple((image, pixels[image.index].tobytes()) for image in images)),
        )


def _draw_image(axes: Axes, image: HardImage, pixels: Classes, corner: tuple[float, float]) -> None:
    """Draw one picture with its texts; ``corner`` is its upper left one, in widths of a cell."""
    left, top = corner
    right, bottom, middle = left + SIDE, top + SIDE, left + SIDE / 2
    axes.imshow(pixels, extent=(left, right, bottom, top), cmap="gray_r", vmin=0, vmax=255, interpolation="nearest")
    edge, width = (ORANGE, 1.6) if image.contested else (QUIET, 0.6)
    axes.add_patch(Rectangle(corner, SIDE, SIDE, fill=False, edgecolor=edge, linewidth=width))
    label = f"contested label {image.label}" if image.contested else f"label {image.label}"
    axes.text(middle, top - GAP, label, ha="center", va="bottom", fontsize=8.5)
    digit, share = image.predicted[0]
    caption = f"predicted {digit} in\n{100 * share:.0f} % of runs\nimage {image.index}"
    axes.text(middle, bottom + GAP, caption, ha="center", va="top", fontsize=7.5)


@dataclass(frozen=True)
class Matrix:
    """Test images per run by true (row) and predicted (column) class, shape (classes, classes)."""

    title: str
    counts: NDArray[np.float64]


def confusion_figure(findings: Findings) -> Figure | None:
    """Draw the confusion of the best and the worst of those whose predictions are at hand."""
    matrices = _matrices(findings)
    return _confusion_figure(matrices) if matrices else None


def _matrices(findings: Findings) -> list[Matrix]:
    measured = [entry for entry in findings.ranking if entry.runs]
    shown = [measured[0], measured[-1]] if len(measured) > 1 else measured
    matrices = []
    for title, entry in zip(("best", "worst"), shown, strict=False):
        counts = confusion(entry, findings.labels, len(entry.architecture.data.classes))
        if counts is not None:
            matrices.append(Matrix(f"{entry.name} ({title} mean)" if len(shown) > 1 else entry.name, counts))
    return matrices


def _confusion_figure(matrices: Sequence[Matrix]) -> Figure:
    """Draw the matrices side by side in one scale; correct predictions are left out, so that errors show."""
    errors = [_errors(matrix.counts) for matrix in matrices]
    darkest = max(float(cells.max()) for cells in errors) or 1.0
    with canvas(4.0, WIDTH if len(matrices) > 1 else ALONE) as drawn:
        panels = drawn.subplots(1, len(matrices), squeeze=False)[0]
        for axes, matrix, cells in zip(panels, matrices, errors, strict=True):
            shown = _draw_errors(axes, cells, darkest)
            axes.set_title(matrix.title)
        drawn.colorbar(shown, ax=list(panels), label="Errors per run (test images)", shrink=0.75, pad=0.02)
        return Figure(
            name="confusion",
            description="Errors per run by true and predicted class, of the best and the worst architecture",
            svg=as_svg(drawn, tuple((matrix.title, matrix.counts.tolist()) for matrix in matrices)),
        )


def _errors(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the counts with nothing on the diagonal."""
    return np.asarray(counts * (1 - np.eye(len(counts))))


def _draw_errors(axes: Axes, cells: NDArray[np.float64], darkest: float) -> AxesImage:
    shown = axes.imshow(cells, cmap="Blues", vmin=0, vmax=darkest)
    for row, column in zip(*np.nonzero(cells >= LEAST_SHOWN), strict=True):
        _number(axes, (int(row), int(column)), float(cells[row, column]), darkest)
    axes.plot(range(len(cells)), range(len(cells)), ".", color=QUIET, markersize=2)
    axes.set_xticks(range(len(cells)))
    axes.set_yticks(range(len(cells)))
    axes.grid(visible=False)
    axes.set_xlabel("Predicted class")
    axes.set_ylabel("True class")
    return shown


def _number(axes: Axes, at: tuple[int, int], errors: float, darkest: float) -> None:
    text = f"{errors:.1f}" if errors < 10 else f"{errors:.0f}"  # noqa: PLR2004 - two digits fit
    colour = PANEL if errors > LIGHT_ABOVE * darkest else INK
    axes.text(at[1], at[0], text, ha="center", va="center", fontsize=6.5, color=colour, in_layout=False)
