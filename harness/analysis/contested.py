"""Test images whose published label people contest, by data set; corrects no label."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

# Northcutt, Athalye and Mueller, Pervasive label errors in test sets (2021): five reviewers each.
CONTESTED: Mapping[str, tuple[int, ...]] = {
    "mnist": (
        *(947, 1621, 1901, 2130, 2462, 2597, 2654, 3520),
        *(3558, 5937, 6651, 6783, 8527, 9679, 9729),
    )
}


def uncontested(dataset: str, examples: int) -> NDArray[np.bool_]:
    """Return which of the first ``examples`` test images have an uncontested label, shape (examples,)."""
    kept = np.ones(examples, dtype=bool)
    kept[[index for index in CONTESTED.get(dataset, ()) if index < examples]] = False
    return kept
