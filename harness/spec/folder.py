"""Which files of a folder a name or a glob means; opens none of them."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path

from harness.declaration.files import declared_files
from harness.errors import NoArchitectures, NotOne, UnknownArchitecture


def find_architectures(folder: Path) -> tuple[Path, ...]:
    """Return the folder's spec files, sorted by name, without hidden files."""
    try:
        return declared_files(folder)
    except OSError as error:
        raise NoArchitectures(folder, error) from None


def select_files(names: Iterable[str], folder: Path) -> tuple[Path, ...]:
    """Return the files that the names and globs mean, each once, sorted; no names at all means every file."""
    files = find_architectures(folder)
    if not files:
        raise NoArchitectures(folder)
    wanted = tuple(names)
    unknown = [name for name in wanted if not any(_means(name, path) for path in files)]
    if unknown:
        raise UnknownArchitecture(unknown, [path.stem for path in files], folder)
    return tuple(path for path in files if not wanted or any(_means(name, path) for name in wanted))


def only_file(name: str, folder: Path) -> Path:
    """Return the one file that a name or a glob means."""
    files = select_files([name], folder)
    if len(files) > 1:
        raise NotOne(name, files)
    return files[0]


def _means(name: str, path: Path) -> bool:
    return fnmatchcase(path.stem, name) or name in {path.stem, path.name}
