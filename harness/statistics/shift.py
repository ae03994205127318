"""Two samples of runs: how far apart their typical runs are, and whether that is more than a margin; judges nothing.

Rank-based, so that a dip weighs no more than any other low run; exact for any number of runs. As in `published`, runs
stand along an array's last axis.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import accumulate

import numpy as np
from numpy.typing import ArrayLike

from harness.statistics.published import Numbers


def differences(ours: ArrayLike, theirs: ArrayLike) -> Numbers:
    """Return every difference between a run of ``ours``, shape (..., n), and one of ``theirs``, (..., m), sorted.

    Shape (..., n · m). Their median is the difference of the typical runs. Source: Hodges and Lehmann, Ann. Math.
    Statist. 34 (1963) 598-611.
    """
    pairs = np.asarray(ours, dtype=np.float64)[..., :, None] - np.asarray(theirs, dtype=np.float64)[..., None, :]
    return np.sort(pairs.reshape(*pairs.shape[:-2], -1), axis=-1)


def shift_bounds(ours: ArrayLike, theirs: ArrayLike, level: float) -> tuple[Numbers, Numbers] | None:
    """Return the interval of the difference of the typical runs; None where there are too few runs for the ``level``.

    The shifts that Mann and Whitney's test does not reject; at least at its level, since ranks are discrete.
    Source: Hollander, Wolfe and Chicken, Nonparametric Statistical Methods, 4.3.
    """
    ordered = differences(ours, theirs)
    chances = _chances(np.shape(ours)[-1], np.shape(theirs)[-1])
    depth = sum(chance <= (1 - level) / 2 for chance in chances)
    return (ordered[..., depth - 1], ordered[..., -depth]) if depth else None


def p_beyond(ours: ArrayLike, theirs: ArrayLike, reach: float) -> Numbers:
    """Return the two-sided p-value of the typical runs being no more than ``reach`` apart; small where they are."""
    ordered = differences(ours, theirs)
    chances = np.array(_chances(np.shape(ours)[-1], np.shape(theirs)[-1]))
    above, below = chances[(ordered <= reach).sum(axis=-1)], chances[(ordered >= -reach).sum(axis=-1)]
    return np.asarray(np.minimum(1.0, 2 * np.minimum(above, below)))


@lru_cache
def _chances(first: int, second: int) -> tuple[float, ...]:
    """Return the chance that so many pairs, from 0 to first · second, or fewer are in order, by chance alone.

    The null distribution of Mann and Whitney's U: its counts are the coefficients of a Gaussian binomial.
    """
    counts = [1] + [0] * (first * second)
    for step in range(1, second + 1):
        for index in range(len(counts) - 1, first + step - 1, -1):
            counts[index] -= counts[index - first - step]
        for index in range(step, len(counts)):
            counts[index] += counts[index - step]
    return tuple(count / math.comb(first + second, second) for count in accumulate(counts))
