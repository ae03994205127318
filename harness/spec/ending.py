"""How a network ends, held against its data set's classes and its loss; computes no shape."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from harness.declaration.spec_error import SpecError
from harness.spec.layers import LayerKind, Shape
from harness.spec.layers.activations import Activation
from harness.spec.layers.kernels import KernelLayer
from harness.spec.layers.layer import text
from harness.spec.layers.normalization import Softmax

if TYPE_CHECKING:
    from harness.data.dataset import Dataset
    from harness.spec.architecture import SpecFile

TWO = 2
ONE_OUTPUT = (1,)
ONE_SIGMOID = "'Dense: {units: 1, activation: sigmoid}' and loss: binary_crossentropy"


def end_mistakes(spec: SpecFile, dataset: Dataset, shape: Shape) -> Iterator[SpecError]:
    """Yield what is wrong with the outputs, whose shape is given: one for each class, or one for two classes."""
    classes, last = len(dataset.classes), ("layers", len(spec.layers) - 1)
    if shape == ONE_OUTPUT and classes == TWO:
        yield from _one_output_mistakes(spec, last)
    elif shape != (classes,):
        end = text(shape) + (" outputs" if len(shape) == 1 else "")
        what = f"the network ends in {end}, but {spec.dataset} has {classes} classes"
        also = f", or with {ONE_SIGMOID}" if classes == TWO else ""
        yield SpecError(last, what, f"end with 'Dense: {{units: classes, activation: softmax}}'{also}")


def _one_output_mistakes(spec: SpecFile, last: tuple[str | int, ...]) -> Iterator[SpecError]:
    loss = spec.recipe.loss
    if not loss.takes_one_output:
        what = f"{loss.kind} compares outputs with one another, and the network has one"
        remedy = f"write 'units: classes', or {ONE_SIGMOID}"
        yield SpecError(("training", "loss"), what, remedy)
    if last_activation(spec.layers) == "softmax":
        what = "the softmax of one output is always 1"
        yield SpecError(last, what, f"end with {ONE_SIGMOID}")


def gives_probabilities(spec: SpecFile) -> bool:
    """Say whether the outputs are probabilities that sum to 1, or logits of which these are made.

    One output is the second class's probability where it ends in a sigmoid.
    """
    activation = last_activation(spec.layers)
    if getattr(spec.recipe.loss, "from_logits", False):
        return True
    return activation == "softmax" or (activation == "sigmoid" and has_one_output(spec.layers))


def last_activation(layers: tuple[LayerKind, ...]) -> str | None:
    """Return the activation that a network ends in, where its last layer says so."""
    last = layers[-1]
    if isinstance(last, Softmax):
        return "softmax"
    return last.activation if isinstance(last, KernelLayer | Activation) else None


def has_one_output(layers: tuple[LayerKind, ...]) -> bool:
    """Say whether the last layer with a kernel has one output."""
    kernels = (layer for layer in reversed(layers) if isinstance(layer, KernelLayer))
    last = next(kernels, None)
    return 1 in {getattr(last, "units", None), getattr(last, "filters", None)}
