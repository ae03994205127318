"""Whether the evaluations that are asked for exist and fit a spec; evaluates nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from harness.declaration.spec_error import SpecError, shown
from harness.errors import UnfitEvaluation, UnknownEvaluation, did_you_mean
from harness.evaluations.registry import evaluation_names
from harness.spec.ending import gives_probabilities

if TYPE_CHECKING:
    from harness.data.dataset import Dataset
    from harness.spec.architecture import Architecture, SpecFile
    from harness.spec.layers import LayerKind

# The kind whose weights are pictures.
FILTERED = "Conv2D"
# Rows and columns.
PICTURE_SIDES = 2


def evaluation_mistakes(spec: SpecFile, dataset: Dataset) -> Iterator[SpecError]:
    """Yield the evaluations of a spec that there are not, that stand there twice, or that don't fit it."""
    for index, name in enumerate(spec.evaluate):
        path, known = ("evaluate", index), evaluation_names()
        if name not in known:
            remedy = did_you_mean(name, known) or f"choose from {', '.join(known)}"
            yield SpecError(path, f"there is no evaluation {shown(name)}", remedy)
        elif name in spec.evaluate[:index]:
            yield SpecError(path, f"{name} stands here twice", "remove one of them")
        elif reason := misfit(name, spec, dataset):
            yield SpecError(path, reason, "remove it")


def check_evaluations(names: Iterable[str], architectures: Iterable[Architecture]) -> tuple[str, ...]:
    """Return the evaluations that are asked for of architectures, each once.

    Raises:
        UnknownEvaluation: There is none of that name.
        UnfitEvaluation: It does not fit one of the architectures.
    """
    chosen, known = tuple(dict.fromkeys(names)), evaluation_names()
    for name in chosen:
        if name not in known:
            raise UnknownEvaluation(name, known)
    for architecture in architectures:
        for name in chosen:
            if reason := misfit(name, architecture, architecture.data):
                raise UnfitEvaluation(architecture.path, reason)
    return chosen


def misfit(name: str, spec: SpecFile, dataset: Dataset) -> str | None:
    """Return why an evaluation does not fit the spec and its data set, or None where it does."""
    from harness.evaluations.evaluation import find_evaluation  # noqa: PLC0415 - imports NumPy; most specs ask for none

    kind = find_evaluation(name)
    if kind.of_validation and not spec.recipe.holds_out:
        return f"{name} is of images that are held out of the training, and the recipe has no validation_split"
    if kind.needs_filters and (first := _first_weighted(spec.layers)) != FILTERED:
        what = f"begins with {first}" if first else "has no weights"
        return f"{name} draws the weights of a first {FILTERED}, and the network {what}"
    if kind.needs_pictures and len(dataset.inputs) < PICTURE_SIDES:
        return f"{name} changes pictures, and examples of {spec.dataset} have no rows and columns"
    if kind.needs_probabilities and dataset.multi_label:
        return f"{name} is of the probabilities of one class, and examples of {spec.dataset} may have several"
    if kind.needs_probabilities and not gives_probabilities(spec):
        return f"{name} needs probabilities, and the network does not end in softmax, nor is the loss from_logits"
    return None


def _first_weighted(layers: Iterable[LayerKind]) -> str | None:
    """Return the kind of the first layer that may have weights of its own, normalization aside; None: there is none."""
    from harness.spec.layers import activations, colors, normalization, pooling, randomized, reshaping  # noqa: PLC0415 - as above

    without = {module.__name__ for module in (activations, colors, normalization, pooling, randomized, reshaping)}
    for layer in layers:
        if layer.chains:
            found = next(filter(None, (_first_weighted(chain.layers) for chain in layer.chains)), None)
        else:
            found = None if type(layer).__module__ in without else layer.kind
        if found:
            return found
    return None
