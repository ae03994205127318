"""From files to architectures, or to every mistake in them at once; it runs nothing that a file says.

The way: name, kind and size of the file (``file_text``); YAML (``yaml_text``); fields (``validation``); what only the
whole can show: shapes, classes, memory (``checks``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import partial
from pathlib import Path

from harness.data.declarations import find_dataset
from harness.declaration.file_text import decoded, read_bytes
from harness.declaration.spec_error import InvalidSpec, SpecError, joined, shown
from harness.declaration.validation import read_model
from harness.declaration.yaml_text import parse
from harness.errors import did_you_mean
from harness.spec.architecture import Architecture, SpecFile
from harness.spec.checks import mistakes_of
from harness.spec.folder import select_files

IF_EMPTY = "write a spec, or start one with 'bench new NAME'"


def read_architecture(path: Path) -> Architecture:
    """Return the file's architecture; raise `InvalidSpec` with all of its mistakes."""
    return read_text(path, decoded(path, read_bytes(path)))


def read_text(path: Path, text: str) -> Architecture:
    """Return the architecture that a file with this text would be; raise `InvalidSpec` with all of its mistakes."""
    folder = path.parent
    spec = read_model(SpecFile, path, text, partial(mistakes_of, folder=folder), if_empty=IF_EMPTY)
    data = find_dataset(spec.dataset, folder)
    return Architecture.model_construct(name=path.stem, path=path, data=data, **dict(spec))


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


def reference_mistakes(file: Path, known: Collection[str]) -> tuple[SpecError, ...]:
    """Return the claims of a valid file that compare with itself or with none of the known architectures."""
    text = decoded(file, read_bytes(file))
    tree = parse(text, str(file))
    return tuple(tree.located(error) for error in _reference_errors(read_text(file, text), known))


def _reference_errors(architecture: Architecture, known: Collection[str]) -> Iterator[SpecError]:
    for index, claim in enumerate(architecture.claims):
        for field, name in claim.others.items():
            path = ("claims", index, claim.kind, field)
            if name == architecture.name:
                yield SpecError(path, "this compares the architecture with itself", "name another one")
            elif name not in known:
                what = f"there is no architecture {shown(name, 80)} in {architecture.path.parent}"
                yield SpecError(path, what, did_you_mean(name, sorted(known)) or "'bench list' shows the architectures")
