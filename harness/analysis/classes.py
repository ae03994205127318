"""What the recorded predictions of an architecture's runs say of each class; looks at no score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from harness.analysis.images import Labels
from harness.analysis.runs import ArchitectureResults
from harness.evaluations.metric import BALANCED_ACCURACY, MACRO_F1, ROC_AUC, TEST, TOP_5, Quantity
from harness.statistics.classification import ClassShares, class_shares, confusion_counts

# What is known beside loss and accuracy: of every recorded run, and of data with many classes, or with two.
TEST_BALANCED, TEST_MACRO_F1, TEST_TOP_5, TEST_ROC_AUC = (
    Quantity(TEST, metric) for metric in (BALANCED_ACCURACY, MACRO_F1, TOP_5, ROC_AUC)
)
FURTHER = (TEST_BALANCED, TEST_MACRO_F1, TEST_TOP_5, TEST_ROC_AUC)


def shares_by_class(entry: ArchitectureResults, labels: Labels) -> ClassShares | None:
    """Return accuracy, precision and F1 of each run and class; None where labels or predictions are not at hand."""
    truth, predicted = labels.get(entry.architecture.dataset), entry.predictions
    if truth is None or predicted is None:
        return None
    classes = len(entry.architecture.data.classes)
    return class_shares(confusion_counts(truth[: predicted.shape[1]], predicted, classes))


def means_over_classes(shares: ClassShares | None) -> Mapping[Quantity, Sequence[float]]:
    """Return what of each run is a mean over classes, one value per run; nothing where the shares are unknown."""
    if shares is None:
        return {}
    return {
        TEST_BALANCED: tuple(shares.balanced_accuracy.tolist()),
        TEST_MACRO_F1: tuple(shares.macro_f1.tolist()),
    }


def confusion(entry: ArchitectureResults, labels: Labels, classes: int) -> NDArray[np.float64] | None:
    """Return how many test images of a class (row) are given each class (column) per run, shape (classes, classes).

    The mean over the entry's runs; None where labels or predictions are not at hand.
    """
    truth, predicted = labels.get(entry.architecture.dataset), entry.predictions
    if truth is None or predicted is None:
        return None
    return np.asarray(confusion_counts(truth[: predicted.shape[1]], predicted, classes).sum(axis=0) / len(predicted))
