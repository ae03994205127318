"""A data set's preprocessing with the numbers that were fitted to the examples to train on; reads no file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.arrays import Values
from harness.data.dataset import Dataset
from harness.data.preprocessing import Reshaping, Scaling

Numbers = tuple[NDArray[np.float32], ...]


@dataclass(frozen=True, eq=False)
class Pipeline:
    """The way from a data set's arrays to what a network takes: the same for training and test.

    ``scalings`` are the steps for every batch, each with its numbers.
    """

    inputs: tuple[int, ...]
    classes: int
    reshapings: tuple[Reshaping, ...]
    scalings: tuple[tuple[Scaling, Numbers], ...]

    def shaped(self, images: Values) -> Values:
        """Return the images in the shape of the inputs, (n, *inputs), before the scalings."""
        for step in self.reshapings:
            images = step.reshape(images)
        return images.reshape(-1, *self.inputs)

    def applied(self, images: Values) -> NDArray[np.float32]:
        """Return the images as a network takes them, float32, shape (n, *inputs)."""
        found: NDArray[Any] = self.shaped(images).astype(np.float32)
        for step, numbers in self.scalings:
            found = _applied(step, numbers, found)
        return found.astype(np.float32)


def fit(dataset: Dataset, images: Values) -> Pipeline:
    """Return the data set's pipeline, fitted to the images that are trained on."""
    reshapings = tuple(step for step in dataset.preprocessing if isinstance(step, Reshaping))
    steps = tuple(step for step in dataset.preprocessing if isinstance(step, Scaling))
    shaped = Pipeline(dataset.inputs, len(dataset.classes), reshapings, ()).shaped(images)
    scalings: list[tuple[Scaling, Numbers]] = []
    for place, step in enumerate(steps):
        numbers = step.fitted(shaped)
        scalings.append((step, numbers))
        # Where nothing more is fitted, no float copy of the images is needed.
        if any(later.needs_images for later in steps[place + 1 :]):
            shaped = _applied(step, numbers, shaped)
    return Pipeline(dataset.inputs, len(dataset.classes), reshapings, tuple(scalings))


def _applied(step: Scaling, numbers: Numbers, images: Values) -> NDArray[Any]:
    return step.apply(images.astype(np.float32), *numbers)
