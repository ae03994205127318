"""What every kind of layer is, where the kinds are found, and layers one after another; holds no kind.

Left out of all kinds is what cannot change what is computed (name, dtype, trainable), what the harness decides
(seeds, the channels' place), and what training here does not support (LoRA, quantization).
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import prod
from types import ModuleType
from typing import Annotated, Any, ClassVar

from harness.declaration.kinds import Family, KerasKind
from harness.declaration.spec_error import DataPath
from harness.spec.layers.shapes import Shape, ShapeError, misfit, text


class LayerKind(KerasKind):
    """One layer: its fields, its output shape, its cost, and its Keras call."""

    keras_module: ClassVar[str] = "layers"

    @property
    def layer_count(self) -> int:
        """How many layers this one stands for, itself included."""
        return 1

    @abstractmethod
    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the output shape without the batch; raise ShapeError where the input does not fit."""

    def trainable_parameters(self, input_shape: Shape) -> int:
        """Return the number of trainable weights."""
        del input_shape
        return 0

    def frozen_parameters(self, input_shape: Shape) -> int:
        """Return the number of weights that are not trained, such as moving averages."""
        del input_shape
        return 0

    def macs(self, input_shape: Shape) -> int:
        """Return the multiply-accumulates for one example: convolutions and dense products, nothing else."""
        del input_shape
        return 0

    def connect(self, keras: ModuleType, x: Any) -> Any:  # noqa: ANN401 (Keras' tensors, and Keras is not imported)
        """Return the layer's Keras output for the Keras tensor ``x``."""
        return self.build(keras)(x)


class SameShape:
    """Mixed into layers that keep the shape."""

    def output_shape(self, input_shape: Shape) -> Shape:
        """Return the input's shape."""
        return input_shape


LAYERS = Family("layer", LayerKind, "harness.spec.layers")
Layer = Annotated[LayerKind, LAYERS]

MAX_NUMBERS = 2**40


@dataclass(frozen=True)
class Chain:
    """Layers one after another, ``times`` times; ``path`` leads from what holds them to their list."""

    path: DataPath
    layers: Sequence[LayerKind]
    times: int = 1

    def __iter__(self) -> Iterator[LayerKind]:
        for _ in range(self.times):
            yield from self.layers

    @property
    def layer_count(self) -> int:
        """How many layers there are once every repetition is written out."""
        return self.times * sum(layer.layer_count for layer in self.layers)

    def output_shape(self, shape: Shape) -> Shape:
        """Return the last layer's output shape; raise ShapeError with the path to the first layer that does not fit."""
        for position, layer in enumerate(self):
            try:
                shape = _in_bounds(layer, layer.output_shape(shape), shape)
            except ShapeError as error:
                raise error.below(*self.path, position % len(self.layers)) from None
        return shape

    def connect(self, keras: ModuleType, x: Any) -> Any:  # noqa: ANN401 (Keras' tensors)
        """Return the Keras output of the last layer."""
        for layer in self:
            x = layer.connect(keras, x)
        return x


def _in_bounds(layer: LayerKind, shape: Shape, input_shape: Shape) -> Shape:
    if prod(shape) > MAX_NUMBERS:
        what = f"{layer.kind} makes over {MAX_NUMBERS:.0e} numbers of its input of {text(input_shape)}"
        raise misfit(what, "make it smaller")
    return shape
