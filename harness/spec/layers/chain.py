"""Layers one after another, their shapes and their place in the file; joins nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import prod
from types import ModuleType
from typing import Any

from harness.spec.layers.layer import LayerKind
from harness.spec.layers.shapes import Loc, Shape, ShapeError, misfit, text

MAX_NUMBERS = 2**40


@dataclass(frozen=True)
class Chain:
    """Layers one after another; ``loc`` leads from what holds them to their list."""

    loc: Loc
    layers: Sequence[LayerKind]
    period: int

    def output_shape(self, shape: Shape) -> Shape:
        """Return the shape behind the last layer; raise the first layer that does not fit, with its place."""
        for position, layer in enumerate(self.layers):
            try:
                shape = _in_bounds(layer, layer.output_shape(shape), shape)
            except ShapeError as error:
                raise error.below(*self.loc, position % self.period) from None
        return shape

    def connect(self, keras: ModuleType, x: Any) -> Any:  # noqa: ANN401 (Keras' tensors)
        """Return the Keras output of the last layer."""
        for layer in self.layers:
            x = layer.connect(keras, x)
        return x


def _in_bounds(layer: LayerKind, shape: Shape, input_shape: Shape) -> Shape:
    if prod(shape) > MAX_NUMBERS:
        raise misfit(
            f"{layer.kind} makes over {MAX_NUMBERS:.0e} numbers of its input of {text(input_shape)}; make it smaller"
        )
    return shape


def chain(layers: Sequence[LayerKind], *loc: str | int) -> Chain:
    """Return the layers as a chain that stands at ``loc``."""
    return Chain(loc, layers, max(len(layers), 1))
