"""From files to architectures, or to every mistake in them at once; it runs nothing that a file says.

The way: name, kind and size of the file (``files``); YAML (``yaml_text``); fields (``validation``); and here what only
the whole can show: shapes that don't fit, classes, memory, claims about layers that don't exist.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from harness.data.dataset import Dataset
from harness.data.declarations import find_dataset
from harness.data.folder import FOLDER, dataset_names
from harness.declaration.files import file_text
from harness.declaration.spec_error import InvalidSpec, SpecError, joined, shown
from harness.declaration.validation import read_model
from harness.declaration.values import CLASSES
from harness.errors import UnknownDataset, did_you_mean
from harness.spec.architecture import Architecture, SpecFile
from harness.spec.cost import Cost, network_cost
from harness.spec.evaluating import evaluation_mistakes
from harness.spec.folder import select_files
from harness.spec.layers import ShapeError
from harness.spec.layers.layer import Chain
from harness.spec.layers.layer import text as shape_text

# Nothing under this needs a look at the machine, which takes psutil 10 ms.
SURELY_FITS = 1 << 30
# The fields that may say ``classes``.
OUTPUTS = {"units", "filters"}
# More is not a network that anyone trains, and Repeat inside Repeat would take its size to compute.
MOST_LAYERS = 10_000


def read_architecture(path: Path) -> Architecture:
    """Return the file's architecture; raise `InvalidSpec` with all of its mistakes."""
    return read_text(path, file_text(path))


def read_text(path: Path, text: str) -> Architecture:
    """Return the architecture that a file with this text would be; raise `InvalidSpec` with all of its mistakes."""
    folder = path.parent
    spec = read_model(SpecFile, path, text, partial(_mistakes, folder=folder), partial(_with_classes, folder=folder))
    data = find_dataset(spec.dataset, folder)
    return Architecture.model_construct(name=path.stem, path=path, data=data, **dict(spec))


def _with_classes(content: Any, folder: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    """Return a spec's plain data with the number of its data set's classes where its layers say ``classes``."""
    if not isinstance(content, dict) or "layers" not in content:
        return content
    try:
        classes = len(find_dataset(str(content.get("dataset")), folder).classes)
    except (UnknownDataset, InvalidSpec):  # reported later, with all other mistakes
        classes = 1
    return {**content, "layers": _written_out(content["layers"], classes)}


def _written_out(layers: Any, classes: int) -> Any:  # noqa: ANN401 - as above
    if isinstance(layers, list):
        return [_written_out(item, classes) for item in layers]
    if isinstance(layers, dict):
        return {
            name: classes if name in OUTPUTS and value == CLASSES else _written_out(value, classes)
            for name, value in layers.items()
        }
    return layers


def select(names: Iterable[str], folder: Path) -> tuple[Architecture, ...]:
    """Return the architectures that the names and globs mean, sorted by name; no names at all means every one.

    Raises:
        UnknownArchitecture: a name or a glob means no file.
        InvalidSpec: with the mistakes of all selected files; those of other files don't matter.
    """
    architectures, broken = sound(select_files(names, folder))
    if broken:
        raise joined(broken)
    return architectures


def sound(files: Iterable[Path]) -> tuple[tuple[Architecture, ...], tuple[InvalidSpec, ...]]:
    """Return the architectures of the files that are valid, and what is wrong with each of the others."""
    architectures: list[Architecture] = []
    broken: list[InvalidSpec] = []
    for file in files:
        try:
            architectures.append(read_architecture(file))
        except InvalidSpec as error:
            broken.append(error)
    return tuple(architectures), tuple(broken)


def reference_mistakes(architecture: Architecture, known: Collection[str]) -> Iterator[SpecError]:
    """Yield the claims that compare the architecture with itself or with none of those that are known."""
    found = list(_references(architecture, known))
    if found:
        from harness.declaration.yaml_text import parse  # noqa: PLC0415 - only a mistake needs its place

        tree = parse(file_text(architecture.path), str(architecture.path))
        yield from map(tree.located, found)


def _references(architecture: Architecture, known: Collection[str]) -> Iterator[SpecError]:
    for index, claim in enumerate(architecture.claims):
        for field, name in claim.others.items():
            path = ("claims", index, claim.kind, field)
            if name == architecture.name:
                yield SpecError(path, "this compares the architecture with itself", "name another one")
            elif name not in known:
                what = f"there is no architecture {shown(name, 80)} in {architecture.path.parent}"
                remedy = did_you_mean(name, sorted(known)) or "'bench list' shows the architectures"
                yield SpecError(path, what, remedy)


def _mistakes(spec: SpecFile, folder: Path) -> Iterator[SpecError]:
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
    yield from evaluation_mistakes(spec, dataset)


def _claims(spec: SpecFile, dataset: Dataset | None) -> Iterator[SpecError]:
    for index, claim in enumerate(spec.claims):
        for mistake in claim.check(spec, dataset):
            yield mistake.below("claims", index, claim.kind)


def _unusable(name: str, folder: Path, error: UnknownDataset | InvalidSpec) -> SpecError:
    """Return the mistake of naming a data set that is declared nowhere, or not validly."""
    if isinstance(error, InvalidSpec):
        what = f"the declaration of the data set {shown(name)} is not valid"
        return SpecError(("dataset",), what, f"correct {error.mistakes[0]}")
    known = dataset_names(folder)
    remedy = did_you_mean(name, known) or f"choose from {', '.join(known)}, or declare it in {folder / FOLDER}"
    return SpecError(("dataset",), f"there is no data set {shown(name)}", remedy)


def _network(spec: SpecFile, dataset: Dataset, costs: Cost) -> Iterator[SpecError]:
    classes, shape = len(dataset.classes), costs.output_shape
    if shape != (classes,):
        last = ("layers", len(spec.layers) - 1)
        end = shape_text(shape) + (" outputs" if len(shape) == 1 else "")
        what = f"the network ends in {end}, but {spec.dataset} has {classes} classes"
        yield SpecError(last, what, "end with 'Dense: {units: classes, activation: softmax}'")
    needed = costs.training_bytes
    if needed > SURELY_FITS and needed > (memory := _memory()):
        what = f"training needs about {needed / 2**30:,.0f} GiB, and this machine has {memory / 2**30:,.0f}"
        yield SpecError(("layers",), what, "use smaller layers or a smaller batch_size", on_key=True)


def _memory() -> int:
    import psutil  # noqa: PLC0415 - rarely needed

    return int(psutil.virtual_memory().total)
