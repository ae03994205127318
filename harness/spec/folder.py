"""Which files of a folder a name or a glob means; opens none of them.

Specs of a folder are ranked with one another. Those in its subfolders, such as ablations, stand apart: they are asked
for by name, by ``subfolder`` or by ``subfolder/glob``, and no names at all mean none of them.
"""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path

from harness.declaration.files import DATASETS, declared_files, is_folder, is_safe_name, listed_files, shipped_folder
from harness.errors import NoArchitectures, NotOne, UnknownArchitecture


def find_architectures(folder: Path) -> tuple[Path, ...]:
    """Return the folder's spec files, sorted by name, without hidden files and without those of subfolders."""
    try:
        return declared_files(folder)
    except OSError as error:
        raise NoArchitectures(folder, error) from None


def files_apart(folder: Path) -> tuple[Path, ...]:
    """Return the spec files in subfolders, sorted by subfolder and name; what can't be listed holds none."""
    try:
        inner = sorted(path for path in folder.iterdir() if path.name != DATASETS and is_safe_name(path.name))
    except OSError:
        return ()
    return tuple(file for path in inner if is_folder(path) for file in listed_files(path))


def select_files(names: Iterable[str], folder: Path) -> tuple[Path, ...]:
    """Return the files that the names and globs mean, each once, sorted; no names at all means the folder's own."""
    files, wanted = find_architectures(folder), tuple(names)
    apart = files_apart(folder) if wanted else ()
    if not files and not apart:
        raise NoArchitectures(folder)
    meant = {name: _meant(name, files, apart) for name in wanted}
    unknown = [name for name in wanted if not meant[name]]
    if unknown:
        subfolders = dict.fromkeys(path.parent.name for path in apart)
        known = [*(path.stem for path in (*files, *apart)), *subfolders]
        raise UnknownArchitecture(unknown, known, folder, [path.stem for path in listed_files(shipped_folder())])
    chosen = {path for found in meant.values() for path in found}
    return tuple(path for path in (*files, *apart) if not wanted or path in chosen)


def only_file(name: str, folder: Path) -> Path:
    """Return the one file that a name or a glob means."""
    files = select_files([name], folder)
    if len(files) > 1:
        raise NotOne(name, files)
    return files[0]


def _meant(name: str, files: tuple[Path, ...], apart: tuple[Path, ...]) -> tuple[Path, ...]:
    """Return the folder's own files; else those apart: of a subfolder, below it, or of this very name."""
    if own := tuple(path for path in files if _matches(name, path)):
        return own
    subfolder, _, below = name.partition("/")
    if below:
        return tuple(path for path in apart if path.parent.name == subfolder and _matches(below, path))
    return tuple(path for path in apart if name in {path.parent.name, path.stem, path.name})


def _matches(name: str, path: Path) -> bool:
    return fnmatchcase(path.stem, name) or name in {path.stem, path.name}
