"""The test images that are missed most often, what was said of them and by whom; and who confuses which classes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.analysis.runs import ArchitectureResults, Study
from harness.analysis.summary import Labels, right_predictions
from harness.records.store import Classes

SHOWN = 18


@dataclass(frozen=True)
class HardImage:
    """One test image: shares of runs in [0, 1], what was ``said`` from the most frequent wrong class down.

    ``missed`` is the mean over architectures, shared trials counted once; ``missed_by`` is by architecture.
    """

    dataset: str
    index: int
    label: int
    missed: float
    said: tuple[tuple[int, float], ...]
    missed_by: tuple[tuple[str, float], ...]
    contested: bool


def hardest_images(study: Study, labels: Labels, count: int = SHOWN) -> tuple[HardImage, ...]:
    """Return the ``count`` test images that are missed most, of two equal the first by index, by data set."""
    datasets = dict.fromkeys(one.architecture.dataset for one in study.measured)
    return tuple(image for dataset in datasets for image in _hardest(study, labels, dataset, count))


def _hardest(study: Study, labels: Labels, dataset: str, count: int) -> tuple[HardImage, ...]:
    readers = [one for one in study.measured if one.architecture.dataset == dataset]
    known = [(one, right) for one in readers if (right := right_predictions(one, labels)) is not None]
    if not known:
        return ()
    shares = {one.name: 1 - right.mean(axis=0) for one, right in known}
    distinct = list({(one.fingerprint, one.epochs): one for one, _ in known}.values())
    missed = np.mean([shares[one.name] for one in distinct], axis=0)
    contested = readers[0].architecture.data.contested_test_labels
    order = np.argsort(-missed, kind="stable")[:count]
    return tuple(
        HardImage(
            dataset=dataset,
            index=int(index),
            label=int(labels[dataset][index]),
            missed=float(missed[index]),
            said=_said(distinct, int(index), int(labels[dataset][index])),
            missed_by=tuple((one.name, float(shares[one.name][index])) for one, _ in known),
            contested=int(index) in contested,
        )
        for index in order
        if missed[index] > 0
    )


def _said(readers: Sequence[ArchitectureResults], index: int, label: int) -> tuple[tuple[int, float], ...]:
    """Return the wrong classes with their mean share over the readers' runs."""
    stacks = [stack for one in readers if (stack := one.predictions) is not None]
    shares = np.mean([np.bincount(stack[:, index], minlength=256) / len(stack) for stack in stacks], axis=0)
    wrong = [(int(digit), float(shares[digit])) for digit in np.flatnonzero(shares) if digit != label]
    return tuple(sorted(wrong, key=lambda pair: (-pair[1], pair[0])))


def confusion(entry: ArchitectureResults, labels: Labels, classes: int) -> NDArray[np.float64] | None:
    """Return how many test images of a class (row) are given each class (column) per run, shape (classes, classes).

    The mean over the entry's runs; None where labels or predictions are not at hand.
    """
    truth, predicted = labels.get(entry.architecture.dataset), entry.predictions
    if truth is None or predicted is None:
        return None
    return _counts(truth[: predicted.shape[1]], predicted, classes)


def _counts(truth: Classes, predicted: Classes, classes: int) -> NDArray[np.float64]:
    pairs = truth.astype(np.intp) * classes + predicted
    counted = np.bincount(pairs.ravel(), minlength=classes * classes) / len(predicted)
    return np.asarray(counted.reshape(classes, classes))
