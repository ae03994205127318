"""``bench new``: starts a spec file that is valid at once; it overwrites nothing."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from harness.cli.completion import complete_architectures
from harness.cli.console import say
from harness.cli.options import ArchitecturesFolder
from harness.errors import CannotStart, UnknownArchitecture

NewName = Annotated[str, typer.Argument(metavar="NAME", help="The new architecture's name.", show_default=False)]
From = Annotated[
    str | None,
    typer.Option(
        "--from",
        metavar="OTHER",
        help="Start with this architecture's layers and recipe.",
        autocompletion=complete_architectures,
        show_default=False,
    ),
]


def new(name: NewName, other: From = None, architectures: ArchitecturesFolder = None) -> None:
    """Write a commented spec to fill in, and the schema that editors complete and check it with."""
    from harness.spec.folder import HERE

    folder = architectures or HERE
    name = name.removesuffix(".yaml")
    path = _free_path(name, folder)
    text = _text(name, other, architectures)
    _write(path, text)
    typer.echo(path)
    say(f"next: edit {path}, then 'bench validate {name}' and 'bench run {name}'")


def _free_path(name: str, folder: Path) -> Path:
    from harness.spec.folder import SUFFIX, is_safe_name

    if not is_safe_name(name):
        remedy = "use letters, digits, '_', '-' and '.', a letter or a digit first"
        raise CannotStart(f"'{name}' can't be an architecture's name; {remedy}")
    path = folder / f"{name}{SUFFIX}"
    if path.exists():
        raise CannotStart(f"{path}: there is one already; choose another name, or edit that file")
    return path


def _text(name: str, other: str | None, architectures: Path | None) -> str:
    from harness.spec.opening import decoded, read_bytes
    from harness.spec.reading import read_architecture
    from harness.spec.template import derived_spec, new_spec

    if other is None:
        return new_spec(name)
    file = _original(other, architectures)
    return derived_spec(name, read_architecture(file), decoded(file, read_bytes(file)))


def _original(other: str, architectures: Path | None) -> Path:
    """Return the file to start from: in the folder, else among those that ship with the package."""
    from harness.spec.folder import architectures_folder, only_file, shipped_folder

    try:
        return only_file(other, architectures_folder(architectures))
    except UnknownArchitecture:
        if architectures is not None:
            raise
        return only_file(other, shipped_folder())


def _write(path: Path, text: str) -> None:
    from harness.errors import CannotWrite
    from harness.spec.schema import FILE_NAME, schema_text

    schema = path.parent / FILE_NAME
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if not schema.exists():
            schema.write_text(schema_text(), encoding="utf-8")
        with path.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except OSError as error:
        raise CannotWrite(path, error) from None
