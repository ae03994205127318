"""From labels as files hold them to classes and their numbers; refuses what names no class, with the place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.data.dataset import MOST_CLASSES
from harness.declaration.spec_error import one_line, shown
from harness.errors import DataRefused

Labels = NDArray[Any]

MOST_LETTERS = 100


def check_numbers(labels: Labels, where: str) -> NDArray[np.int64]:
    """Return labels that are whole numbers from 0, shape (n,); ``where`` is what messages call them.

    Raises:
        DataRefused: They are something else.
    """
    if labels.dtype.kind in "US":
        raise DataRefused(f"{where}: holds words such as {shown(str(labels.flat[0]))}; number the classes from 0.")
    if labels.dtype.kind not in "buif":
        raise DataRefused(f"{where}: holds {labels.dtype} values; number the classes from 0.")
    flat = labels.reshape(len(labels)) if labels.size == len(labels) else labels
    if flat.ndim != 1:
        what = f"has the shape {labels.shape}, where one label for each example is expected"
        raise DataRefused(f"{where}: {what}; turn one-hot rows into numbers with argmax(axis=1).")
    if flat.dtype.kind == "f":
        _check_whole(flat, where)
    numbers: NDArray[np.int64] = flat.astype(np.int64)
    if len(numbers) and numbers.min() < 0:
        index = int(np.argmax(numbers < 0))
        raise DataRefused(f"{where}: example {index} has the label {numbers[index]}; number the classes from 0.")
    return numbers


def _check_whole(labels: NDArray[np.floating[Any]], where: str) -> None:
    missing = ~np.isfinite(labels)
    if missing.any():
        raise DataRefused(f"{where}: example {int(np.argmax(missing))} has no label; remove such examples.")
    fractions = labels != np.floor(labels)
    if fractions.any():
        first = labels[int(np.argmax(fractions))]
        raise DataRefused(f"{where}: holds fractions such as {first:g}; labels are classes, numbered from 0.")


def numbered(labels: Labels, where: str) -> tuple[tuple[str, ...], NDArray[np.intp]]:
    """Return the classes, sorted, and the number of each label's class, shape (n,).

    Raises:
        DataRefused: There are too few classes, or more than predictions are recorded for.
    """
    values, indices = np.unique(labels, return_inverse=True)
    if len(values) == 1:
        raise DataRefused(f"{where}: all examples are of one class, {shown(str(values[0]))}; two are the fewest.")
    if len(values) > MOST_CLASSES:
        raise DataRefused(f"{where}: holds {len(values):,} different labels; {MOST_CLASSES} classes are the most.")
    classes = tuple(str(value) for value in values)
    for name in classes:
        if not name.strip() or one_line(name) != name or len(name) > MOST_LETTERS:
            raise DataRefused(f"{where}: {shown(name)} can't be the name of a class; give words of a line.")
    return classes, indices.reshape(len(labels))


def numbers_of(labels: Labels, classes: Sequence[str], where: str) -> NDArray[np.intp]:
    """Return the number of each label's class, shape (n,); refuse a label that is none of the classes."""
    known = {name: number for number, name in enumerate(classes)}
    values, indices = np.unique(labels, return_inverse=True)
    for value in values:
        if str(value) not in known:
            raise DataRefused(f"{where}: the label {shown(str(value))} is of no class to train on; remove it.")
    numbers = np.array([known[str(value)] for value in values], np.intp)
    return numbers[indices.reshape(len(labels))]
