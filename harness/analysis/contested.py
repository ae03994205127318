"""Which test images have a label that nobody contests; corrects no label."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from harness.data.dataset import Dataset


def uncontested(dataset: Dataset, examples: int) -> NDArray[np.bool_]:
    """Return which of the first ``examples`` test images have an uncontested label, shape (examples,)."""
    kept = np.ones(examples, dtype=bool)
    kept[[index for index in dataset.contested_test_labels if index < examples]] = False
    return kept
