"""What the recorded predictions of an architecture's runs say of each class; looks at no score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from harness.analysis.images import Labels
from harness.analysis.runs import ArchitectureResults
from harness.evaluations.metric import (
    BALANCED_ACCURACY,
    BINARY_ACCURACY,
    MACRO_F1,
    MACRO_ROC_AUC,
    MEAN_PRECISION,
    MICRO_F1,
    ROC_AUC,
    TEST,
    TOP_5,
    Quantity,
)
from harness.statistics.classification import ClassShares, class_shares, confusion_counts, label_shares, micro_f1

# What is known beside loss and accuracy: of every recorded run, and of data with many classes, or with two.
TEST_BALANCED, TEST_MACRO_F1, TEST_TOP_5, TEST_ROC_AUC = (
    Quantity(TEST, metric) for metric in (BALANCED_ACCURACY, MACRO_F1, TOP_5, ROC_AUC)
)
# And where an example may have several labels.
TEST_BINARY, TEST_MICRO_F1, TEST_MEAN_PRECISION, TEST_MACRO_ROC_AUC = (
    Quantity(TEST, metric) for metric in (BINARY_ACCURACY, MICRO_F1, MEAN_PRECISION, MACRO_ROC_AUC)
)
OF_LABELS = (TEST_BINARY, TEST_MICRO_F1, TEST_MACRO_F1, TEST_MEAN_PRECISION, TEST_MACRO_ROC_AUC)
FURTHER = tuple(dict.fromkeys((TEST_BALANCED, TEST_MACRO_F1, TEST_TOP_5, TEST_ROC_AUC, *OF_LABELS)))


def shares_by_class(entry: ArchitectureResults, labels: Labels) -> ClassShares | None:
    """Return accuracy, precision and F1 of each run and class; None where labels or predictions are not at hand."""
    truth, predicted = labels.get(entry.architecture.dataset), entry.predictions
    if truth is None or predicted is None:
        return None
    classes, truth = len(entry.architecture.data.classes), truth[: predicted.shape[1]]
    if entry.architecture.data.multi_label:
        return label_shares(truth, predicted)
    return class_shares(confusion_counts(truth, predicted, classes))


def means_over_classes(entry: ArchitectureResults, labels: Labels) -> Mapping[Quantity, Sequence[float]]:
    """Return what of each run is a mean over classes, one value per run; nothing where the shares are unknown."""
    shares, predicted = shares_by_class(entry, labels), entry.predictions
    if shares is None or predicted is None:
        return {}
    if entry.architecture.data.multi_label:
        truth = labels[entry.architecture.dataset][: predicted.shape[1]]
        return {
            TEST_BINARY: tuple((predicted == truth).mean(axis=(1, 2)).tolist()),
            TEST_MICRO_F1: tuple(micro_f1(truth, predicted).tolist()),
            TEST_MACRO_F1: tuple(shares.macro_f1.tolist()),
        }
    return {
        TEST_BALANCED: tuple(shares.balanced_accuracy.tolist()),
        TEST_MACRO_F1: tuple(shares.macro_f1.tolist()),
    }


def confusion(entry: ArchitectureResults, labels: Labels, classes: int) -> NDArray[np.float64] | None:
    """Return how many test images of a class (row) are given each class (column) per run, shape (classes, classes).

    The mean over the entry's runs; None where labels or predictions are not at hand, and where an example may have
    several labels, of which none is mistaken for another.
    """
    truth, predicted = labels.get(entry.architecture.dataset), entry.predictions
    if truth is None or predicted is None or entry.architecture.data.multi_label:
        return None
    return np.asarray(confusion_counts(truth[: predicted.shape[1]], predicted, classes).sum(axis=0) / len(predicted))


def label_errors(entry: ArchitectureResults, labels: Labels) -> NDArray[np.float64] | None:
    """Return how many test examples per run have each label unseen, and are given it wrongly, shape (2, labels).

    The mean over the entry's runs; None where labels or predictions are not at hand.
    """
    truth, predicted = labels.get(entry.architecture.dataset), entry.predictions
    if truth is None or predicted is None:
        return None
    has = truth[: predicted.shape[1]] == 1
    missed, wrong = (has & (predicted == 0)), (~has & (predicted == 1))
    return np.stack([found.sum(axis=1).mean(axis=0) for found in (missed, wrong)])
