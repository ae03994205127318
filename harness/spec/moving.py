"""Architectures on another data set than their files name: inputs and last layer follow it; reads no text."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from harness.data.dataset import Dataset
from harness.data.declarations import find_dataset
from harness.errors import NothingFits
from harness.spec.architecture import Architecture, Derivation
from harness.spec.cost import network_cost
from harness.spec.ending import last_activation
from harness.spec.evaluating import misfit
from harness.spec.layers import LayerKind, ShapeError
from harness.spec.layers.activations import Activation
from harness.spec.layers.kernels import KernelLayer
from harness.spec.layers.normalization import Softmax
from harness.spec.reading import network_mistakes, select
from harness.spec.recipe_mistakes import recipe_mistakes
from harness.spec.training import Training
from harness.spec.training.losses import BinaryCrossentropy, CategoricalCrossentropy

# The fields of a layer that say how many outputs it has.
OUTPUTS = ("units", "filters")
SOFTMAX, SIGMOID = "softmax", "sigmoid"


class Misfit(NamedTuple):
    """An architecture that can't be trained on a data set, and why."""

    name: str
    reason: str


def select_on(name: str, names: Iterable[str], folder: Path) -> tuple[tuple[Architecture, ...], tuple[Misfit, ...]]:
    """Return those of the selected architectures that can be trained on the data set, and why the others can't.

    Raises:
        UnknownDataset: There is no data set of this name.
        UnknownArchitecture, InvalidSpec: As `select`.
        NothingFits: None of them can be trained on it.
    """
    dataset = find_dataset(name, folder)
    return all_moved(select(names, folder), dataset)


def all_moved(
    architectures: Iterable[Architecture], dataset: Dataset
) -> tuple[tuple[Architecture, ...], tuple[Misfit, ...]]:
    """Return those of the architectures that can be trained on the data set, and why the others can't.

    Raises:
        NothingFits: None of them can be trained on it.
    """
    found = [moved(architecture, dataset) for architecture in architectures]
    misfits = tuple(one for one in found if isinstance(one, Misfit))
    if len(misfits) == len(found):
        raise NothingFits(dataset.name, misfits)
    return tuple(one for one in found if isinstance(one, Architecture)), misfits


def moved(architecture: Architecture, dataset: Dataset) -> Architecture | Misfit:
    """Return the architecture on the data set, or why it can't be trained on it.

    Where examples may have several labels, its softmax becomes a sigmoid for each, and its loss follows. Claims about
    other data are none about this: they are kept apart. Evaluations that need another kind of data are left out.
    """
    if architecture.data == dataset:
        return architecture.model_copy(update={"on_dataset": dataset.name})
    classes = len(architecture.data.classes), len(dataset.classes)
    layers = following(architecture.layers, *classes)
    recipes = {"training": architecture.training, "phases": architecture.phases}
    if dataset.multi_label and not architecture.data.multi_label:
        layers = with_sigmoids(layers)
        recipes = {
            "training": _by_label(architecture.training),
            "phases": tuple(map(_by_label, architecture.phases)),
        }
    changes = {
        "dataset": dataset.name,
        "data": dataset,
        "layers": layers,
        **recipes,
        **_claims(architecture, dataset),
        "derivation": _derivation(architecture.derivation, dataset),
        "on_dataset": dataset.name,
    }
    found = architecture.model_copy(update=changes)
    try:
        costs = network_cost(found.layers, found.recipes, dataset)
    except ShapeError as error:
        return Misfit(architecture.name, error.mistakes[0].what)
    for mistake in (*network_mistakes(found, dataset, costs), *recipe_mistakes(found, dataset, costs)):
        return Misfit(architecture.name, mistake.what)
    evaluate = tuple(name for name in found.evaluate if misfit(name, found, dataset) is None)
    return found.model_copy(update={"evaluate": evaluate})


def _claims(architecture: Architecture, dataset: Dataset) -> dict[str, object]:
    """Return the claims as fields: on the data that they are about they are claims, on other data foreign ones."""
    claims = (*architecture.claims, *architecture.foreign_claims)
    about = architecture.documented_on or architecture.dataset
    if about == dataset.name:
        return {"claims": claims, "foreign_claims": (), "documented_on": None}
    return {"claims": (), "foreign_claims": claims, "documented_on": about}


def following(layers: tuple[LayerKind, ...], classes: int, wanted: int) -> tuple[LayerKind, ...]:
    """Return the layers with as many outputs as wanted, where the last trained one has one for each of the classes.

    Behind it there may be layers without weights, such as a pooling or a softmax.
    """
    for place in range(len(layers) - 1, -1, -1):
        layer = layers[place]
        if isinstance(layer, KernelLayer):
            field = next((field for field in OUTPUTS if getattr(layer, field, None) == classes), None)
            if field is None:
                return layers
            return (*layers[:place], layer.model_copy(update={field: wanted}), *layers[place + 1 :])
        if layer.chains:
            return layers
    return layers


def with_sigmoids(layers: tuple[LayerKind, ...]) -> tuple[LayerKind, ...]:
    """Return the layers with a sigmoid where they end in a softmax."""
    *before, last = layers
    if last_activation(layers) != SOFTMAX:
        return layers
    if isinstance(last, Softmax):
        return (*before, Activation(activation=SIGMOID))
    return (*before, last.model_copy(update={"activation": SIGMOID}))


def _by_label(recipe: Training) -> Training:
    """Return the recipe with the cross-entropy of each label in place of that of one class."""
    loss = recipe.loss
    if not isinstance(loss, CategoricalCrossentropy):
        return recipe
    binary = BinaryCrossentropy(from_logits=loss.from_logits, label_smoothing=loss.label_smoothing)
    return recipe.model_copy(update={"loss": binary})


def _derivation(derivation: Derivation | None, dataset: Dataset) -> Derivation | None:
    """Return what the architecture is derived from, on the same data set; None where that does not fit."""
    parent = moved(derivation.parent, dataset) if derivation else None
    if derivation is None or not isinstance(parent, Architecture):
        return None
    return derivation.model_copy(update={"parent": parent})
