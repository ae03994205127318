"""Recipes held against one another and against the data set: what is wrong with them; trains nothing."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from harness.declaration.spec_error import DataPath, SpecError, shown
from harness.errors import did_you_mean
from harness.spec.training.class_weight import class_number
from harness.spec.training.schedules import ScheduleKind

if TYPE_CHECKING:
    from harness.data.dataset import Dataset
    from harness.spec.architecture import SpecFile
    from harness.spec.cost import Cost, LayerCost
    from harness.spec.training import Training

MOST_CLASSES_SHOWN = 10
# Its order is held in memory.
MOST_IMAGES_PER_EPOCH = 10**9
# What float32 makes of numbers near 1, in which schedules count.
FLOAT32_ERROR = 1e-6
# Rows, columns and channels.
IMAGE_AXES = 3


def recipe_mistakes(spec: SpecFile, dataset: Dataset, costs: Cost) -> Iterator[SpecError]:
    """Yield what is wrong with the recipe, or with each of the phases."""
    first, folds = spec.recipes[0].validation_split, spec.recipes[0].folds
    yield from monitoring_mistakes(spec)
    for path, recipe in spec.placed_recipes:
        yield from _class_weight_mistakes(recipe, path, dataset)
        yield from _freezing_mistakes(recipe, path, [row for row in costs.layers if row.depth == 0])
        yield from _mixup_mistakes(recipe, path, dataset)
        yield from _schedule_mistakes(recipe, path, dataset)
        if recipe.steps_per_epoch and (images := recipe.examples_per_epoch(0)) > MOST_IMAGES_PER_EPOCH:
            what = f"an epoch of {images:,} images has an order that memory can't be expected to hold"
            yield SpecError((*path, "steps_per_epoch"), what, "write fewer steps_per_epoch, and more epochs")
        if recipe.training_examples(dataset.train_examples) < 1:
            what = (
                f"holding out {recipe.validation_split!r} of {dataset.train_examples:,} images leaves none to train on"
            )
            yield SpecError((*path, "validation_split"), what, "hold out a smaller share")
        elif recipe.validation_split and recipe.training_examples(dataset.train_examples) == dataset.train_examples:
            what = f"{recipe.validation_split!r} of {dataset.train_examples:,} images is not one of them"
            yield SpecError((*path, "validation_split"), what, "hold out a larger share, or leave it out")
        if recipe.validation_split != first:
            what = f"this phase holds out {recipe.validation_split:g} of the training images, the first one {first:g}"
            yield SpecError((*path, "validation_split"), what, "hold out the same share in all phases")
        yield from _fold_mistakes(recipe, path, dataset, folds)


def _schedule_mistakes(recipe: Training, path: DataPath, dataset: Dataset) -> Iterator[SpecError]:
    """Yield a schedule whose shrinking periods end before the training does: from then on the rate is NaN."""
    schedule = recipe.optimizer.learning_rate
    ends = schedule.ends_after if isinstance(schedule, ScheduleKind) else math.inf
    steps = recipe.epochs * (1 if recipe.schedule_steps == "epochs" else recipe.steps_in_epoch(dataset.train_examples))
    if steps - 1 >= ends * (1 - FLOAT32_ERROR):  # the first step is 0
        place = (*path, "optimizer", type(recipe.optimizer).__name__, "learning_rate", type(schedule).__name__, "t_mul")
        what = f"all of the schedule's periods end within {math.ceil(ends):,} steps, and the training has {steps:,}"
        yield SpecError(place, what, "write t_mul of 1 or more, or larger first_decay_steps")


def _fold_mistakes(recipe: Training, path: DataPath, dataset: Dataset, first: int | None) -> Iterator[SpecError]:
    """Yield folds beside another share that is held out, more of them than images, and other ones than before."""
    place = (*path, "folds")
    if recipe.folds is not None and recipe.validation_split:
        what = "'folds' stands beside 'validation_split', and each holds images out"
        yield SpecError(place, what, "keep one of the two", on_key=True)
    if recipe.folds is not None and recipe.folds > dataset.train_examples:
        what = f"these are {recipe.folds:,} folds of {dataset.train_examples:,} images"
        yield SpecError(place, what, "write fewer")
    if recipe.folds != first:
        what = f"this phase has {recipe.folds or 'no'} folds, the first one {first or 'none'}"
        yield SpecError(path if recipe.folds is None else place, what, "write the same folds in all phases")


def monitoring_mistakes(spec: SpecFile) -> Iterator[SpecError]:
    """Yield what recipes can't decide after an epoch, whatever they are trained on."""
    for path, recipe in spec.placed_recipes:
        yield from _monitoring_mistakes(recipe, path)


def _freezing_mistakes(recipe: Training, path: DataPath, layers: Sequence[LayerCost]) -> Iterator[SpecError]:
    """Yield the layers to be left as they are that there are not, or that have nothing to train, and leaving all."""
    trained = {row.number for row in layers if row.trainable_parameters}
    known = {row.number: row.kind for row in layers}
    place = (*path, "frozen")
    for number in recipe.frozen:
        if number not in known:
            what = f"the network has no layer {number}"
            yield SpecError(place, what, f"write numbers up to {len(layers)}, as 'bench show' counts them")
        elif number not in trained:
            yield SpecError(place, f"layer {number} ({known[number]}) has no weights to train", "leave it out")
    if recipe.frozen and trained <= set(recipe.frozen):
        yield SpecError(place, "no weights are left to train", "leave one of the layers out")
    elif not trained and any(row.parameters for row in layers):
        yield SpecError(("layers",), "no weights are trained", "leave 'trainable: false' out of one layer", on_key=True)


def _mixup_mistakes(recipe: Training, path: DataPath, dataset: Dataset) -> Iterator[SpecError]:
    """Yield blending where there are no images, or where each example has one class that its weight goes by."""
    place = (*path, "mixup")
    if recipe.mixup and len(dataset.inputs) != IMAGE_AXES:
        what = f"'mixup' blends images with channels, and examples of {dataset.name} are none"
        yield SpecError(place, what, "leave it out", on_key=True)
    if recipe.mixup and recipe.class_weight is not None:
        what = "'mixup' makes examples of two classes, and 'class_weight' weighs those of one"
        yield SpecError(place, what, "keep one of the two", on_key=True)


def _monitoring_mistakes(recipe: Training, path: DataPath) -> Iterator[SpecError]:
    """Yield what is decided by images that are not held out, and what can't be decided in such a recipe."""
    for name, decision in recipe.monitored.items():
        place = (*path, name)
        if decision.of_validation and not recipe.holds_out:
            what = f"'{name}' monitors {decision.monitor}, and the recipe holds out no images"
            yield SpecError(place, what, "add 'validation_split: 0.1' to it, or monitor loss or accuracy", on_key=True)
        if name == "reduce_on_plateau" and isinstance(recipe.optimizer.learning_rate, ScheduleKind):
            what = "'reduce_on_plateau' can't lower a learning rate that a schedule gives"
            yield SpecError(place, what, "keep one of the two", on_key=True)


def _class_weight_mistakes(recipe: Training, path: DataPath, dataset: Dataset) -> Iterator[SpecError]:
    """Yield the weights of classes that the data set does not have, and those of one class that has two."""
    if recipe.class_weight is not None and dataset.multi_label:
        what = f"'class_weight' weighs an example by its one class, and one of {dataset.name} may have several"
        yield SpecError((*path, "class_weight"), what, "leave it out", on_key=True)
        return
    taken: dict[int, str] = {}
    for name, _ in recipe.class_weight if isinstance(recipe.class_weight, tuple) else ():
        place, number = (*path, "class_weight", name), class_number(name, dataset.classes)
        if number is None:
            some = ", ".join(dataset.classes[:MOST_CLASSES_SHOWN])
            remedy = did_you_mean(name, dataset.classes) or f"its classes are {some}, or numbers from 0"
            yield SpecError(place, f"{dataset.name} has no class {shown(name)}", remedy, on_key=True)
        elif number in taken:
            what = f"{shown(name)} is the class that {shown(taken[number])} is"
            yield SpecError(place, what, "keep one of the two", on_key=True)
        else:
            taken[number] = name
