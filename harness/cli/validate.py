"""``bench validate``: every mistake in specs, each with its place; it changes no file."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harness.cli.completion import complete_architectures
from harness.cli.console import say, stdout
from harness.cli.options import ArchitecturesFolder

if TYPE_CHECKING:
    from harness.declaration.spec_error import SpecError

Paths = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[PATH]...",
        help="Spec files, folders of them, or names; by default the folder of architectures.",
        autocompletion=complete_architectures,
        show_default=False,
    ),
]


def validate(paths: Paths = None, architectures: ArchitecturesFolder = None) -> None:
    """Tell every mistake in specs as file:line:column, and exit with 2 if there is one."""
    from harness.spec.folder import architectures_folder

    folder = architectures_folder(architectures)
    files = sorted({file for path in paths or [str(folder)] for file in _files(path, folder)})
    mistakes = _mistakes(files)
    for mistake in mistakes:
        stdout().print(str(mistake), markup=False, soft_wrap=True)
    if mistakes:
        broken = len({mistake.file for mistake in mistakes})
        say(f"{_counted(len(mistakes), 'mistake')} in {broken} of {_counted(len(files), 'file')}")
        raise typer.Exit(2)
    say(f"{_counted(len(files), 'file')}: no mistake")


def _mistakes(files: Sequence[Path]) -> list[SpecError]:
    """Return every mistake of the files, claims about unknown architectures included, in the files' order."""
    from harness.cli.described import rows_of
    from harness.declaration.spec_error import InvalidSpec
    from harness.spec.folder import find_architectures

    names: dict[Path, set[str]] = {}
    mistakes: list[SpecError] = []
    for file, row in zip(files, rows_of(files), strict=True):
        if isinstance(row, InvalidSpec):
            mistakes += row.mistakes
            continue
        if file.parent not in names:
            names[file.parent] = {path.stem for path in find_architectures(file.parent)}
        if not set(row["compared_with"]) <= names[file.parent] - {file.stem}:
            from harness.spec.reading import reference_mistakes

            mistakes += reference_mistakes(file, names[file.parent])
    return mistakes


def _files(path: str, folder: Path) -> tuple[Path, ...]:
    """Return the files that a path means: itself, a folder's, or those of an architecture's name."""
    from harness.errors import NoArchitectures
    from harness.spec.folder import find_architectures, is_folder, select_files

    given = Path(path)
    if is_folder(given) or given == folder:
        files = find_architectures(given)
        if not files:
            raise NoArchitectures(given)
        return files
    is_name = not os.path.lexists(given) and given.name == path and given.suffix != ".yaml"
    return select_files([path], folder) if is_name else (given,)


def _counted(number: int, thing: str) -> str:
    return f"{number} {thing}{'' if number == 1 else 's'}"
