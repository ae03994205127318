"""Test images one by one: which are missed most and by whom, and where two networks differ."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from harness.analysis.runs import ArchitectureResults, Study
from harness.data.dataset import Dataset
from harness.evaluations.evaluation import all_right
from harness.evaluations.metric import TEST_ACCURACY, Quantity
from harness.records.predictions import Classes
from harness.statistics.image_sampling import ImageMeans, image_error, image_means

Labels = Mapping[str, Classes]
SHOWN = 18
# The number of an example's class; of several labels, the numbers of those that it has.
Label = int | tuple[int, ...]


def right_predictions(entry: ArchitectureResults, labels: Labels) -> NDArray[np.bool_] | None:
    """Return which predictions are right, shape (runs, test examples); None where one is not known.

    Where an example may have several labels, all of them are to be right.
    """
    truth = labels.get(entry.architecture.dataset)
    predicted = entry.predictions
    if truth is None or predicted is None:
        return None
    return all_right(predicted, truth[: predicted.shape[1]])


def uncontested(dataset: Dataset, examples: int) -> NDArray[np.bool_]:
    """Return which of the first ``examples`` test images have an uncontested label, shape (examples,)."""
    kept = np.ones(examples, dtype=bool)
    kept[[index for index in dataset.contested_test_labels if index < examples]] = False
    return kept


@dataclass(frozen=True)
class ImageErrors:
    """What the choice of test images adds to differences in test accuracy; ``labels`` are the true ones by data set."""

    labels: Labels
    _means: dict[tuple[str, int], ImageMeans | None] = field(default_factory=dict, repr=False, compare=False)

    def between(self, a: ArchitectureResults, b: ArchitectureResults, quantity: Quantity) -> float | None:
        """Return the standard error of the difference; None where it is not known, or not of test accuracy."""
        if quantity != TEST_ACCURACY:
            return None
        if a.fingerprint == b.fingerprint:
            steps = self._steps(a, b)
            return None if steps is None or (means := image_means(steps)) is None else image_error(means)
        first, second = self._of(a), self._of(b)
        return image_error(first, second) if first and second else None

    def _of(self, entry: ArchitectureResults) -> ImageMeans | None:
        if entry.reading not in self._means:
            right = right_predictions(entry, self.labels)
            self._means[entry.reading] = None if right is None else image_means(right)
        return self._means[entry.reading]

    def _steps(self, a: ArchitectureResults, b: ArchitectureResults) -> NDArray[np.int8] | None:
        """Return right minus right for every seed that both have, shape (seeds, images)."""
        first, second = right_predictions(a, self.labels), right_predictions(b, self.labels)
        if first is None or second is None:
            return None
        ours, theirs = (dict(zip(one.seeds, right, strict=True)) for one, right in ((a, first), (b, second)))
        both = [seed for seed in ours if seed in theirs]
        return np.array([ours[seed].astype(np.int8) - theirs[seed] for seed in both]).reshape(len(both), -1)


@dataclass(frozen=True)
class HardImage:
    """One test image; shares are of runs, in [0, 1].

    ``predicted`` are the wrong classes with their shares, the most frequent first. ``missed`` is the mean over
    architectures, shared trials counted once; ``missed_by`` is by architecture.
    """

    dataset: str
    index: int
    label: Label
    missed: float
    predicted: tuple[tuple[Label, float], ...]
    missed_by: tuple[tuple[str, float], ...]
    contested: bool


def hardest_images(study: Study, labels: Labels, count: int = SHOWN) -> tuple[HardImage, ...]:
    """Return the ``count`` test images that are missed most, of two equal the first by index, by data set."""
    return tuple(image for rivals in study.rivals for image in _hardest(rivals, labels, count))


def _hardest(readers: Sequence[ArchitectureResults], labels: Labels, count: int) -> tuple[HardImage, ...]:
    known = [(one, right) for one in readers if (right := right_predictions(one, labels)) is not None]
    if not known:
        return ()
    shares = {one.name: 1 - right.mean(axis=0) for one, right in known}
    distinct = list({one.reading: one for one, _ in known}.values())
    missed = np.mean([shares[one.name] for one in distinct], axis=0)
    data = readers[0].architecture.data
    truth = labels[data.name]
    order = np.argsort(-missed, kind="stable")[:count]
    return tuple(
        HardImage(
            dataset=data.name,
            index=int(index),
            label=label_of(truth[index]),
            missed=float(missed[index]),
            predicted=_wrong_classes(distinct, int(index), label_of(truth[index])),
            missed_by=tuple((one.name, float(shares[one.name][index])) for one, _ in known),
            contested=int(index) in data.contested_test_labels,
        )
        for index in order
        if missed[index] > 0
    )


def label_of(value: NDArray[np.uint8]) -> Label:
    """Return what one example's entry in an array of labels or predictions says."""
    return int(value) if not value.ndim else tuple(np.flatnonzero(value).tolist())


def _wrong_classes(readers: Sequence[ArchitectureResults], index: int, label: Label) -> tuple[tuple[Label, float], ...]:
    """Return the wrong classes with their mean share over the readers' runs."""
    stacks = [stack for one in readers if (stack := one.predictions) is not None]
    counted = [(Counter(map(label_of, stack[:, index])), len(stack)) for stack in stacks]
    found = {one for counts, _ in counted for one in counts} - {label}
    shares = {one: sum(counts[one] / runs for counts, runs in counted) / len(counted) for one in found}
    return tuple(sorted(shares.items(), key=lambda pair: (-pair[1], pair[0])))


@dataclass(frozen=True)
class DisputedImage:
    """A test image with the share of each architecture's runs that get it right."""

    index: int
    label: Label
    first_right: float
    second_right: float


def disputed_images(
    a: ArchitectureResults, b: ArchitectureResults, labels: Labels, count: int
) -> tuple[DisputedImage, ...]:
    """Return the ``count`` test images on which the two differ most, the largest difference first.

    Nothing where they are trained on different data, or predictions or labels are not at hand.
    """
    first, second = right_predictions(a, labels), right_predictions(b, labels)
    if first is None or second is None or a.architecture.dataset != b.architecture.dataset:
        return ()
    ours, theirs = first.mean(axis=0), second.mean(axis=0)
    gaps = np.abs(ours - theirs)
    truth = labels[a.architecture.dataset]
    return tuple(
        DisputedImage(int(index), label_of(truth[index]), float(ours[index]), float(theirs[index]))
        for index in np.argsort(-gaps, kind="stable")[:count]
        if gaps[index] > 0
    )
