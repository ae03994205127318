"""Which files declare data sets: those of the package, and those of a specs' folder of one's own; reads none of them.

What needs no more than that, as a list of specs that were read before, is spared the import of pydantic.
"""

from __future__ import annotations

from pathlib import Path

from harness.declaration.files import DATASETS, HERE, listed_files, shipped_folder, specs_folder

FOLDER = DATASETS
FileState = tuple[str, int, int]
"""A file's whole path, its size and its time."""


def dataset_files(specs: Path | None = None) -> dict[str, Path]:
    """Return the file that declares each data set, by name: those in the specs' folder, and those that are shipped.

    ``specs`` is the folder of the specs, with the folder of data sets in it; None: where specs are looked for. The
    package's own specs can be trained on what is declared in ``./architectures``.
    """
    folder, shipped = specs_folder(specs), shipped_folder()
    here = (*own_dataset_files(HERE),) if folder == shipped else ()
    files = (*own_dataset_files(shipped), *here, *own_dataset_files(folder))
    return dict(sorted({file.stem: file for file in files}.items()))


def own_dataset_files(specs: Path) -> tuple[Path, ...]:
    """Return the files that declare the data sets of this folder of specs alone, sorted by name."""
    return listed_files(specs / FOLDER)  # which most folders of specs do not have


def dataset_names(specs: Path | None = None) -> tuple[str, ...]:
    """Return the names of the data sets that specs in this folder can name."""
    return tuple(dataset_files(specs))


def file_state(path: Path) -> FileState:
    """Return what changes when the file does; sizes of what is gone are -1."""
    try:
        state = path.stat()
    except OSError:
        return (str(path.absolute()), -1, -1)
    return (str(path.absolute()), state.st_size, state.st_mtime_ns)
