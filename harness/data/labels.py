"""Labels as files hold them, one class for each example or several; refuses what is no label, with the place."""

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


Columns = NDArray[Any]
LabelSets = NDArray[np.uint8]


def label_sets(columns: Columns, names: Sequence[str], where: str) -> LabelSets:
    """Return which of the named labels each example has, as 0 and 1, shape (n, labels).

    Raises:
        DataRefused: A value is neither 0 nor 1, or a name can't be that of a label.
    """
    if len(names) > MOST_CLASSES:
        raise DataRefused(f"{where}: has {len(names):,} columns of labels; {MOST_CLASSES} are the most.")
    for name in names:
        if not name.strip() or one_line(name) != name or len(name) > MOST_LETTERS:
            raise DataRefused(f"{where}: {shown(name)} can't be the name of a label; give words of a line.")
    if columns.dtype.kind not in "buif":
        raise DataRefused(f"{where}: holds {columns.dtype} values; write 0 or 1 for each label.")
    others = (columns != 0) & (columns != 1)
    if others.any():
        example, label = (int(place) for place in np.argwhere(others)[0])
        value = f"{columns[example, label]:g}"
        what = f"example {example} has {value} for the label {shown(names[label])}"
        raise DataRefused(f"{where}: {what}; write 1 where an example has the label, else 0.")
    return columns.astype(np.uint8)


def is_one_hot(labels: LabelSets) -> bool:
    """Tell whether every example has exactly one label."""
    return bool((labels.sum(axis=1) == 1).all())


def check_several(labels: NDArray[np.integer], names: Sequence[str], where: str, fewest: int = 1) -> None:
    """Refuse a label that fewer than ``fewest`` of the examples to train on have, or lack.

    Raises:
        DataRefused: There is one.
    """
    for name, having in zip(names, labels.sum(axis=0, dtype=np.int64).tolist(), strict=True):
        lacking = len(labels) - having
        if not having or not lacking:
            said = f"{'every' if having else 'no'} example has the label {shown(name)}"
            raise DataRefused(f"{where}: {said}, so that there is nothing to learn of it; remove its column.")
        if min(having, lacking) < fewest:
            said = f"{min(having, lacking)} example {'has' if having < lacking else 'lacks'} the label {shown(name)}"
            needed = "and one is needed to train on and one to test on"
            raise DataRefused(f"{where}: {said}, {needed}; add more, or remove its column.")


def single_labels(labels: LabelSets, where: str) -> NDArray[np.intp]:
    """Return the number of the one label that each example has, shape (n,).

    Raises:
        DataRefused: An example has another number of them.
    """
    counts = labels.sum(axis=1)
    if (counts != 1).any():
        example = int(np.argmax(counts != 1))
        what = f"example {example} has {int(counts[example])} labels, and one-hot rows have one"
        raise DataRefused(f"{where}: {what}; leave out --one-hot, so that examples may have several.")
    numbers: NDArray[np.intp] = labels.argmax(axis=1)
    return numbers


def one_hot_refusal(where: str) -> DataRefused:
    """Return the refusal of rows that name one class each."""
    what = "every example has exactly one label, as in one-hot rows of classes"
    remedy = "read them as such with --one-hot, or turn one-hot rows into numbers with argmax(axis=1)"
    return DataRefused(f"{where}: {what}; {remedy}.")
