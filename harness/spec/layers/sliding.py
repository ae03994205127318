"""The shape behind a window that slides over an image; holds no layer."""

from __future__ import annotations

from typing import ClassVar, Protocol

from pydantic_core import PydanticCustomError

from harness.spec.layers.shapes import PaddingName, Shape, image, misfit, text, windows

Two = tuple[int, int]


class Sliding(Protocol):
    """What the shape behind a sliding window depends on."""

    kind: ClassVar[str]

    @property
    def kernel_size(self) -> Two:
        """Height and width of the window."""

    @property
    def strides(self) -> Two:
        """Its steps."""

    @property
    def padding(self) -> PaddingName:
        """What happens at the border."""

    @property
    def dilation_rate(self) -> Two:
        """The distance of its points."""


def positions(layer: Sliding, shape: Shape) -> Two:
    """Return height and width behind a sliding window, or raise that it does not fit."""
    height, width, _ = image(layer.kind, shape)
    across = zip((height, width), layer.kernel_size, layer.strides, layer.dilation_rate, strict=True)
    rows, columns = (windows(size, reach, step, layer.padding, gap) for size, reach, step, gap in across)
    if rows < 1 or columns < 1:
        spread = "" if max(layer.dilation_rate) == 1 else f" with dilation {text(layer.dilation_rate)}"
        problem = f"{layer.kind}'s window of {text(layer.kernel_size)}{spread} is larger than its input"
        raise misfit(f"{problem} of {text(shape)}; use a smaller one, padding: same, or less pooling before it")
    return rows, columns


def no_strides_with_dilation(strides: Two, dilation: Two) -> None:
    """Raise where both are above 1, which Keras refuses."""
    if max(strides) > 1 and max(dilation) > 1:
        raise PydanticCustomError(
            "strides_with_dilation", "strides and dilation_rate cannot both be above 1; set one of them to 1"
        )
