"""From files to architectures, or to every mistake in them at once; it runs nothing that a file says.

The way: name, kind and size of the file (``files``); YAML (``yaml_text``); fields (``validation``); and here what only
the whole can show: shapes that don't fit, classes, memory, claims about layers that don't exist.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from harness.data.dataset import Dataset
from harness.data.dataset_files import FOLDER, FileState, dataset_files, dataset_names, file_state
from harness.data.declarations import find_dataset
from harness.declaration.files import file_text
from harness.declaration.parsed_texts import keep, kept_data
from harness.declaration.spec_error import InvalidSpec, SpecError, joined, shown
from harness.declaration.tree import Tree
from harness.declaration.validation import read_model, read_tree
from harness.errors import UnknownDataset, did_you_mean
from harness.spec.architecture import Architecture, SpecFile
from harness.spec.cost import Cost, network_cost
from harness.spec.ending import end_mistakes, loss_mistakes
from harness.spec.evaluating import evaluation_mistakes
from harness.spec.folder import select_files
from harness.spec.layers import ShapeError
from harness.spec.layers.layer import Chain
from harness.spec.layers.shared import sharing_mistakes
from harness.spec.outputs import with_classes
from harness.spec.recipe_mistakes import monitoring_mistakes, recipe_mistakes
from harness.spec.training.monitoring import with_decisions

# Nothing under this needs a look at the machine, which takes psutil 10 ms.
SURELY_FITS = 1 << 30
# Keras follows a network by recursion, and Python's ends at 1,000.
MOST_LAYERS = 900
MOST_PARENTS_KEPT = 100


def read_architecture(path: Path) -> Architecture:
    """Return the file's architecture; raise `InvalidSpec` with all of its mistakes."""
    return read_text(path, file_text(path))


def read_text(path: Path, text: str) -> Architecture:
    """Return the architecture that a file with this text would be; raise `InvalidSpec` with all of its mistakes."""
    try:
        return _read(path, text)
    except InvalidSpec as error:  # where other fields are not valid, the data set was not looked for
        raise InvalidSpec((*error.mistakes, *_unknown_data(path, parsed(path, text)))) from None


def _unknown_data(path: Path, tree: Tree) -> Iterator[SpecError]:
    """Yield the mistake of naming a data set that can't be used."""
    name = tree.data.get("dataset") if isinstance(tree.data, dict) else None
    if isinstance(name, str):
        try:
            find_dataset(name, path.parent)
        except (UnknownDataset, InvalidSpec) as error:
            yield tree.located(_unusable(name, path.parent, error))


def _read(path: Path, text: str) -> Architecture:
    known = kept_data(text)
    if _is_derived(known):
        with suppress(InvalidSpec):  # a mistake needs its place, and so the parser
            return _derived(path, Tree(str(path), known), _known_tree)
    elif known is None and _is_derived((tree := parsed(path, text)).data):
        architecture = _derived(path, tree, parsed)
        keep(text, tree.data)
        return architecture
    return _derived(path, parsed(path, text), parsed) if _is_derived(known) else _plain(path, text)


def _is_derived(data: object) -> bool:
    """Tell whether a file's data is meant to differ from another file; one with a spec's own keys alone is not."""
    if not isinstance(data, dict) or data.keys() <= SpecFile.model_fields.keys():
        return False
    from harness.spec.derived import is_derived  # noqa: PLC0415 - most files stand for themselves

    return is_derived(data)


def _plain(path: Path, text: str) -> Architecture:
    """Return the architecture of a file that stands for itself."""
    folder = path.parent
    spec = read_model(SpecFile, path, text, partial(_mistakes, folder=folder), partial(_written_out, folder=folder))
    return _architecture(path, spec, find_dataset(spec.dataset, folder))


def _parent(path: Path, text: str) -> Architecture:
    """Return the architecture that a spec extends, read once for as long as nothing that it says is said anew."""
    return _read_once(path, text, tuple(map(file_state, dataset_files(path.parent).values())))


@lru_cache(maxsize=MOST_PARENTS_KEPT)
def _read_once(path: Path, text: str, declared: tuple[FileState, ...]) -> Architecture:
    del declared  # other declarations of data sets are another file to the cache
    return _plain(path, text)


def _written_out(content: Any, folder: Path) -> Any:  # noqa: ANN401 - whatever the file holds
    """Return a spec's plain data as its fields take it: classes counted, ``best_epoch:`` with its defaults."""
    return with_decisions(with_classes(content, folder))


def _derived(path: Path, tree: Tree, read_tree_of: Callable[[Path, str], Tree]) -> Architecture:
    """Return the architecture of a file that extends another; its data set is looked for where it is named."""
    from harness.spec.derived import read_derived  # noqa: PLC0415 - as above

    derived = read_derived(path, tree, read_tree_of, _parent)

    def check(spec: SpecFile) -> Iterator[SpecError]:
        yield from derived.without_effect(spec)
        yield from _mistakes(spec, derived.folder)

    spec = read_tree(SpecFile, path, derived.whole, check, partial(with_classes, folder=derived.folder))
    architecture = _architecture(path, spec, find_dataset(spec.dataset, derived.folder))
    return architecture.model_copy(update={"derivation": derived.derivation(spec)})


def _architecture(path: Path, spec: SpecFile, data: Dataset) -> Architecture:
    return Architecture.model_construct(name=path.stem, path=path, data=data, **dict(spec))


def parsed(path: Path, text: str) -> Tree:
    """Return what a file's text is parsed to, with all places."""
    from harness.declaration.yaml_text import parse  # noqa: PLC0415 - a text that is known takes no parser

    return parse(text, str(path))


def _known_tree(path: Path, text: str) -> Tree:
    """Return what a file's text was found to hold before, without places, else what it is parsed to."""
    known = kept_data(text)
    return parsed(path, text) if known is None else Tree(str(path), known)


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
        tree = parsed(architecture.path, file_text(architecture.path))
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
        yield from loss_mistakes(spec)
        yield from monitoring_mistakes(spec)
        yield _unusable(spec.dataset, folder, error)
        return
    yield from _claims(spec, dataset)
    count = Chain(("layers",), spec.layers).layer_count
    if count > MOST_LAYERS:
        what = f"these are {count:,} layers, repetitions included"
        yield SpecError(("layers",), what, f"repeat less: {MOST_LAYERS:,} is the most", on_key=True)
        return
    try:
        costs = network_cost(spec.layers, spec.recipes, dataset)
    except ShapeError as error:
        yield from error.mistakes
        yield from loss_mistakes(spec)
        yield from monitoring_mistakes(spec)
        return
    yield from network_mistakes(spec, dataset, costs)
    yield from recipe_mistakes(spec, dataset, costs)
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


def network_mistakes(spec: SpecFile, dataset: Dataset, costs: Cost) -> Iterator[SpecError]:
    """Yield what is wrong with a network whose shapes fit one another: its end, and the memory that it needs."""
    yield from sharing_mistakes(spec.layers, dataset.inputs)
    yield from end_mistakes(spec, dataset, costs.output_shape)
    needed = costs.training_bytes
    if needed > SURELY_FITS and needed > (memory := _memory()):
        what = f"training needs about {needed / 2**30:,.0f} GiB, and this machine has {memory / 2**30:,.0f}"
        yield SpecError(("layers",), what, "use smaller layers or a smaller batch_size", on_key=True)


def _memory() -> int:
    import psutil  # noqa: PLC0415 - rarely needed

    return int(psutil.virtual_memory().total)
