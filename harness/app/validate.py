"""Every mistake in specs, and in the file that says which seeds count, each with its place; changes no file."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from harness.app.workspace import Workspace
from harness.data.dataset_files import FOLDER, own_dataset_files
from harness.data.declarations import read_dataset
from harness.declaration.files import is_folder
from harness.declaration.spec_error import InvalidSpec, SpecError, in_order
from harness.errors import NoArchitectures
from harness.records.design import FILE_NAME, design_path, read_design
from harness.spec.advice import advice
from harness.spec.architecture import Architecture
from harness.spec.folder import files_apart, find_architectures, select_files
from harness.spec.reading import read_architecture, reference_mistakes


@dataclass(frozen=True, kw_only=True)
class ValidateOptions(Workspace):
    """What to check: files, folders of them, or names.

    None for the folder of architectures, its data sets, and ``study.yaml`` of the results.
    """

    paths: tuple[str, ...] = ()


@dataclass(frozen=True)
class ValidateResult:
    """The files that were checked and every mistake in them, in their order.

    ``advice`` is what to consider of valid ones, a sentence each.
    """

    files: tuple[Path, ...]
    mistakes: tuple[SpecError, ...]
    advice: tuple[str, ...] = ()


def validate_specs(options: ValidateOptions) -> ValidateResult:
    """Return every mistake, claims about unknown architectures included.

    Raises:
        BenchError: A path means no spec.
    """
    folder = options.specs
    files = sorted({file for path in options.paths or (str(folder),) for file in _files(path, folder)})
    design = design_path(options.folder)
    files += [design] if not options.paths and _is_design(design) and os.path.lexists(design) else []
    found = tuple(_found(files))
    mistakes = in_order(one for one in found if isinstance(one, SpecError))
    architectures = (one for one in found if isinstance(one, Architecture))
    sentences = tuple(f"{one.name}: {sentence}" for one in architectures for sentence in advice(one))
    return ValidateResult(tuple(files), mistakes, sentences)


def _files(path: str, folder: Path) -> tuple[Path, ...]:
    """Return the files that a path means: itself, a folder's, or those of an architecture's name."""
    given = Path(path)
    if is_folder(given) or given == folder:
        files = (*find_architectures(given), *files_apart(given))
        if not files:
            raise NoArchitectures(given)
        return (*files, *own_dataset_files(given))
    is_name = not os.path.lexists(given) and given.name == path and given.suffix != ".yaml"
    return select_files([path], folder) if is_name else (given,)


def _found(files: Iterable[Path]) -> Iterator[SpecError | Architecture]:
    """Yield what the files' specs are, and every mistake in them."""
    names: dict[Path, set[str]] = {}
    for file in files:
        try:
            if file.parent.name == FOLDER:
                read_dataset(file)
                continue
            if _is_design(file):
                read_design(file.parent)
                continue
            architecture = read_architecture(file)
        except InvalidSpec as error:
            yield from error.mistakes
            continue
        if file.parent not in names:
            names[file.parent] = {path.stem for path in _beside(file.parent)}
        yield from reference_mistakes(architecture, names[file.parent])
        yield architecture


def _beside(folder: Path) -> Iterator[Path]:
    """Yield what claims of the folder's specs can be about: its own files, those apart, and those one folder up."""
    yield from (*find_architectures(folder), *files_apart(folder))
    with suppress(NoArchitectures):
        yield from find_architectures(folder.parent)


def _is_design(file: Path) -> bool:
    """Tell whether a file lies in a folder of results and says which seeds count there."""
    return file.name == FILE_NAME and is_folder(file.parent / "records")
