"""From what files hold to the declaration of a data set, as a value and as text; writes no file."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from harness.arrays import Values
from harness.data.array_formats import idx_sha256
from harness.data.dataset import DatasetFile, PublishedArray, PublishedArrays, Split
from harness.data.formats.file_format import FileFormat, Found
from harness.data.labels import check_several
from harness.data.preprocessing import Divide, Standardize, Step
from harness.data.sources.local import LocalPath
from harness.data.splitting import as_arrays
from harness.declaration.spec_error import shown
from harness.errors import DataRefused

MOST_BYTE = 255
FEWEST_TO_SPLIT = 2
REPEATED = "   # examples to test on that are also among those to train on"
FITTED = "           # fitted to the examples to train on alone"
HEADER = "# yaml-language-server: $schema=schema.json"


@dataclass(frozen=True, eq=False)
class DeclaredDataset:
    """A data set as it is declared, and its arrays."""

    content: DatasetFile
    arrays: dict[str, Values]


def declare(path: Path, read_as: FileFormat, split: Split, title: str) -> DeclaredDataset:
    """Read the files and declare what they hold; the split is for files that set no test examples apart.

    Raises:
        DataRefused: They can't be read, or can't be trained on.
    """
    found = read_as.read(path)
    used = split if found.test is None else None
    if used is not None:
        _check_enough(path, found)
    arrays = as_arrays(found, used)
    if found.train.labels.ndim > 1:
        _check_split(path, arrays, found)
    content = DatasetFile(
        title=title,
        source=f"{path.name}, added with 'bench data add'",
        inputs=inputs_of(arrays["train_images"].shape[1:]),
        classes=found.classes,
        arrays=PublishedArrays(**{name: _described(array) for name, array in arrays.items()}),
        sources=(LocalPath(path=str(path.absolute())),),
        read_as=read_as,
        split=used,
        preprocessing=_preprocessing(arrays["train_images"], found.numbers),
        repeated_test_examples=repeated(arrays),
    )
    return DeclaredDataset(content, arrays)


def repeated(arrays: Mapping[str, Values]) -> int:
    """Return how many of the examples to test on are also among those to train on, to the last bit."""
    known = set(_digests(arrays["train_images"]))
    return sum(digest in known for digest in _digests(arrays["test_images"]))


def inputs_of(shape: tuple[int, ...]) -> tuple[int, ...]:
    """Return the shape in which a network takes an example: images without channels have one."""
    images_without_channels = 2
    if not shape:
        return (1,)
    return (*shape, 1) if len(shape) == images_without_channels else shape


def _check_enough(path: Path, found: Found) -> None:
    if found.train.labels.ndim > 1:
        check_several(found.train.labels, found.classes, str(path), FEWEST_TO_SPLIT)
        return
    counts = np.bincount(found.train.labels, minlength=len(found.classes))
    if counts.min() < FEWEST_TO_SPLIT:
        name = shown(found.classes[int(counts.argmin())])
        what = f"the class {name} has {int(counts.min())} example, and one is needed to train on and one to test on"
        raise DataRefused(f"{path}: {what}; add more, or remove the class.")


def _check_split(path: Path, arrays: Mapping[str, Values], found: Found) -> None:
    """Refuse a label that all examples to train on have or lack; each is drawn beside those that come with it."""
    having = arrays["train_labels"].sum(axis=0, dtype=np.int64)
    constant = (having == 0) | (having == len(arrays["train_labels"]))
    if constant.any():
        name = shown(found.classes[int(np.argmax(constant))])
        what = f"of the label {name}, which few examples have or lack, none of them is left to train on"
        raise DataRefused(f"{path}: {what}; choose another --split-seed, or set test examples apart yourself.")


def _described(array: Values) -> PublishedArray:
    return PublishedArray.model_validate({"shape": array.shape, "dtype": array.dtype.name, "sha256": idx_sha256(array)})


def _preprocessing(images: Values, numbers: int | None) -> tuple[Step, ...]:
    """Return what is done to the values: bytes become fractions, other numbers are standardized unless they are small.

    Means and deviations are of the examples to train on alone.
    """
    if images.dtype == np.uint8:
        return (Divide(by=MOST_BYTE),)
    if images.ndim <= 2:  # noqa: PLR2004 - examples, features
        columns = None if numbers == images.shape[-1] else numbers
        return () if columns == 0 else (Standardize(by="feature", columns=columns),)
    low, high = float(images.min()), float(images.max())
    if low >= -1 and high <= 1:
        return ()
    return (Divide(by=MOST_BYTE),) if low >= 0 and high <= MOST_BYTE else (Standardize(by="channel"),)


def _digests(values: Values) -> Iterator[bytes]:
    """Yield a digest of each example, since a set of the examples would be all of the data once more."""
    for row in values:
        yield hashlib.blake2b(row.tobytes(), digest_size=16).digest()


def declaration_text(content: DatasetFile) -> str:
    """Return the text of the declaration's file."""
    written = content.model_dump(mode="json", exclude_none=True, exclude_defaults=True)
    lines = [HEADER, *(f"{name}: {_flow(written[name])}" for name in ("title", "source", "inputs", "classes"))]
    lines += ["", "arrays:                  # the digests are those of the arrays' IDX files"]
    for name, array in written["arrays"].items():
        lines += [f"  {name}:", *(f"    {field}: {_flow(value)}" for field, value in array.items())]
    lines += ["", "sources:", *(f"  - {_flow(source)}" for source in written["sources"])]
    lines += ["", f"read_as: {_flow(written['read_as'])}"]
    if content.split:
        lines += ["", f"split: {_flow(content.split.model_dump())}"]
    if content.preprocessing:
        fitted = any(isinstance(step, Standardize) for step in content.preprocessing)
        lines += ["", f"preprocessing:{FITTED if fitted else ''}"]
        lines += [f"  - {_flow(step)}" for step in written["preprocessing"]]
    if content.repeated_test_examples is not None:
        lines += ["", f"repeated_test_examples: {content.repeated_test_examples}{REPEATED}"]
    return "\n".join(lines) + "\n"


def _flow(value: object) -> str:
    """Return the value on one line, as JSON, which is YAML; words are quoted, whatever they look like."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_flow(inner)}" for name, inner in value.items() if inner is not None) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_flow(inner) for inner in value) + "]"
    return json.dumps(int(value) if isinstance(value, float) and value.is_integer() else value, ensure_ascii=False)
