"""The test images that are misclassified most often, as pictures, and which classes are confused, as matrices."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.image import AxesImage
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

from harness.analysis.classes import confusion
from harness.analysis.findings import Findings
from harness.analysis.images import HardImage
from harness.records.predictions import Classes
from harness.reporting.blocks import Figure
from harness.reporting.figures.drawing import INK, ORANGE, PANEL, QUIET, WIDTH, Draw, as_svg, canvas, draw_anew, legible
from harness.reporting.sections.headline import shortened
from harness.reporting.sections.images import named

# All test images by data set, each of shape (test examples, height, width), or with three colours behind.
Images = Mapping[str, Classes]

COLUMNS = 6
CELL_INCHES = WIDTH / COLUMNS
# In widths of a cell: a picture, what is left of it, the title above, and a cell with its caption.
SIDE, MARGIN, TITLE, CELL_HEIGHT = 0.94, 0.03, 0.17, 1.47
GAP = 0.04  # between a picture and its texts
# Above this part of the darkest cell, numbers are light.
LIGHT_ABOVE = 0.55
LEAST_SHOWN = 0.05
# Half of the pixels are at most this bright where something stands on a black ground.
DARK_GROUND = 32
LONGEST_NAME = 16
# In a matrix that can be read.
MOST_CLASSES = 20
# Names that are no longer stand beside each other.
LEVEL_NAME = 2
ALONE = 4.6  # inches that one matrix takes


def hardest_figure(findings: Findings, images: Images, draw: Draw = draw_anew) -> Figure | None:
    """Draw a grid of pictures of the first data set that has any; a report is about one as a rule."""
    for dataset, pixels in images.items():
        if found := [image for image in findings.hardest if image.dataset == dataset]:
            shown = pixels[[image.index for image in found]]
            return Figure(
                name="hardest",
                description="The test images that are misclassified most often, with their label and the most frequent "
                "wrong prediction",
                svg=draw(_grid, found, shown, findings.classes[dataset]),
            )
    return None


def _grid(images: Sequence[HardImage], pixels: Classes, names: Sequence[str]) -> bytes:
    """Draw each image from its pixels, in the same order."""
    rows, colours = -(-len(images) // COLUMNS), shades(pixels)
    with canvas(CELL_INCHES * CELL_HEIGHT * rows) as drawn:
        # One panel for all, in places that are known: a panel each, laid out, would take half a second more.
        drawn.set_layout_engine("none")
        axes = drawn.add_axes((0.0, 0.0, 1.0, 1.0))
        axes.set_axis_off()
        for place, image in enumerate(images):
            row, column = divmod(place, COLUMNS)
            corner = column + MARGIN, row * CELL_HEIGHT + TITLE
            _draw_picture(axes, image, pixels[place], corner, colours)
            _write_texts(axes, image, names, corner)
        axes.set(xlim=(0, COLUMNS), ylim=(CELL_HEIGHT * rows, 0), aspect="equal")
        return as_svg(drawn, (tuple(names), *zip(images, (shown.tobytes() for shown in pixels), strict=True)))


def shades(pixels: Classes) -> str:
    """Return how grey pictures are drawn: what stands bright on black, as writing does here, in ink on paper.

    Photographs are drawn as they are. Those in colours need no choice.
    """
    return "gray_r" if float(np.median(pixels)) <= DARK_GROUND else "gray"


def _draw_picture(axes: Axes, image: HardImage, pixels: Classes, corner: tuple[float, float], colours: str) -> None:
    """Draw one picture; ``corner`` is its upper left one, in widths of a cell. Its longer side fills the cell."""
    left, top = corner
    height, width = (SIDE * length / max(pixels.shape[:2]) for length in pixels.shape[:2])
    x, y = left + (SIDE - width) / 2, top + (SIDE - height) / 2
    axes.imshow(pixels, extent=(x, x + width, y + height, y), cmap=colours, vmin=0, vmax=255, interpolation="nearest")
    edge, line = (ORANGE, 1.6) if image.contested else (QUIET, 0.6)
    axes.add_patch(Rectangle((x, y), width, height, fill=False, edgecolor=edge, linewidth=line))


def _write_texts(axes: Axes, image: HardImage, names: Sequence[str], corner: tuple[float, float]) -> None:
    """Write the label above a picture, and the most frequent wrong prediction below it."""
    left, top = corner
    bottom, middle = top + SIDE, left + SIDE / 2
    name, wrong = (_short(named(names, label)) for label in (image.label, image.predicted[0][0]))
    label = f"contested label {name}" if image.contested else f"label {name}"
    axes.text(middle, top - GAP, label, ha="center", va="bottom", fontsize=8.5, parse_math=False)
    caption = f"predicted {wrong} in\n{100 * image.predicted[0][1]:.0f} % of runs\nimage {image.index}"
    axes.text(middle, bottom + GAP, caption, ha="center", va="top", fontsize=7.5, parse_math=False)


@dataclass(frozen=True)
class Matrix:
    """Test images per run by true (row) and predicted (column) class, shape (classes, classes), with their names."""

    title: str
    counts: NDArray[np.float64]
    names: tuple[str, ...]


def confusion_figure(findings: Findings, draw: Draw = draw_anew) -> Figure | None:
    """Draw the confusion of the best and the worst of those whose predictions are at hand."""
    matrices = _readable(_matrices(findings))
    if not matrices:
        return None
    return Figure(
        name="confusion",
        description="Errors per run by true and predicted class, of the best and the worst architecture",
        svg=draw(_side_by_side, matrices),
    )


def _matrices(findings: Findings) -> list[Matrix]:
    measured = [entry for entry in findings.ranking if entry.runs]
    shown = [measured[0], measured[-1]] if len(measured) > 1 else measured
    matrices = []
    for title, entry in zip(("best", "worst"), shown, strict=False):
        names = entry.architecture.data.classes
        counts = confusion(entry, findings.labels, len(names))
        if counts is not None:
            matrices.append(Matrix(f"{entry.name} ({title} mean)" if len(shown) > 1 else entry.name, counts, names))
    return matrices


def _readable(matrices: Sequence[Matrix]) -> list[Matrix]:
    """Return the matrices of the classes that have most errors in all of them, where there are too many to read."""
    if not matrices or len(matrices[0].names) <= MOST_CLASSES or len({matrix.names for matrix in matrices}) > 1:
        return list(matrices)
    errors = sum(_errors(matrix.counts).sum(axis=0) + _errors(matrix.counts).sum(axis=1) for matrix in matrices)
    kept = np.sort(np.argsort(-np.asarray(errors), kind="stable")[:MOST_CLASSES])
    return [
        Matrix(matrix.title, matrix.counts[np.ix_(kept, kept)], tuple(matrix.names[number] for number in kept))
        for matrix in matrices
    ]


def _side_by_side(matrices: Sequence[Matrix]) -> bytes:
    """Draw the matrices side by side in one scale; correct predictions are left out, so that errors show."""
    errors = [_errors(matrix.counts) for matrix in matrices]
    darkest = max(float(cells.max()) for cells in errors) or 1.0
    with canvas(4.0, WIDTH if len(matrices) > 1 else ALONE) as drawn:
        panels = drawn.subplots(1, len(matrices), squeeze=False)[0]
        for axes, matrix, cells in zip(panels, matrices, errors, strict=True):
            shown = _draw_errors(axes, cells, darkest)
            _name_classes(axes, matrix.names)
            axes.set_title(matrix.title)
        drawn.colorbar(shown, ax=list(panels), label="Errors per run (test images)", shrink=0.75, pad=0.02)
        return as_svg(drawn, tuple((matrix.title, matrix.counts.tolist(), matrix.names) for matrix in matrices))


def _errors(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the counts with nothing on the diagonal."""
    return np.asarray(counts * (1 - np.eye(len(counts))))


def _draw_errors(axes: Axes, cells: NDArray[np.float64], darkest: float) -> AxesImage:
    shown = axes.imshow(cells, cmap="Blues", vmin=0, vmax=darkest)
    for row, column in zip(*np.nonzero(cells >= LEAST_SHOWN), strict=True):
        _number(axes, (int(row), int(column)), float(cells[row, column]), darkest)
    axes.plot(range(len(cells)), range(len(cells)), ".", color=QUIET, markersize=2)
    axes.grid(visible=False)
    axes.set_xlabel("Predicted class")
    axes.set_ylabel("True class")
    return shown


def _name_classes(axes: Axes, names: Sequence[str]) -> None:
    """Name rows and columns; long names of columns stand upright."""
    short = [_short(name) for name in names]
    upright = max(map(len, short)) > LEVEL_NAME
    axes.set_xticks(range(len(short)), short, rotation=90 if upright else 0, parse_math=False)
    axes.set_yticks(range(len(short)), short, parse_math=False)


def _short(name: str) -> str:
    return legible(shortened(name, LONGEST_NAME))


def _number(axes: Axes, at: tuple[int, int], errors: float, darkest: float) -> None:
    text = f"{errors:.1f}" if errors < 10 else f"{errors:.0f}"  # noqa: PLR2004 - two digits fit
    colour = PANEL if errors > LIGHT_ABOVE * darkest else INK
    axes.text(at[1], at[0], text, ha="center", va="center", fontsize=6.5, color=colour, in_layout=False)
