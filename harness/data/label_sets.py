"""From columns of 0 and 1 to the labels of examples that may have several; refuses what is one class for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.data.dataset import MOST_CLASSES
from harness.data.labels import MOST_LETTERS
from harness.declaration.spec_error import one_line, shown
from harness.errors import DataRefused

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
