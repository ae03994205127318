"""From what files hold to a data set's four arrays: test examples set apart where the files set none; reads no file."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from harness.arrays import Values
from harness.data.dataset import Split
from harness.data.formats.file_format import Found, LabelledValues

Indices = NDArray[np.intp]


def as_arrays(found: Found, split: Split | None) -> dict[str, Values]:
    """Return the arrays by name, labels as bytes; without a split, the files' own test examples.

    Raises:
        ValueError: The files set no test examples apart, and there is no split.
    """
    if split is not None:
        draw = stratified if found.train.labels.ndim == 1 else stratified_sets
        train, test = (_chosen(found.train, indices) for indices in draw(found.train.labels, split))
    elif found.test is not None:
        train, test = found.train, found.test
    else:
        raise ValueError("the files set no test examples apart, and neither does 'split'")
    return {
        "train_images": train.values,
        "train_labels": train.labels.astype(np.uint8),
        "test_images": test.values,
        "test_labels": test.labels.astype(np.uint8),
    }


def stratified(labels: NDArray[np.integer], split: Split) -> tuple[Indices, Indices]:
    """Return the indices to train on and to test on, each shuffled.

    Of every class, shape (n,) in ``labels``, the same share is drawn for the test, rounded, but at least one example,
    and all but one at the most. Both are shuffled, since files have their classes one after another as a rule, and the
    last of the examples to train on are what a validation split holds out.
    """
    rng = np.random.default_rng(split.seed)
    train: list[Indices] = []
    test: list[Indices] = []
    for label in np.unique(labels):
        drawn = rng.permutation(np.flatnonzero(labels == label))
        held_out = min(max(1, round(split.test * len(drawn))), len(drawn) - 1)
        test.append(drawn[:held_out])
        train.append(drawn[held_out:])
    return rng.permutation(np.concatenate(train)), rng.permutation(np.concatenate(test))


def stratified_sets(labels: NDArray[np.integer], split: Split) -> tuple[Indices, Indices]:
    """Return the indices to train on and to test on, each shuffled, where an example may have several labels.

    ``labels`` are 0 and 1, shape (n, labels). The rarest label is drawn first, then the rarest of those examples that
    are left, since what a frequent one has too many of can still be made up for; those without a label come last.
    Source: Sechidis, Tsoumakas and Vlahavas, On the Stratification of Multi-Label Data (2011).
    """
    rng = np.random.default_rng(split.seed)
    left, tested = np.ones(len(labels), bool), np.zeros(len(labels), bool)
    counts = labels.sum(axis=0, dtype=np.int64)
    remaining = counts.copy()
    while remaining.any():
        label = int(np.where(remaining > 0, remaining, len(labels) + 1).argmin())
        drawn = rng.permutation(np.flatnonzero(left & (labels[:, label] == 1)))
        wanted = min(max(1, round(split.test * int(counts[label]))), int(counts[label]) - 1)
        missing = wanted - int((tested & (labels[:, label] == 1)).sum())
        tested[drawn[: max(0, missing)]] = True
        left[drawn] = False
        remaining = labels[left].sum(axis=0, dtype=np.int64)
    drawn = rng.permutation(np.flatnonzero(left))
    tested[drawn[: round(split.test * len(drawn))]] = True
    return rng.permutation(np.flatnonzero(~tested)), rng.permutation(np.flatnonzero(tested))


def parts(labels: NDArray[np.integer], count: int, seed: int) -> NDArray[np.intp]:
    """Return the part of each example, shape (n,), with as many of each class in every part, but for one.

    Each class is shuffled, and the classes are dealt to the parts in turn, one after another. Where an example may have
    several labels, shape (n, labels), those with the same ones are a class, beside those that differ in frequent ones.
    """
    # Of three numbers, the last not 0: no epoch's order is drawn from the same ones.
    shuffled = np.random.default_rng((seed, count, 1)).permutation(len(labels))
    by_class = shuffled[_alike_together(labels[shuffled])]
    found = np.empty(len(labels), np.intp)
    found[by_class] = np.arange(len(labels)) % count
    return found


def _alike_together(labels: NDArray[np.integer]) -> Indices:
    """Return the order of the examples by class, or by their labels, the rarest label first."""
    if labels.ndim == 1:
        return np.argsort(labels, kind="stable")
    rarest_last = np.argsort(-labels.sum(axis=0, dtype=np.int64), kind="stable")
    return np.lexsort(labels.T[rarest_last])


def _chosen(examples: LabelledValues, indices: Indices) -> LabelledValues:
    return LabelledValues(examples.values[indices], examples.labels[indices])
