"""How a network ends, held against its data set's classes and against the losses of its recipes; trains nothing.

What Keras trains without a word is reported: scores where a loss takes probabilities or rates, probabilities where it
takes scores, noise behind the last activation. Whoever means scores, because a document has them so, ends with
``Activation: {activation: linear}``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from harness.declaration.spec_error import DataPath, SpecError
from harness.spec.layers import LayerKind, Shape
from harness.spec.layers.activations import ELU, Activation, LeakyReLU, PReLU, ReLU
from harness.spec.layers.kernels import Dense, KernelLayer
from harness.spec.layers.layer import Chain, text
from harness.spec.layers.normalization import BatchNormalization, LayerNormalization, Softmax
from harness.spec.layers.pooling import GlobalAveragePooling2D, GlobalMaxPooling2D
from harness.spec.layers.randomized import AlphaDropout, Dropout, GaussianDropout, GaussianNoise, SpatialDropout2D
from harness.spec.layers.repeated import Repeat
from harness.spec.layers.reshaping import Flatten, Identity, Permute, Reshape

if TYPE_CHECKING:
    from harness.data.dataset import Dataset
    from harness.spec.architecture import SpecFile
    from harness.spec.training.losses import LossKind

TWO = 2
ONE_OUTPUT = (1,)
ONE_SIGMOID = "'Dense: {units: 1, activation: sigmoid}' and loss: binary_crossentropy"
SOFTMAX_OF_CLASSES = "'Dense: {units: classes, activation: softmax}'"
SIGMOID_OF_CLASSES = "'Dense: {units: classes, activation: sigmoid}' and loss: binary_crossentropy"

NOISE = Dropout | SpatialDropout2D | AlphaDropout | GaussianDropout | GaussianNoise
RESHAPING = Flatten | Reshape | Permute | Identity
# What gives its input's values on, or means of them.
PASSING = RESHAPING | NOISE | GlobalAveragePooling2D | GlobalMaxPooling2D
SLOPED = ReLU | LeakyReLU | PReLU | ELU
# Activations of which a loss can take logarithms: Keras divides them by their sum.
POSITIVE = {
    "softmax",
    "sigmoid",
    "hard_sigmoid",
    "sparsemax",
    "sparse_sigmoid",
    "exponential",
    "softplus",
    "squareplus",
}
# And those of rates, which may be 0.
NOT_NEGATIVE = POSITIVE | {"relu", "relu6", "sparse_plus", "ReLU"}
LINEAR = "linear"
# Activations that make outputs depend on one another.
OF_ONE_CLASS = {"softmax", "sparsemax", "log_softmax"}


def end_mistakes(spec: SpecFile, dataset: Dataset, shape: Shape) -> Iterator[SpecError]:
    """Yield what is wrong with the outputs, whose shape is given: one for each class, or one for two classes."""
    classes, last = len(dataset.classes), ("layers", len(spec.layers) - 1)
    if len(shape) > 1:
        yield _not_flat(spec, dataset, shape)
    elif dataset.multi_label:
        yield from _several_labels_mistakes(spec, classes, shape)
        if spec.recipe.loss.takes_one_output:
            yield from loss_mistakes(spec)
        return
    elif shape == ONE_OUTPUT and classes == TWO:
        yield from _one_output_mistakes(spec, last)
    elif shape != (classes,):
        outputs = f"{shape[0]} output{'' if shape[0] == 1 else 's'}"
        what = f"the network ends in {outputs}, but {spec.dataset} has {classes} classes"
        also = f", or with {ONE_SIGMOID}" if classes == TWO else ""
        hint = ": one sigmoid is for two classes" if shape == ONE_OUTPUT else ""
        yield SpecError(last, what, f"end with {SOFTMAX_OF_CLASSES}{also}{hint}")
    yield from loss_mistakes(spec)


def loss_mistakes(spec: SpecFile) -> Iterator[SpecError]:
    """Yield the ends that a loss does not take, whatever the number of outputs."""
    last: DataPath = ("layers", len(spec.layers) - 1)
    for place in _noise_at_the_end(spec.layers):
        what = f"{spec.layers[place].kind} stands behind the last activation, where it changes the outputs themselves"
        yield SpecError(("layers", place), what, "move it before the last layer")
    activation = end_activation(spec.layers)
    for path, recipe in spec.placed_recipes:
        from_logits = getattr(recipe.loss, "from_logits", None)
        if activation is None:
            continue
        if recipe.loss.of_rates and activation not in NOT_NEGATIVE:
            yield _negative(last, activation, recipe.loss)
        if not recipe.loss.of_probabilities:
            continue
        if not from_logits and activation not in POSITIVE:
            yield _scores(last, activation, recipe.loss)
        elif from_logits and activation in {"softmax", "sigmoid"}:
            what = f"from_logits says that the network ends in scores, and it ends in a {activation}"
            yield SpecError((*path, "loss"), what, f"leave out from_logits, or the {activation}")


def _negative(last: DataPath, activation: str, loss: LossKind) -> SpecError:
    end = "scores" if activation == LINEAR else activation
    what = f"the network ends in {end}, which may be negative, and {loss.kind} takes their logarithms"
    return SpecError(last, what, "end with 'activation: softplus', or softmax")


def _scores(last: DataPath, activation: str, loss: LossKind) -> SpecError:
    wanted = "sigmoid" if loss.takes_one_output else "softmax"
    end = f"scores, without {wanted}" if activation == LINEAR else f"{activation}"
    what = f"the network ends in {end}, and {loss.kind} takes probabilities"
    also = f", or write 'loss: {{{loss.kind}: {{from_logits: true}}}}'" if hasattr(loss, "from_logits") else ""
    return SpecError(last, what, f"end with 'activation: {wanted}'{also if activation == LINEAR else ''}")


def _not_flat(spec: SpecFile, dataset: Dataset, shape: Shape) -> SpecError:
    """Return the mistake of an end that has rows, or rows and columns: the Flatten that is missing, if one is."""
    for place, layer in enumerate(spec.layers):
        before = Chain((), spec.layers[:place]).output_shape(dataset.inputs)
        if isinstance(layer, Dense) and len(before) == len(shape):
            what = f"a Flatten is missing: Dense acts on each place of {text(before)}, and the end is {text(shape)}"
            return SpecError(("layers", place), what, "insert a line '- Flatten' before this Dense")
    what = f"the network ends in {text(shape)}, but {spec.dataset} has {len(dataset.classes)} classes"
    remedy = f"end with 'Flatten' or a global pooling, and {SOFTMAX_OF_CLASSES}"
    return SpecError(("layers", len(spec.layers) - 1), what, remedy)


def _one_output_mistakes(spec: SpecFile, last: DataPath) -> Iterator[SpecError]:
    for path, recipe in spec.placed_recipes:
        if not recipe.loss.takes_one_output:
            what = f"{recipe.loss.kind} compares outputs with one another, and the network has one"
            yield SpecError((*path, "loss"), what, f"write 'units: classes', or {ONE_SIGMOID}")
    if last_activation(spec.layers) == "softmax":
        yield SpecError(last, "the softmax of one output is always 1", f"end with {ONE_SIGMOID}")


def _several_labels_mistakes(spec: SpecFile, classes: int, shape: Shape) -> Iterator[SpecError]:
    """Yield what does not fit examples that may have several labels: each needs an output that knows of no other."""
    last: DataPath = ("layers", len(spec.layers) - 1)
    of_data = f"an example of {spec.dataset} may have several of {classes} labels"
    if shape != (classes,):
        outputs = f"{shape[0]} output{'' if shape[0] == 1 else 's'}"
        yield SpecError(last, f"the network ends in {outputs}, and {of_data}", f"end with {SIGMOID_OF_CLASSES}")
    if end_activation(spec.layers) in OF_ONE_CLASS:
        what = f"{end_activation(spec.layers)} shares one probability out among the classes, and {of_data}"
        yield SpecError(last, what, f"end with {SIGMOID_OF_CLASSES}")
    for path, recipe in spec.placed_recipes:
        if not recipe.loss.takes_one_output:
            what = f"{recipe.loss.kind} is of one class for each example, and {of_data}"
            yield SpecError((*path, "loss"), what, "write loss: binary_crossentropy, and end in a sigmoid")


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


def end_activation(layers: tuple[LayerKind, ...]) -> str | None:
    """Return the activation that the outputs come from, ``linear`` where there is none; None where that is not sure."""
    for layer in reversed(layers):
        if isinstance(layer, PASSING):
            continue
        if isinstance(layer, Repeat):
            return end_activation(layer.layers)
        if isinstance(layer, KernelLayer):
            return layer.activation or LINEAR
        if isinstance(layer, BatchNormalization | LayerNormalization):
            return LINEAR
        if isinstance(layer, SLOPED):
            return layer.kind
        activation = last_activation((layer,))
        return None if activation == LINEAR else activation
    return None


def _noise_at_the_end(layers: tuple[LayerKind, ...]) -> Iterator[int]:
    """Yield the places of the noise that nothing but what reshapes comes after."""
    for place in range(len(layers) - 1, -1, -1):
        if isinstance(layers[place], NOISE):
            yield place
        elif not isinstance(layers[place], RESHAPING):
            return


def has_one_output(layers: tuple[LayerKind, ...]) -> bool:
    """Say whether the last layer with a kernel has one output."""
    kernels = (layer for layer in reversed(layers) if isinstance(layer, KernelLayer))
    last = next(kernels, None)
    return 1 in {getattr(last, "units", None), getattr(last, "filters", None)}
