"""Reads the declarations of data sets, with every mistake in them; it knows no array.

A file is read once for as long as it stays as it is, however many specs name the data set.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache, partial
from math import prod
from pathlib import Path

from pydantic_core import PydanticCustomError

from harness.data.dataset import Dataset, DatasetFile
from harness.data.dataset_files import FOLDER, FileState, dataset_files, file_state
from harness.data.preprocessing import Reshaping, Standardize
from harness.declaration.files import file_text, shipped_folder
from harness.declaration.spec_error import InvalidSpec, SpecError, refused
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


def content_mistakes(content: DatasetFile) -> Iterator[SpecError]:
    """Yield every mistake."""
    yield from _shapes(content)
    yield from _columns(content)
    yield from _digests(content)
    yield from _contested(content)


def _shapes(content: DatasetFile) -> Iterator[SpecError]:
    for part, images, labels in (
        ("train", content.arrays.train_images.shape, content.arrays.train_labels.shape),
        ("test", content.arrays.test_images.shape, content.arrays.test_labels.shape),
    ):
        try:
            preprocessed = _preprocessed(content, images[1:])
        except PydanticCustomError as error:
            context = error.context or {}
            yield SpecError(("preprocessing",), context["what"], context["remedy"], on_key=True)
            return
        if prod(preprocessed) != prod(content.inputs):
            what = f"images of {_text(preprocessed)} do not fit inputs of {_text(content.inputs)}"
            yield SpecError(("arrays", f"{part}_images", "shape"), what, "correct the shape, or the inputs")
        expected = (images[0], len(content.classes)) if content.multi_label else images[:1]
        if labels != expected:
            what = f"labels of shape [{_text(labels)}] for {images[0]:,} images"
            several = f", or [{images[0]}, {len(content.classes)}] in both parts where an example has several classes"
            remedy = f"write [{images[0]}]{several if part == 'train' else ', as the labels to train on have it'}"
            yield SpecError(("arrays", f"{part}_labels", "shape"), what, remedy)


def _columns(content: DatasetFile) -> Iterator[SpecError]:
    for place, step in enumerate(content.preprocessing):
        if isinstance(step, Standardize) and (step.columns or 0) > content.inputs[-1]:
            what = f"'columns' is {step.columns}, and the inputs have {content.inputs[-1]}"
            yield SpecError(("preprocessing", place, step.kind, "columns"), what, "write fewer")


def _preprocessed(content: DatasetFile, shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape of an image after the steps that change it, which come first."""
    scaled = None
    for step in content.preprocessing:
        if isinstance(step, Reshaping):
            if scaled is not None:
                what = f"'{step.kind}' changes the shape and stands behind '{scaled.kind}'"
                raise refused("step_order", what, "put the steps that change the shape first")
            shape = step.output_shape(shape)
        else:
            scaled = step
    return shape


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
    if content.contested and content.multi_label:
        what = "'contested' is of labels that are one class each, and examples have several"
        yield SpecError(("contested",), what, "remove it", on_key=True)
        return
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
