"""Shapes, parameters, multiply-accumulates and memory, from a spec alone; trains nothing, imports no TensorFlow.

What is counted
    macs               multiply-accumulates for one image: convolutions and dense products, no bias, no pooling, no
                       activation
    activation bytes   the outputs of all layers for one image, float32: kept for the backward pass; of recurrent
                       layers and of attention also what each row makes inside
    model bytes        all parameters, float32
    optimizer bytes    what the optimizer keeps for each trainable parameter
    training bytes     TensorFlow's process + images as bytes + model + gradients + optimizer
                       + 2 × (batch size × (activations + input)): values, and their gradients in the backward pass

Of several phases the largest batch counts, and the optimizers of all.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Protocol

from harness.data.dataset import Dataset
from harness.spec.layers import LayerKind, Shape
from harness.spec.layers.layer import Chain
from harness.spec.training import Recipe

FLOAT32_BYTES = 4
JOINING_NOTHING = {"Repeat", "Shared"}
# Measured: a process that has imported TensorFlow 2.21 and compiled the epoch of a small network.
PROCESS_BYTES = 700 * 2**20


class Costed(Protocol):
    """What a cost depends on; an Architecture has it."""

    @property
    def data(self) -> Dataset:
        """The data set."""

    @property
    def layers(self) -> tuple[LayerKind, ...]:
        """The network."""

    @property
    def recipes(self) -> Sequence[Recipe]:
        """How it is trained, one phase after another."""


@dataclass(frozen=True)
class LayerCost:
    """One row of the layer table.

    A composite's row holds the sums of the rows below it, which stand at ``depth`` + 1: totals are over depth 0.
    ``number`` is the layer's in the spec (`numbered_layers`): a repeated layer's rows all have the same.
    """

    number: str
    kind: str
    output_shape: Shape
    parameters: int
    trainable_parameters: int
    macs: int
    activation_bytes: int
    depth: int = 0


@dataclass(frozen=True)
class Cost:
    """A network's cost: its layers' rows, and what follows from them and the recipes."""

    layers: tuple[LayerCost, ...]
    output_shape: Shape
    parameters: int
    trainable_parameters: int
    macs: int
    batch_size: int
    activation_bytes_per_image: int
    input_bytes_per_image: int
    optimizer_bytes: int
    dataset_bytes: int

    @property
    def model_bytes(self) -> int:
        """All parameters, float32."""
        return self.parameters * FLOAT32_BYTES

    @property
    def activation_bytes(self) -> int:
        """What a training step keeps for the backward pass, at the largest batch size."""
        return self.batch_size * self.activation_bytes_per_image

    @property
    def training_bytes(self) -> int:
        """An estimate of the memory that a trial's process needs: the formula stands at the module's top."""
        gradients = self.trainable_parameters * FLOAT32_BYTES
        step = 2 * self.batch_size * (self.activation_bytes_per_image + self.input_bytes_per_image)
        held = self.dataset_bytes + self.model_bytes + gradients + self.optimizer_bytes
        return PROCESS_BYTES + held + step


def cost(architecture: Costed) -> Cost:
    """Return the network's cost; raise ShapeError with every mistake that can be found, each with its path."""
    return network_cost(architecture.layers, architecture.recipes, architecture.data)


def network_cost(layers: tuple[LayerKind, ...], recipes: Sequence[Recipe], data: Dataset) -> Cost:
    """Return the cost of layers that are trained by the recipes on the data set; raise ShapeError as `cost`."""
    network = Chain(("layers",), layers)
    output_shape = network.output_shape(data.inputs)
    rows = tuple(_rows(network, data.inputs, depth=0))
    top = [row for row in rows if row.depth == 0]
    trainable = sum(row.trainable_parameters for row in top)
    return Cost(
        layers=rows,
        output_shape=output_shape,
        parameters=sum(row.parameters for row in top),
        trainable_parameters=trainable,
        macs=sum(row.macs for row in top),
        batch_size=max(min(recipe.batch_size, data.train_examples) for recipe in recipes),
        activation_bytes_per_image=sum(row.activation_bytes for row in top),
        input_bytes_per_image=prod(data.inputs) * FLOAT32_BYTES,
        optimizer_bytes=sum(recipe.optimizer.slots for recipe in recipes) * trainable * FLOAT32_BYTES,
        dataset_bytes=data.image_bytes,
    )


def _rows(chain: Chain, shape: Shape, depth: int, prefix: str = "", before: int = 0) -> Iterator[LayerCost]:
    """Yield the rows of a chain; ``before`` counts the layers that stand before it in what holds it."""
    for position, layer in enumerate(chain):
        number = f"{prefix}{before + position % chain.written + 1}"
        inner = list(_inner_rows(layer, shape, depth + 1, f"{number}."))
        if not layer.trainable:
            inner = [replace(row, trainable_parameters=0) for row in inner]
        yield _row(layer, number, shape, inner, depth)
        yield from inner
        shape = layer.output_shape(shape)


def _inner_rows(layer: LayerKind, shape: Shape, depth: int, prefix: str) -> Iterator[LayerCost]:
    before = 0
    for chain in layer.chains:
        yield from _rows(chain, shape, depth, prefix, before)
        before += chain.written


def _row(layer: LayerKind, number: str, shape: Shape, inner: list[LayerCost], depth: int) -> LayerCost:
    output_shape = layer.output_shape(shape)
    trainable = layer.counted("trainable_parameters", shape)
    below = sum(row.activation_bytes for row in inner if row.depth == depth + 1)
    # These join nothing: their output is their last layer's.
    own = (
        0
        if layer.kind in JOINING_NOTHING and inner
        else (prod(output_shape) + layer.inner_numbers(shape)) * FLOAT32_BYTES
    )
    return LayerCost(
        number=number,
        kind=layer.kind,
        output_shape=output_shape,
        parameters=trainable + layer.counted("frozen_parameters", shape),
        trainable_parameters=trainable,
        macs=layer.macs(shape),
        activation_bytes=own + below,
        depth=depth,
    )
