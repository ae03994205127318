"""What is valid and hardly meant, in a sentence each: slow convolutions, averages that follow too few steps.

It refuses nothing, and knows no machine.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from harness.spec.layers import LayerKind, Shape
from harness.spec.layers.kernels import Conv2D
from harness.spec.layers.layer import Chain
from harness.spec.layers.normalization import BatchNormalization

if TYPE_CHECKING:
    from harness.spec.architecture import Architecture

# The share of their initial values that moving averages may have left.
MOST_LEFT = 0.05


class Placed(NamedTuple):
    """A layer at any depth, its number in the spec, and the shape of its input."""

    number: str
    layer: LayerKind
    input_shape: Shape


def placed_layers(layers: tuple[LayerKind, ...], inputs: Shape) -> Iterator[Placed]:
    """Yield every layer, a composite before what is inside it; repeated ones as often as they are computed."""
    yield from _placed(Chain((), layers), inputs, "", 0)


def _placed(chain: Chain, shape: Shape, prefix: str, before: int) -> Iterator[Placed]:
    for position, layer in enumerate(chain):
        number = f"{prefix}{before + position % chain.written + 1}"
        yield Placed(number, layer, shape)
        inner = 0
        for part in layer.chains:
            yield from _placed(part, shape, f"{number}.", inner)
            inner += part.written
        shape = layer.output_shape(shape)


def advice(architecture: Architecture) -> tuple[str, ...]:
    """Return what to consider before the architecture is trained."""
    images = architecture.data.train_examples
    steps = sum(recipe.steps_in_epoch(images) * recipe.epochs for recipe in architecture.recipes)
    return advice_on(architecture.layers, architecture.data.inputs, steps)


def advice_on(layers: tuple[LayerKind, ...], inputs: Shape, steps: int) -> tuple[str, ...]:
    """Return what to consider before a network is trained for so many steps."""
    placed = tuple(placed_layers(layers, inputs))
    return (*_grouped(placed), *_slow_averages(placed, steps))


def _grouped(placed: tuple[Placed, ...]) -> Iterator[str]:
    """Yield the convolutions in groups, each once: TensorFlow computes their gradients on a CPU group by group."""
    for number, found in {one.number: one for one in placed}.items():
        if not isinstance(found.layer, Conv2D) or found.layer.groups == 1:
            continue
        groups, channels = found.layer.groups, found.input_shape[-1]
        instead = "DepthwiseConv2D computes the same much faster" if groups == channels else "SeparableConv2D is faster"
        yield f"Layer {number} has {groups} groups, with which a CPU trains many times slower than without; {instead}."


def _slow_averages(placed: tuple[Placed, ...], steps: int) -> Iterator[str]:
    """Yield the batch normalization whose moving averages are still near their initial values after training."""
    momenta = {one.number: one.layer.momentum for one in placed if isinstance(one.layer, BatchNormalization)}
    if not momenta:
        return
    number = max(momenta, key=lambda name: momenta[name])
    left = momenta[number] ** steps
    if left > MOST_LEFT:
        what = f"Layer {number} normalizes by moving averages that keep {left:.0%} of their initial values after"
        why = f"{steps:,} steps: test accuracy may be far below that of the training"
        yield f"{what} {why}; train for more steps, or set its momentum to {_momentum(steps):g}."


def _momentum(steps: int) -> float:
    """Return a usual momentum at which little is left after so many steps."""
    return next((momentum for momentum in (0.9, 0.8) if momentum**steps <= MOST_LEFT), 0.5)
