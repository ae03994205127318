"""A data set's arrays in memory, verified and read-only; scales, shuffles and converts nothing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.data.dataset import Dataset

Bytes = NDArray[np.uint8]


@dataclass(frozen=True, eq=False)
class DatasetArrays:
    """Images and labels as published, uint8.

    For MNIST: ``train_images`` (60000, 28, 28), ``train_labels`` (60000,), ``test_images`` (10000, 28, 28),
    ``test_labels`` (10000,).
    """

    dataset: Dataset
    train_images: Bytes
    train_labels: Bytes
    test_images: Bytes
    test_labels: Bytes
