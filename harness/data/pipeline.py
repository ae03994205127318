"""From a data set's arrays to what a network takes, and to pictures that people look at; reads no file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from harness.arrays import Bytes, Values
from harness.data.cache import DatasetArrays
from harness.data.dataset import Dataset
from harness.data.preprocessing import Divide, Reshaping, Scaling

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


BRIGHTEST = 255
# Rows and columns, with colours or without.
GRAY_AXES, COLOUR_AXES = 3, 4
CHANNELS = {1, 3}


def pictures(arrays: DatasetArrays) -> Bytes | None:
    """Return the test images, shape (n, height, width) or (n, height, width, 3); None where they are no images."""
    images = arrays.test_images
    if images.ndim == COLOUR_AXES and images.shape[-1] == 1:
        images = images[..., 0]
    if images.ndim != GRAY_AXES and (images.ndim != COLOUR_AXES or images.shape[-1] not in CHANNELS):
        return None
    low, high = _range(arrays, images)
    if images.dtype == np.uint8 and (low, high) == (0, BRIGHTEST):
        return images
    scaled = (images.astype(np.float32) - low) * (BRIGHTEST / (high - low or 1))
    shown: Bytes = np.clip(scaled, 0, BRIGHTEST).astype(np.uint8)
    return shown


def _range(arrays: DatasetArrays, images: Values) -> tuple[float, float]:
    """Return the values that are darkest and brightest: 0 and what bytes are divided by, or else the extremes."""
    first = next(iter(arrays.dataset.preprocessing), None)
    if images.dtype == np.uint8:
        return 0, first.by if isinstance(first, Divide) else BRIGHTEST
    return float(images.min()), float(images.max())
