"""Starts a spec file that is valid at once: an example, another's layers and recipe, a saved model's, or a difference.

It overwrites nothing.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from harness.app.keras_import import DEFAULT_DATASET, imported_parts
from harness.app.spec_text import derived_text, example_text, imported_text, spec_text, spec_title
from harness.declaration.files import HERE, MAX_BYTES, SUFFIX, file_text, is_safe_name, shipped_folder, specs_folder
from harness.declaration.spec_error import InvalidSpec, one_line
from harness.declaration.tree import Tree
from harness.declaration.yaml_text import parse
from harness.errors import CannotImport, CannotStart, NoArchitectures, UnknownArchitecture
from harness.records.files import write_atomically
from harness.spec.architecture import Architecture
from harness.spec.folder import only_file
from harness.spec.reading import read_text
from harness.spec.schema import FILE_NAME


@dataclass(frozen=True, kw_only=True)
class NewOptions:
    """What to start.

    Args:
        name: The new architecture's name.
        other: The architecture whose layers and recipe it starts with; None: a small commented example.
        derive: Whether the file says only how it differs from that one.
        keras: The saved Keras model whose layers and recipe it starts with.
        dataset: The data set that it is trained on; None: the other's, or MNIST.
        architectures: The folder of specs; None: ``./architectures``, which is made where there is none.
    """

    name: str
    other: str | None = None
    derive: bool = False
    keras: Path | None = None
    dataset: str | None = None
    architectures: Path | None = None


def start_spec(options: NewOptions) -> Path:
    """Write the spec, and beside it the schema that editors complete and check it with; return the spec's path.

    Raises:
        CannotStart: The name is not a safe one or is taken, or the other spec can't be copied.
        CannotImport: The saved model can't be read or expressed.
        BenchError: The other spec is unknown or invalid, or the folder can't be written.
    """
    path = _free_path(options)
    text = _text(path, options)
    schema = path.parent / FILE_NAME
    if not os.path.lexists(schema):
        write_atomically(schema, (shipped_folder() / FILE_NAME).read_bytes())
    write_atomically(path, text.encode())
    return path


def _text(path: Path, options: NewOptions) -> str:
    if options.keras is not None:
        if options.other is not None or options.derive:
            raise CannotStart("a spec starts from another one or from a saved model; give --from or --keras")
        return _imported(path, options.keras, options.dataset)
    if options.other is None:
        if options.derive:
            raise CannotStart("nothing to derive from; name it: 'bench new NAME --from OTHER --derive'")
        return example_text(path, options.dataset or DEFAULT_DATASET)
    file = _original(options.other, options.architectures)
    text = file_text(file)
    original = read_text(file, text)
    if original.derivation:
        what = f"{file}: it is derived from {original.derivation.parent.name} itself"
        raise CannotStart(f"{what}; start from that one, and repeat the changes that stay")
    if options.derive:
        return derived_text(path.stem, original, options.dataset)
    return _copied(path, original, text, options.dataset)


def _free_path(options: NewOptions) -> Path:
    name = options.name.removesuffix(SUFFIX)
    if not is_safe_name(name):
        remedy = "use letters, digits, '_', '-' and '.', a letter or a digit first, 80 at most"
        raise CannotStart(f"'{name}' is not a valid name; {remedy}")
    path = (options.architectures or HERE) / f"{name}{SUFFIX}"
    if os.path.lexists(path):
        raise CannotStart(f"{path}: this file exists already; choose another name, or edit it")
    return path


def _imported(path: Path, file: Path, dataset: str | None) -> str:
    """Return a spec with a saved model's layers, and its recipe as far as the file says it."""
    parts = imported_parts(file, path.parent, dataset)
    title = spec_title(path.stem, one_line(file.name).replace('"', "'").replace("\\", "/"))
    spec = imported_text(path.stem, title, parts)
    if len(spec.encode()) > MAX_BYTES:
        raise CannotImport(f"{file}: as a spec it has more than the {MAX_BYTES:,} bytes that are read")
    try:
        read_text(path, spec)
    except InvalidSpec as error:
        reasons = dict.fromkeys(f"{file}: {mistake.what}; {mistake.remedy}" for mistake in error.mistakes)
        raise CannotImport("\n".join(reasons)) from None
    return spec


def _copied(path: Path, original: Architecture, text: str, dataset: str | None) -> str:
    """Return a spec with the other's layers and recipe as its text writes them, and none of its claims.

    It is sure then that the copy says the same.
    """
    tree = parse(text)
    recipe = "phases" if original.phases else "training"
    layers, training = (_block(text, tree, key) for key in ("layers", recipe))
    copied = spec_text(path.stem, spec_title(path.stem, original.name), dataset or original.dataset, layers, training)
    try:
        copy = read_text(path, copied)
    except InvalidSpec as error:
        if dataset is not None:
            what = f"{original.path}: it can't be trained on {dataset}: {error.mistakes[0].what}"
            raise CannotStart(what) from None
        copy = None
    if copy is None or not _same(copy, original, dataset):
        remedy = "begin each of its top-level keys on a line of its own, without braces around the whole"
        raise CannotStart(f"{original.path}: its layers and its recipe can't be copied as they are written; {remedy}")
    return copied


def _same(copy: Architecture, original: Architecture, dataset: str | None) -> bool:
    """Tell whether the copy is the original; on another data set, the last layer may have as many outputs as that."""
    layers = copy.layers == original.layers or dataset not in {None, original.dataset}
    return layers and copy.recipes == original.recipes


def _original(other: str, architectures: Path | None) -> Path:
    """Return the file to start from: in the folder, else among those that ship with the package."""
    try:
        return only_file(other, specs_folder(architectures))
    except (UnknownArchitecture, NoArchitectures):
        if architectures is not None:
            raise
        return only_file(other, shipped_folder())


def _block(text: str, tree: Tree, key: str) -> str:
    """Return the lines of one top-level key, its comments with it."""
    lines = text.splitlines()
    starts = sorted(place.line - 1 for path, place in tree.keys.items() if len(path) == 1)
    start = tree.keys[(key,)].line - 1
    end = min((line for line in starts if line > start), default=len(lines))
    return "\n".join(lines[start:end]).rstrip() + "\n"
