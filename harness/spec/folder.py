"""Where architectures are looked for and which files a name or a glob means; opens none of them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path

from harness.declaration.file_text import SUFFIX
from harness.errors import NoArchitectures, NotOne, UnknownArchitecture

HERE = Path("architectures")


def architectures_folder(given: Path | None = None) -> Path:
    """Return the folder that is given, else ``./architectures``, else the one that ships with the package."""
    if given is not None:
        return given
    return HERE if is_folder(HERE) else shipped_folder()


def shipped_folder() -> Path:
    """Return the package's own architectures: inside it in a wheel, beside it in a checkout."""
    package = Path(__file__).resolve().parents[1]
    inside = package / "architectures"
    return inside if inside.is_dir() else package.parent / "architectures"


def is_folder(path: Path) -> bool:
    """Tell whether there is a folder; what can't be looked at does not count."""
    return os.path.isdir(path)  # noqa: PTH112 - Path.is_dir raises where the path is too long or closed


def find_architectures(folder: Path) -> tuple[Path, ...]:
    """Return the folder's spec files, sorted by name, without hidden files."""
    try:
        files = [path for path in folder.iterdir() if path.suffix in {SUFFIX, ".yml"}]
    except OSError as error:
        raise NoArchitectures(folder, error) from None
    return tuple(sorted(path for path in files if not path.name.startswith(".")))


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
