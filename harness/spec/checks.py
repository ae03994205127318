"""What only the whole spec can show: shapes that don't fit, classes, memory, claims about layers that don't exist."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from harness.data.dataset import Dataset
from harness.data.declarations import find_dataset
from harness.data.folder import FOLDER, dataset_names
from harness.declaration.spec_error import InvalidSpec, SpecError, shown
from harness.errors import UnknownDataset, did_you_mean
from harness.spec.architecture import SpecFile
from harness.spec.cost import Cost, network_cost
from harness.spec.layers import Shape, ShapeError
from harness.spec.layers.layer import Chain

# Nothing under this needs a look at the machine, which takes psutil 10 ms.
SURELY_FITS = 1 << 30
# More is not a network that anyone trains, and Repeat inside Repeat would take its size to compute.
MOST_LAYERS = 10_000


def mistakes_of(spec: SpecFile, folder: Path) -> Iterator[SpecError]:
    """Yield what is wrong with a spec of this folder whose fields are all valid by themselves."""
    try:
        dataset = find_dataset(spec.dataset, folder)
    except (UnknownDataset, InvalidSpec) as error:
        yield from _claims(spec, None)
        yield _unusable(spec.dataset, folder, error)
        return
    yield from _claims(spec, dataset)
    count = Chain(("layers",), spec.layers).layer_count
    if count > MOST_LAYERS:
        what = f"these are {count:,} layers, repetitions included"
        yield SpecError(("layers",), what, f"repeat less: {MOST_LAYERS:,} is the most", on_key=True)
        return
    try:
        costs = network_cost(spec.layers, spec.recipe, dataset)
    except ShapeError as error:
        yield from error.mistakes
        return
    yield from _network(spec, dataset, costs)


def _unusable(name: str, folder: Path, error: UnknownDataset | InvalidSpec) -> SpecError:
    """Return the mistake of naming a data set that is declared nowhere, or not validly."""
    if isinstance(error, InvalidSpec):
        what = f"the declaration of the data set {shown(name)} is not valid"
        return SpecError(("dataset",), what, f"correct {error.mistakes[0]}")
    known = dataset_names(folder)
    remedy = did_you_mean(name, known) or f"choose from {', '.join(known)}, or declare it in {folder / FOLDER}"
    return SpecError(("dataset",), f"there is no data set {shown(name)}", remedy)


def _network(spec: SpecFile, dataset: Dataset, costs: Cost) -> Iterator[SpecError]:
    classes = len(dataset.classes)
    last = ("layers", len(spec.layers) - 1)
    if costs.output_shape != (classes,):
        what = f"the network ends in {_text(costs.output_shape)}, but {spec.dataset} has {classes} classes"
        yield SpecError(last, what, f"end with 'Dense: {{units: {classes}, activation: softmax}}'")
    needed = costs.training_bytes
    if needed > SURELY_FITS and needed > (memory := _memory()):
        size = f"about {needed / 2**30:,.0f} GiB, and this machine has {memory / 2**30:,.0f}"
        what = f"training needs {size}"
        yield SpecError(("layers",), what, "use smaller layers or a smaller batch_size", on_key=True)


def _claims(spec: SpecFile, dataset: Dataset | None) -> Iterator[SpecError]:
    for index, claim in enumerate(spec.claims):
        for mistake in claim.check(spec, dataset):
            yield mistake.below("claims", index, claim.kind)


def _text(shape: Shape) -> str:
    return "×".join(map(str, shape)) + (" outputs" if len(shape) == 1 else "")


def _memory() -> int:
    import psutil  # noqa: PLC0415 - rarely needed

    return int(psutil.virtual_memory().total)
