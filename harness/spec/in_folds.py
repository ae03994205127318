"""Architectures under cross-validation, whatever their files hold out of the training; trains nothing."""

from __future__ import annotations

from collections.abc import Iterable

from harness.spec.architecture import Architecture
from harness.spec.cost import cost
from harness.spec.moving import Misfit
from harness.spec.recipe_mistakes import recipe_mistakes
from harness.spec.training import Training


def in_folds(architecture: Architecture, folds: int) -> Architecture | Misfit:
    """Return the architecture with recipes of so many folds, or why there can't be as many.

    The part that a seed leaves out is its validation, in place of a share that its file holds out. Claims are about
    training on all of the images: they are none about this.
    """
    derivation = architecture.derivation
    if derivation is not None:
        parent = in_folds(derivation.parent, folds)
        derivation = derivation.model_copy(update={"parent": parent}) if isinstance(parent, Architecture) else None
    changes = {
        "training": _folded(architecture.training, folds),
        "phases": tuple(_folded(phase, folds) for phase in architecture.phases),
        "asked_folds": folds,
        "claims": (),
        "foreign_claims": (),
        "derivation": derivation,
    }
    found = architecture.model_copy(update=changes)
    for mistake in recipe_mistakes(found, found.data, cost(found)):
        return Misfit(architecture.name, mistake.what)
    return found


def all_in_folds(
    architectures: Iterable[Architecture], folds: int | None
) -> tuple[tuple[Architecture, ...], tuple[Misfit, ...]]:
    """Return the architectures in folds, as they are where there are none, and those for which there are too many."""
    found = [one if folds is None else in_folds(one, folds) for one in architectures]
    fitting = tuple(one for one in found if isinstance(one, Architecture))
    return fitting, tuple(one for one in found if isinstance(one, Misfit))


def _folded(recipe: Training, folds: int) -> Training:
    return recipe.model_copy(update={"folds": folds, "validation_split": 0.0})
