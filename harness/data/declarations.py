"""Reads the declarations of data sets; an error carries every mistake of a file with its place.

A file is read once for as long as it stays as it is, however many specs name the data set.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from math import prod
from pathlib import Path

from harness.data.dataset import Dataset, DatasetFile
from harness.data.folder import FOLDER, dataset_files, file_state
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
def _read(file: Path, state: tuple[str, int, int]) -> Dataset | tuple[SpecError, ...]:
    del state  # another state is another file to the cache
    try:
        content = read_model(DatasetFile, file, file_text(file), partial(_mistakes, file=file))
    except InvalidSpec as error:
        return error.mistakes
    return Dataset.model_construct(name=file.stem, **dict(content))


def _mistakes(content: DatasetFile, file: Path) -> Iterator[SpecError]:
    """Yield what is wrong with a declaration whose fields are all valid by themselves."""
    yield from _shapes(content)
    yield from _digests(content)
    yield from _contested(content)
    shipped = shipped_folder() / FOLDER / file.name
    if file.absolute() != shipped and shipped.exists() and content.computed_on != read_dataset(shipped).computed_on:
        what = f"'{file.stem}' is a data set that ships with the program, and this file declares another one"
        yield SpecError((), what, "give the file another name: records tell data sets apart by their names")


def _shapes(content: DatasetFile) -> Iterator[SpecError]:
    size = prod(content.inputs)
    for part, images, labels in (
        ("train", content.arrays.train_images.shape, content.arrays.train_labels.shape),
        ("test", content.arrays.test_images.shape, content.arrays.test_labels.shape),
    ):
        if prod(images[1:]) != size:
            what = f"images of {_text(images[1:])} do not fit inputs of {_text(content.inputs)}"
            yield SpecError(("arrays", f"{part}_images", "shape"), what, "correct the shape, or the inputs")
        if labels != images[:1]:
            what = f"labels of shape [{_text(labels)}] for {images[0]:,} images"
            yield SpecError(("arrays", f"{part}_labels", "shape"), what, f"write [{images[0]}]")


def _digests(content: DatasetFile) -> Iterator[SpecError]:
    """Yield the arrays that nothing could be held against, and a split of files that set their test examples apart."""
    for name, array in content.published.items():
        if array.sha256 is None and not content.files:
            what = f"nothing says what {name} must be"
            yield SpecError(("arrays", name), what, "add its sha256, or 'files' with the digests of whole files")
    if content.split and not content.read_as:
        what = "'split' is for files that 'read_as' reads, and these hold the test examples by themselves"
        yield SpecError(("split",), what, "remove it", on_key=True)


def _contested(content: DatasetFile) -> Iterator[SpecError]:
    images, classes = content.arrays.test_labels.shape[0], len(content.classes)
    for number, contested in enumerate(content.contested.test_labels if content.contested else ()):
        for field, value, limit, things in (
            ("index", contested.index, images, "test images"),
            ("label", contested.label, classes, "classes"),
        ):
            if value >= limit:
                what = f"there are {limit:,} {things}, counted from 0, and this is {value:,}"
                yield SpecError(("contested", "test_labels", number, field), what, f"write {limit - 1:,} or less")


def _text(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "one value"
