"""Shapes without the batch, how windows slide over them, and the mistake where they don't fit; holds no layer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from harness.declaration.spec_error import SpecError
from harness.errors import BenchError

Shape = tuple[int, ...]
PaddingName = Literal["valid", "same"]

IMAGE_RANK = 3


class ShapeError(BenchError):
    """The layers of a network that their inputs don't fit: at least the first of every chain."""

    def __init__(self, mistakes: Iterable[SpecError]) -> None:
        self.mistakes = tuple(mistakes)
        super().__init__("\n".join(map(str, self.mistakes)))

    def below(self, *path: str | int) -> ShapeError:
        """Return the same mistakes, seen from further up."""
        return ShapeError(mistake.below(*path) for mistake in self.mistakes)


def misfit(what: str, remedy: str) -> ShapeError:
    """Return the error for the layer at hand; what holds the layer puts the path to it in front."""
    return ShapeError([SpecError((), what, remedy)])


def text(shape: Shape) -> str:
    """Write a shape as people do: 26×26×32."""
    return "×".join(map(str, shape))


def image(kind: str, shape: Shape) -> tuple[int, int, int]:
    """Return height, width and channels, or raise that ``kind`` takes images only."""
    if len(shape) != IMAGE_RANK:
        what = f"{kind} takes images (height × width × channels), but its input is {text(shape)}"
        raise misfit(what, "move it before what flattens, or put a Reshape before it")
    return shape[0], shape[1], shape[2]


def windows(size: int, window: int, stride: int, padding: PaddingName, dilation: int = 1) -> int:
    """Return how many windows fit into ``size`` pixels (0: none), as TensorFlow counts them.

    Source: https://www.tensorflow.org/api_docs/python/tf/nn/convolution
    """
    reach = dilation * (window - 1) + 1
    places = size if padding == "same" else max(size - reach + 1, 0)
    return -(-places // stride)


@dataclass(frozen=True)
class Window:
    """A window that slides over an image: (down, across) each."""

    size: tuple[int, int]
    strides: tuple[int, int]
    padding: PaddingName
    dilation: tuple[int, int] = (1, 1)

    def positions(self, kind: str, shape: Shape) -> tuple[int, int]:
        """Return the height and width behind the window of a layer of this kind, or raise that it does not fit."""
        height, width, _ = image(kind, shape)
        across = zip((height, width), self.size, self.strides, self.dilation, strict=True)
        rows, columns = (windows(size, reach, step, self.padding, gap) for size, reach, step, gap in across)
        if rows < 1 or columns < 1:
            spread = "" if max(self.dilation) == 1 else f" with dilation {text(self.dilation)}"
            what = f"{kind}'s window of {text(self.size)}{spread} is larger than its input of {text(shape)}"
            raise misfit(what, "use a smaller one, padding: same, or less pooling before it")
        return rows, columns
