"""Test images whose published label people contest, by data set; corrects no label."""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np
from numpy.typing import NDArray

from harness.data.mnist import CONTESTED_TEST_LABELS, MNIST

CONTESTED: Mapping[str, Collection[int]] = {MNIST.name: CONTESTED_TEST_LABELS}


def uncontested(dataset: str, examples: int) -> NDArray[np.bool_]:
    """Return which of the first ``examples`` test images have an uncontested label, shape (examples,)."""
    kept = np.ones(examples, dtype=bool)
    kept[[index for index in CONTESTED.get(dataset, ()) if index < examples]] = False
    return kept
