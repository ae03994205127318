"""The test images that are missed most often, as pictures with label and most frequent answer."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes

from harness.analysis.hardest import HardImage
from harness.records.store import Classes
from harness.report.figures.drawing import ORANGE, QUIET, Figure, as_svg, canvas

COLUMNS = 6
ROW_INCHES = 1.75


def hardest_figure(images: Sequence[HardImage], pixels: Classes) -> Figure:
    """Draw a grid of pictures; ``pixels`` are all test images, shape (test examples, height, width)."""
    count = -(-len(images) // COLUMNS)
    with canvas(0.3 + ROW_INCHES * count) as drawn:
        panels = drawn.subplots(count, COLUMNS, squeeze=False).ravel()
        for axes, image in zip(panels, images, strict=False):
            _draw(axes, image, pixels[image.index])
        for axes in panels[len(images) :]:
            axes.set_axis_off()
        data = tuple((image, pixels[image.index].tobytes()) for image in images)
        return Figure(
            file="figures/hardest.svg",
            description="The test images that are missed most often, with their label and the most frequent answer",
            section="Hardest images",
            svg=as_svg(drawn, data),
        )


def _draw(axes: Axes, image: HardImage, pixels: Classes) -> None:
    axes.imshow(pixels, cmap="gray_r", vmin=0, vmax=255, interpolation="nearest")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.grid(visible=False)
    for spine in axes.spines.values():
        spine.set_visible(True)
        spine.set_color(ORANGE if image.contested else QUIET)
        spine.set_linewidth(1.6 if image.contested else 0.6)
    answer, share = image.said[0]
    contested = "contested label" if image.contested else "label"
    axes.set_title(f"{contested} {image.label}", loc="center", fontsize=8.5)
    axes.set_xlabel(f"said {answer} in {100 * share:.0f} % of runs\nimage {image.index}", fontsize=7.5)
