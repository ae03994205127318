"""``bench new``: starts a spec file that is valid at once; it overwrites nothing."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from harness.cli.completion import complete_architectures
from harness.cli.console import say
from harness.cli.options import ArchitecturesFolder
from harness.errors import CannotStart, NoArchitectures, UnknownArchitecture

NewName = Annotated[str, typer.Argument(metavar="NAME", help="The new architecture's name.", show_default=False)]
From = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="OTHER",
        envvar="BENCH_FROM",
        help="Start with this architecture's layers and recipe.",
        autocompletion=complete_architectures,
        show_default=False,
    ),
]


def new(name: NewName, other: From = None, architectures: ArchitecturesFolder = None) -> None:
    """Write a commented spec to fill in, and the schema that editors complete and check it with."""
    from harness.spec.folder import HERE
    from harness.spec.template import new_spec

    folder = architectures or HERE
    name = name.removesuffix(".yaml")
    path = _free_path(name, folder)
    text = new_spec(name) if other is None else _derived(path, other, architectures)
    _write(path, text)
    typer.echo(path)
    say(f"next: edit {path}, then 'bench validate {name}' and 'bench run {name}'")


def _free_path(name: str, folder: Path) -> Path:
    from harness.declaration.file_text import SUFFIX, is_safe_name

    if not is_safe_name(name):
        remedy = "use letters, digits, '_', '-' and '.', a letter or a digit first"
        raise CannotStart(f"'{name}' can't be an architecture's name; {remedy}")
    path = folder / f"{name}{SUFFIX}"
    if os.path.lexists(path):
        raise CannotStart(f"{path}: there is one already; choose another name, or edit that file")
    return path


def _derived(path: Path, other: str, architectures: Path | None) -> str:
    """Return a spec with the other's layers and recipe, once it is sure that it says the same."""
    from harness.declaration.file_text import decoded, read_bytes
    from harness.declaration.spec_error import InvalidSpec
    from harness.spec.reading import read_text
    from harness.spec.template import derived_spec

    file = _original(other, architectures)
    text = decoded(file, read_bytes(file))
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
    from harness.spec.folder import architectures_folder, only_file, shipped_folder

    try:
        return only_file(other, architectures_folder(architectures))
    except (UnknownArchitecture, NoArchitectures):
        if architectures is not None:
            raise
        return only_file(other, shipped_folder())


def _write(path: Path, text: str) -> None:
    from harness.records.files import write_atomically
    from harness.spec.schema import FILE_NAME, schema_text

    schema = path.parent / FILE_NAME
    if not os.path.lexists(schema):
        write_atomically(schema, schema_text().encode())
    write_atomically(path, text.encode())
