"""Reads the declarations of data sets; an error carries every mistake of a file with its place.

A file is read once for as long as it stays as it is, however many specs name the data set.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from pathlib import Path

from harness.data.dataset import Dataset, DatasetFile
from harness.data.folder import FOLDER, FileState, dataset_files, file_state
from harness.data.mistakes import content_mistakes
from harness.declaration.files import file_text, shipped_folder
from harness.declaration.spec_error import InvalidSpec, SpecError
from harness.declaration.validation import read_model
from harness.errors import UnknownDataset

MOST_FILES_KEPT = 100


def find_dataset(name: str, specs: Path | None = None) -> Dataset:
    """Return the data set of this name, from the specs' folder or the package.

    Raises:
        UnknownDataset: There is no file of this name.
        InvalidSpec: With every mistake in the file.
    """
    files = dataset_files(specs)
    if name not in files:
        raise UnknownDataset(name, tuple(files))
    return read_dataset(files[name])


def all_datasets(specs: Path | None = None) -> Mapping[str, Dataset]:
    """Return every data set by its name, sorted; raise `InvalidSpec` where one has a mistake."""
    return {name: read_dataset(file) for name, file in dataset_files(specs).items()}


def read_dataset(file: Path) -> Dataset:
    """Return the data set that the file declares; raise `InvalidSpec` with every mistake in it."""
    found = _read(file, file_state(file))
    if isinstance(found, Dataset):
        return found
    raise InvalidSpec(found)


@lru_cache(maxsize=MOST_FILES_KEPT)
def _read(file: Path, state: FileState) -> Dataset | tuple[SpecError, ...]:
    del state  # another state is another file to the cache
    try:
        content = read_model(DatasetFile, file, file_text(file), partial(_mistakes, file=file))
    except InvalidSpec as error:
        return error.mistakes
    return Dataset.model_construct(name=file.stem, **dict(content))


def _mistakes(content: DatasetFile, file: Path) -> Iterator[SpecError]:
    """Yield what is wrong with a declaration whose fields are all valid by themselves."""
    yield from content_mistakes(content)
    shipped = shipped_folder() / FOLDER / file.name
    if file.absolute() != shipped and shipped.exists() and content.computed_on != read_dataset(shipped).computed_on:
        what = f"'{file.stem}' is a data set that ships with the program, and this file declares another one"
        yield SpecError((), what, "give the file another name")
