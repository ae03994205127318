"""Starts a spec file that is valid at once; overwrites nothing."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from harness.declaration.files import HERE, SUFFIX, file_text, is_safe_name, shipped_folder, specs_folder
from harness.declaration.spec_error import InvalidSpec
from harness.errors import CannotStart, NoArchitectures, UnknownArchitecture
from harness.records.files import write_atomically
from harness.spec.folder import only_file
from harness.spec.reading import read_text
from harness.spec.schema import FILE_NAME, schema_text, spec_schema
from harness.spec.template import derived_spec, new_spec


@dataclass(frozen=True, kw_only=True)
class NewOptions:
    """What to start.

    Args:
        name: The new architecture's name.
        other: The architecture whose layers and recipe it starts with; None: a small commented example.
        architectures: The folder of specs; None: ``./architectures``, which is made where there is none.
    """

    name: str
    other: str | None = None
    architectures: Path | None = None


def start_spec(options: NewOptions) -> Path:
    """Write the spec, and beside it the schema that editors complete and check it with; return the spec's path.

    Raises:
        CannotStart: The name is not a safe one or is taken, or the other spec can't be copied.
        BenchError: The other spec is unknown or invalid, or the folder can't be written.
    """
    path = _free_path(options)
    text = new_spec(path.stem) if options.other is None else _derived(path, options.other, options.architectures)
    schema = path.parent / FILE_NAME
    if not os.path.lexists(schema):
        write_atomically(schema, schema_text(spec_schema()).encode())
    write_atomically(path, text.encode())
    return path


def _free_path(options: NewOptions) -> Path:
    name = options.name.removesuffix(SUFFIX)
    if not is_safe_name(name):
        remedy = "use letters, digits, '_', '-' and '.', a letter or a digit first, 80 at most"
        raise CannotStart(f"'{name}' is not a valid name; {remedy}")
    path = (options.architectures or HERE) / f"{name}{SUFFIX}"
    if os.path.lexists(path):
        raise CannotStart(f"{path}: this file exists already; choose another name, or edit it")
    return path


def _derived(path: Path, other: str, architectures: Path | None) -> str:
    """Return a spec with the other's layers and recipe, once it is sure that it says the same."""
    file = _original(other, architectures)
    text = file_text(file)
    original = read_text(file, text)
    derived = derived_spec(path.stem, original, text)
    try:
        copy = read_text(path, derived)
    except InvalidSpec:
        copy = None
    if copy is None or (copy.layers, copy.training) != (original.layers, original.training):
        remedy = "begin each of its top-level keys on a line of its own, without braces around the whole"
        raise CannotStart(f"{file}: its layers and its recipe can't be copied as they are written; {remedy}")
    return derived


def _original(other: str, architectures: Path | None) -> Path:
    """Return the file to start from: in the folder, else among those that ship with the package."""
    try:
        return only_file(other, specs_folder(architectures))
    except (UnknownArchitecture, NoArchitectures):
        if architectures is not None:
            raise
        return only_file(other, shipped_folder())
