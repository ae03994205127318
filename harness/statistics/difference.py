"""The difference between two means with its interval and tests; corrects for nothing."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray
from scipy import special

from harness.statistics.interval import Interval
from harness.statistics.sample import LEVEL, mean, standard_deviation, t_quantile, two_sided_p

PERMUTATIONS = 10_000
# Sums of the same numbers in another order differ in their last bits.
ROUNDING = 1e-12
# Relabellings are drawn in batches of about so many numbers: memory stays small for any number of seeds.
BATCH_NUMBERS = 1_000_000


@dataclass(frozen=True)
class Difference:
    """Mean of A minus mean of B. Interval and p are None where the spread is unknown.

    ``p`` is two-sided; half of it is the one-sided p in the direction that was seen.
    """

    estimate: float
    interval: Interval | None
    p: float | None


def welch(a: Sequence[float], b: Sequence[float], level: float = LEVEL) -> Difference | None:
    """Return mean(a) - mean(b) with Welch's interval and test; ``a`` has shape (n,), ``b`` (m,).

    t = (mean(a) - mean(b)) / sqrt(va + vb) with va = var(a)/n, vb = var(b)/m, on
    (va + vb)² / (va²/(n - 1) + vb²/(m - 1)) degrees of freedom.
    None without a value on both sides; interval and p are None if a side has one value or neither varies.
    Source: Welch, Biometrika 34 (1947).
    """
    centre_a, centre_b = mean(a), mean(b)
    if centre_a is None or centre_b is None:
        return None
    spread_a, spread_b = standard_deviation(a), standard_deviation(b)
    if spread_a is None or spread_b is None or spread_a == spread_b == 0:
        return Difference(centre_a - centre_b, None, None)
    share_a, share_b = spread_a**2 / len(a), spread_b**2 / len(b)
    degrees = (share_a + share_b) ** 2 / (share_a**2 / (len(a) - 1) + share_b**2 / (len(b) - 1))
    return _difference(centre_a - centre_b, math.sqrt(share_a + share_b), degrees, level)


def paired(a: Sequence[float], b: Sequence[float], level: float = LEVEL) -> Difference | None:
    """Return mean(a - b) with Student's interval and test; ``a`` and ``b`` have shape (n,), pair by pair.

    For two readings of the same trials, which are not independent samples. None without a pair; interval and
    p are None for one pair or where all differences are equal.
    """
    steps = [x - y for x, y in zip(a, b, strict=True)]
    centre, spread = mean(steps), standard_deviation(steps)
    if centre is None:
        return None
    if not spread:
        return Difference(centre, None, None)
    return _difference(centre, spread / math.sqrt(len(steps)), len(steps) - 1, level)


def _difference(estimate: float, error: float, degrees: float, level: float) -> Difference:
    half = t_quantile(level, degrees) * error
    return Difference(estimate, Interval(estimate - half, estimate + half), two_sided_p(estimate / error, degrees))


def permutation_p(
    a: Sequence[float], b: Sequence[float], generator: np.random.Generator, permutations: int = PERMUTATIONS
) -> float | None:
    """Return the share of relabellings whose means differ at least as much as those seen.

    ``a`` has shape (n,), ``b`` (m,). Takes all C(n + m, n) relabellings where there are at most
    ``permutations``, else so many random ones and the one that was seen: (1 + hits) / (1 + permutations),
    which is never 0. None without a value on both sides.
    Source: Phipson and Smyth, Stat. Appl. Genet. Mol. Biol. 9 (2010).
    """
    if not len(a) or not len(b):
        return None
    pooled = np.concatenate([a, b])
    seen = abs(float(np.mean(a) - np.mean(b))) - ROUNDING
    if special.comb(len(pooled), len(a)) <= permutations:
        choices = _all_choices(len(pooled), len(a))
        return _hits(pooled, choices, seen) / len(choices)
    hits = sum(_hits(pooled, choices, seen) for choices in _some_choices(len(pooled), len(a), generator, permutations))
    return (1 + hits) / (1 + permutations)


def _hits(pooled: NDArray[np.float64], choices: NDArray[np.intp], seen: float) -> int:
    """Return in how many of the relabellings the means differ by ``seen`` or more.

    ``pooled`` has shape (n + m,), ``choices``, which values are labelled A, (relabellings, n).
    """
    size = choices.shape[1]
    sums = pooled[choices].sum(axis=1)
    means = sums / size - (pooled.sum() - sums) / (len(pooled) - size)
    return int(np.count_nonzero(np.abs(means) >= seen))


def _all_choices(size: int, picked: int) -> NDArray[np.intp]:
    """Return every choice of ``picked`` indices out of ``size``, shape (C(size, picked), picked)."""
    return np.array(list(combinations(range(size), picked)), dtype=np.intp)


def _some_choices(size: int, picked: int, generator: np.random.Generator, count: int) -> Iterator[NDArray[np.intp]]:
    """Yield ``count`` random choices of ``picked`` indices out of ``size`` in batches, shape (batch, picked)."""
    batch = max(1, BATCH_NUMBERS // size)
    for start in range(0, count, batch):
        order = generator.permuted(np.tile(np.arange(size), (min(batch, count - start), 1)), axis=1)
        yield np.asarray(order[:, :picked])
