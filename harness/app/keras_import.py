"""A saved Keras model as the parts of a new spec file: data set, layers, recipe, and what had to be chosen."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from harness.data.dataset import Dataset
from harness.data.dataset_files import dataset_names
from harness.data.declarations import find_dataset
from harness.declaration.spec_error import InvalidSpec
from harness.errors import CannotImport, UnknownDataset
from harness.spec.ending import LINEAR, end_activation, has_one_output
from harness.spec.keras_models.importing import ImportedModel, imported_model
from harness.spec.keras_models.writing import flow, layer_lines, written
from harness.spec.layers import Shape, ShapeError
from harness.spec.layers.layer import Chain, text

DEFAULT_DATASET = "mnist"
BATCH_SIZE, EPOCHS = 32, 5
OPTIMIZER = "{Adam: {learning_rate: 0.001}}"
TWO = 2


@dataclass(frozen=True)
class ImportedParts:
    """The parts of a spec file that a saved model gives, as text."""

    dataset: str
    layers: str
    training: str
    assumptions: tuple[str, ...]


def imported_parts(file: Path, folder: Path, dataset: str | None) -> ImportedParts:
    """Return the parts of a spec in this folder that a saved model gives.

    Raises:
        CannotImport: It can't be read, not all of it can be expressed, or no data set has its inputs and outputs.
        UnknownDataset: There is no data set of that name.
    """
    model = imported_model(file)
    found = find_dataset(dataset, folder).name if dataset else _fitting(file, model, folder)
    loss = _fitting_loss(model) if model.loss is None else flow(written(model.loss))
    optimizer = OPTIMIZER if model.optimizer is None else flow(written(model.optimizer))
    layers = "\n".join(["layers:", *layer_lines(model.layers)]) + "\n"
    training = f"training:\n  optimizer: {optimizer}\n  loss: {loss}\n  batch_size: {BATCH_SIZE}\n  epochs: {EPOCHS}\n"
    return ImportedParts(found, layers, training, tuple(_assumptions(model)))


def _fitting_loss(model: ImportedModel) -> str:
    """Return the usual loss for what the network ends in: probabilities or scores, of each class or of one."""
    name = "binary_crossentropy" if has_one_output(model.layers) else "categorical_crossentropy"
    return f"{{{name}: {{from_logits: true}}}}" if end_activation(model.layers) == LINEAR else name


def _assumptions(model: ImportedModel) -> list[str]:
    chosen = (
        f"The saved model does not say how long it was trained: batches of {BATCH_SIZE} and {EPOCHS} epochs are chosen."
    )
    missing = [name for name in ("optimizer", "loss") if getattr(model, name) is None]
    if not missing:
        return [chosen]
    return [chosen, f"The saved model does not say its {' and '.join(missing)}, chosen here."]


def _fitting(file: Path, model: ImportedModel, folder: Path) -> str:
    """Return the first data set that has the model's inputs and outputs."""
    if model.inputs is None:
        raise CannotImport(f"{file}: it does not say the shape of its inputs; name a data set with --dataset")
    try:
        outputs = Chain(("layers",), model.layers).output_shape(model.inputs)
    except ShapeError as error:
        raise CannotImport(f"{file}: {error.mistakes[0].what}") from None
    for name in sorted(dataset_names(folder), key=lambda name: (name != DEFAULT_DATASET, name)):
        with suppress(UnknownDataset, InvalidSpec):
            if _fits(find_dataset(name, folder), model.inputs, outputs):
                return name
    what = f"no data set has its inputs of {text(model.inputs)} and a class for each of its outputs ({text(outputs)})"
    raise CannotImport(f"{file}: {what}; add one with 'bench data add PATH', or name one with --dataset")


def _fits(dataset: Dataset, inputs: Shape, outputs: Shape) -> bool:
    classes = len(dataset.classes)
    return dataset.inputs == inputs and (outputs == (classes,) or (outputs == (1,) and classes == TWO))
