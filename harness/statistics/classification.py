"""What predicted classes and scores amount to: shares by class, means over classes, ranks of scores; NumPy alone."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Numbers = NDArray[Any]


def confusion_counts(truth: Numbers, predicted: Numbers, classes: int) -> Counts:
    """Return how many examples of a class (row) are given each class (column), shape (runs, classes, classes).

    ``truth`` has shape (examples,), ``predicted`` (runs, examples).
    """
    rows = truth.astype(np.intp) * classes
    # Run by run: of thousands of runs, the pairs of all would not stay in the processor's cache.
    counted = [np.bincount(rows + run, minlength=classes * classes) for run in predicted]
    return np.array(counted, np.int64).reshape(len(predicted), classes, classes)


@dataclass(frozen=True, eq=False)
class ClassShares:
    """Of each run and class, shape (runs, classes), in [0, 1]; a class without an example has NaN.

    ``accuracy`` is the share of the class's examples that are predicted right, which is also called recall,
    ``precision`` the share of those predicted as the class that are of it (NaN where none is), ``f1`` their harmonic
    mean, which is 0 where no example is predicted right. ``examples`` has shape (classes,).
    """

    examples: Counts
    accuracy: Floats
    precision: Floats
    f1: Floats

    @property
    def balanced_accuracy(self) -> Floats:
        """Return the mean accuracy of the classes that have examples, shape (runs,).

        Source: Brodersen et al., The balanced accuracy and its posterior distribution (2010).
        """
        return np.asarray(self.accuracy[:, self.examples > 0].mean(axis=1))

    @property
    def macro_f1(self) -> Floats:
        """Return the unweighted mean F1 of the classes that have examples, shape (runs,).

        Source: Opitz and Burst, Macro F1 and Macro F1 (2019), the mean of F1 scores.
        """
        return np.asarray(self.f1[:, self.examples > 0].mean(axis=1))


def class_shares(counts: Counts) -> ClassShares:
    """Return accuracy, precision and F1 = 2 TP / (2 TP + FP + FN) by class; shape (runs, classes, classes)."""
    right = counts.diagonal(axis1=1, axis2=2)
    of_class, as_class = counts.sum(axis=2), counts.sum(axis=1)
    f1 = np.where(of_class > 0, _share(2 * right, of_class + as_class), np.nan)
    return ClassShares(of_class[0], _share(right, of_class), _share(right, as_class), f1)


def label_shares(truth: Numbers, predicted: Numbers) -> ClassShares:
    """Return the same of labels of which an example may have several, 0 and 1 each.

    ``truth`` has shape (examples, labels), ``predicted`` (runs, examples, labels). Accuracy is that of the examples
    that have the label: recall.
    """
    of_label, as_label = truth.sum(axis=0, dtype=np.int64), predicted.sum(axis=1, dtype=np.int64)
    right = (predicted & truth).sum(axis=1, dtype=np.int64)
    f1 = np.where(of_label > 0, _share(2 * right, of_label + as_label), np.nan)
    whole = np.broadcast_to(of_label, as_label.shape)
    return ClassShares(of_label, _share(right, whole), _share(right, as_label), f1)


def micro_f1(truth: Numbers, predicted: Numbers) -> Floats:
    """Return F1 over all labels of all examples together, shape (runs,), for arguments as `label_shares` has them.

    It is 0 where nothing is predicted, and where nothing could be, as in scikit-learn.
    """
    right = (predicted & truth).sum(axis=(1, 2), dtype=np.int64)
    either = truth.sum(dtype=np.int64) + predicted.sum(axis=(1, 2), dtype=np.int64)
    return np.asarray(2 * right / np.maximum(either, 1))


def _share(part: Counts, whole: Counts) -> Floats:
    shares: Floats = np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
    return shares


def top_accuracy(scores: Numbers, labels: Numbers, most: int) -> float:
    """Return the share of examples whose class is among the ``most`` with the highest scores.

    ``scores`` has shape (examples, classes), ``labels`` (examples,). Of equal scores the first class counts as the
    higher one, so that with one class this is the accuracy of the predicted classes.
    """
    own = scores[np.arange(len(labels)), labels][:, None]
    before = np.arange(scores.shape[1]) < labels[:, None]
    place = ((scores > own) | ((scores == own) & before)).sum(axis=1)
    return float((place < most).mean())


def average_precision(scores: Numbers, labels: Numbers) -> float | None:
    """Return the area under the steps of precision over recall: of one label, shape (examples,) each.

    The sum of (R_n - R_(n-1)) P_n over the n distinct scores from the highest on, without interpolation. None where no
    example has the label. Source: scikit-learn's ``average_precision_score``.
    """
    if not (labels == 1).any():
        return None
    order = np.argsort(-scores, kind="stable")
    last_of_ties = np.append(np.flatnonzero(np.diff(scores[order])), len(order) - 1)
    found = (labels[order] == 1).cumsum()[last_of_ties]
    steps = np.diff(found, prepend=0) / found[-1]
    return float((steps * found / (last_of_ties + 1)).sum())


def mean_known(values: Iterable[float | None]) -> float | None:
    """Return the mean of those that are known; None where none is."""
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


def roc_auc(scores: Numbers, labels: Numbers) -> float | None:
    """Return the area under the ROC curve of two classes: how often class 1 scores higher than class 0, ties half.

    (R - n(n + 1)/2) / nm with the n scores of class 1, the m of class 0 and the sum R of the ranks of class 1, equal
    scores sharing their mean rank. ``scores``, shape (examples,), are of class 1. None where a class has no example.
    Source: Hanley and McNeil, Radiology 143 (1982), which is Mann and Whitney's U / nm.
    """
    positive = labels == 1
    ours, theirs = int(positive.sum()), int((~positive).sum())
    if not ours or not theirs:
        return None
    _, place, ties = np.unique(scores, return_inverse=True, return_counts=True)
    ranks = (ties.cumsum() - (ties - 1) / 2)[place]
    return float((ranks[positive].sum() - ours * (ours + 1) / 2) / (ours * theirs))
