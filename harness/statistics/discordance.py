"""The spread that disagreeing predictions imply; compares no architectures."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray


def discordant_deviation(right: NDArray[np.bool_]) -> float | None:
    """Return the standard deviation of test accuracy that the runs' disagreement implies.

    ``right`` has shape (runs, images): whether a run's prediction is right. If images flip independently from
    run to run, var(accuracy) = Σ p(1 - p) / images², and a pair of runs is expected to disagree on
    Σ 2p(1 - p) images; so sd = sqrt(d / 2) / images, with d a pair's disagreements, averaged over all pairs.
    None below two runs. Source: Jordan, On the variance of neural network training (2023).
    """
    runs, images = right.shape
    if runs < 2:  # noqa: PLR2004 - a disagreement needs two runs
        return None
    hits = right.sum(axis=0, dtype=np.int64)
    per_pair = float((hits * (runs - hits)).sum()) / (runs * (runs - 1) / 2)
    return float(np.sqrt(per_pair / 2) / images)
