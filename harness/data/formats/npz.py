"""NumPy's archive of arrays as Keras names them, x_train, y_train, x_test and y_test; unpickles nothing."""

from __future__ import annotations

import math
import zipfile
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
from pydantic import Field

from harness.arrays import Values
from harness.data.array_formats import CHUNK_BYTES, UNREADABLE, dtype_of
from harness.data.formats.file_format import FileFormat, Found, LabelledValues
from harness.data.labels import (
    LabelSets,
    check_numbers,
    check_several,
    is_one_hot,
    label_sets,
    numbered,
    numbers_of,
    one_hot_refusal,
    single_labels,
)
from harness.data.values import as_values, check_fits
from harness.declaration.spec_error import one_line
from harness.errors import DataRefused
from harness.plain_files import PREFIX, array_header, header_bytes

TRAIN = ("x_train", "y_train")
TEST = ("x_test", "y_test")
# The examples' own axis comes on top.
MOST_AXES = 7
FEWEST_EXAMPLES = 2
MOST_SHOWN, MOST_LETTERS = 6, 40


class Npz(FileFormat):
    """An .npz file with x_train and y_train, and x_test and y_test where the test examples are set apart."""

    kind = "npz"
    one_hot: bool | None = Field(
        default=None, description="Whether rows of labels have a single 1, each of them a class."
    )

    def read(self, path: Path) -> Found:
        """Return the examples in the arrays' order; equal labels are one class, in the order of their numbers.

        Rows of 0 and 1 are labels of which an example may have several.
        """
        arrays = _arrays(path)
        names = [name for name in (TRAIN[0], TEST[0]) if name in arrays]
        _check_shapes(path, arrays)
        values = as_values([arrays[name] for name in names], [f"{path} ({name})" for name in names])
        given = {name: arrays[name] for name in (TRAIN[1], TEST[1]) if name in arrays}
        if given[TRAIN[1]].ndim > 1 and given[TRAIN[1]].size > len(given[TRAIN[1]]):
            sets = _label_sets(path, given)
            if not self.one_hot:
                return _several(path, values, sets)
            given = {name: single_labels(labels, f"{path} ({name})") for name, labels in sets.items()}
        elif self.one_hot:
            raise DataRefused(f"{path} (y_train): has a label for each example and no row; leave out --one-hot.")
        labels = {name: check_numbers(array, f"{path} ({name})") for name, array in given.items()}
        classes, train = numbered(labels[TRAIN[1]], f"{path} (y_train)")
        if TEST[1] not in labels:
            return Found(LabelledValues(values[0], train), classes=classes)
        test = numbers_of(labels[TEST[1]], classes, f"{path} (y_test)")
        return Found(LabelledValues(values[0], train), LabelledValues(values[1], test), classes)


def _label_sets(path: Path, given: dict[str, Values]) -> dict[str, LabelSets]:
    """Return which labels each example has, by array; labels go by the numbers of their columns."""
    shape = given[TRAIN[1]].shape[1:]
    names, sets = _numbers(shape[0]), dict[str, LabelSets]()
    for name, rows in given.items():
        if len(shape) > 1 or rows.shape[1:] != shape:
            if any(map(is_one_hot, sets.values())):
                raise one_hot_refusal(f"{path} (y_train)")
            what = f"has the shape {rows.shape}, where {'a row' if len(shape) > 1 else f'a row of {shape[0]}'}"
            raise DataRefused(f"{path} ({name}): {what} of labels for each example is expected; reshape it.")
        sets[name] = label_sets(rows, names, f"{path} ({name})")
    return sets


def _several(path: Path, values: Sequence[Values], sets: dict[str, LabelSets]) -> Found:
    """Return the examples, each with the labels that it has."""
    names = _numbers(sets[TRAIN[1]].shape[1])
    if all(map(is_one_hot, sets.values())):
        raise one_hot_refusal(f"{path} (y_train)")
    check_several(sets[TRAIN[1]], names, f"{path} (y_train)")
    train, *test = (LabelledValues(*pair) for pair in zip(values, sets.values(), strict=True))
    return Found(train, test[0] if test else None, names)


def _numbers(count: int) -> tuple[str, ...]:
    return tuple(map(str, range(count)))


class _Header(NamedTuple):
    """What a member says of its array before its values."""

    shape: tuple[int, ...]
    by_column: bool
    dtype: np.dtype[Any]

    @property
    def values_bytes(self) -> int:
        return math.prod(self.shape) * self.dtype.itemsize


def _arrays(path: Path) -> dict[str, Values]:
    """Return the arrays that are there, once their headers show that there is memory for them."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = _names(path, archive)
            headers = {name: _header(archive, name) for name in names}
            check_fits(path, sum(header.values_bytes for header in headers.values()))
            return {name: _values(archive, name) for name in names}
    except (*UNREADABLE, TypeError) as error:  # TypeError: a type that no bytes can be seen as
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise DataRefused(f"{path}: can't be read as an .npz file ({one_line(str(reason))}).") from None


def _names(path: Path, archive: zipfile.ZipFile) -> list[str]:
    members = {name.removesuffix(".npy") for name in archive.namelist()}
    wanted = [*TRAIN, *(TEST if members & set(TEST) else ())]
    missing = [name for name in wanted if name not in members]
    if missing:
        held = ", ".join(one_line(name)[:MOST_LETTERS] for name in sorted(members)[:MOST_SHOWN]) or "nothing"
        what = f"has no {' and no '.join(missing)}, but {held}"
        raise DataRefused(f"{path}: {what}; name the arrays x_train, y_train and, for the test, x_test, y_test.")
    return wanted


def _header(archive: zipfile.ZipFile, name: str) -> _Header:
    with archive.open(f"{name}.npy") as file:
        return _read_header(name, file)


def _read_header(name: str, file: IO[bytes]) -> _Header:
    try:
        start = file.read(max(PREFIX.values()))
        length, prefix = header_bytes(start), PREFIX[start[6]]
        header = array_header(start[prefix:] + file.read(length - len(start)))
        return _Header(header.shape, header.by_column, dtype_of(header.type))
    except ValueError as error:
        raise ValueError(f"{name} {error}") from None


def _values(archive: zipfile.ZipFile, name: str) -> Values:
    """Return the array; its header decides how much is read, whatever the archive says of the member."""
    with archive.open(f"{name}.npy") as file:
        header = _read_header(name, file)
        # Part by part: zipfile would hold all of it twice.
        content, read = np.empty(header.values_bytes, np.uint8), 0
        while part := file.read(min(CHUNK_BYTES, header.values_bytes - read)):
            content[read : read + len(part)] = np.frombuffer(part, np.uint8)
            read += len(part)
        if read != header.values_bytes or file.read(1):
            raise ValueError(f"{name} does not hold as many values as its shape {header.shape} says")
    return content.view(header.dtype).reshape(header.shape, order="F" if header.by_column else "C")


def _check_shapes(path: Path, arrays: dict[str, Values]) -> None:
    for x_name, y_name in (TRAIN, TEST):
        if x_name not in arrays:
            continue
        x, y = arrays[x_name], arrays[y_name]
        if not 1 <= x.ndim <= MOST_AXES + 1 or not y.ndim or 0 in x.shape[1:]:
            raise DataRefused(f"{path} ({x_name}): has the shape {x.shape}; give the examples along the first axis.")
        if len(x) != len(y):
            what = f"{x_name} has {len(x):,} examples and {y_name} {len(y):,} labels"
            raise DataRefused(f"{path}: {what}; give a label for each example.")
        if len(x) < FEWEST_EXAMPLES:
            raise DataRefused(f"{path} ({x_name}): holds {len(x)} examples; two are the fewest.")
    if TEST[0] in arrays and arrays[TRAIN[0]].shape[1:] != arrays[TEST[0]].shape[1:]:
        shapes = f"{arrays[TRAIN[0]].shape[1:]} in x_train and {arrays[TEST[0]].shape[1:]} in x_test"
        raise DataRefused(f"{path}: examples have the shape {shapes}; give all of them one shape.")
