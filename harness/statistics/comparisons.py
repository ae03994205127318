"""Two samples compared: the difference of their means, plain or trimmed, and superiority; corrects for no others.

scipy has these tests too. They stand here because ``scipy.stats`` takes half a second to import, and a report on 100
architectures compares 5,000 pairs. The tests hold everything here against scipy and statsmodels.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from harness.statistics.samples import (
    LEVEL,
    Interval,
    normal_quantile,
    standard_deviation,
    t_quantile,
    two_sided_p,
)

# What is cut from each end of a sample, as a share of it: two of ten, so that one dip of a run moves little.
TRIM = 0.2
# Differences of the same numbers differ in their last bits.
ROUNDING = 1e-12
# An interval of length 1 is then shorter than that.
HALVINGS = 40


@dataclass(frozen=True)
class Difference:
    """Mean of A minus mean of B, its standard error and that error's degrees of freedom; unknown is None.

    ``p`` is two-sided; half of it is the one-sided p in the direction that was seen.
    """

    estimate: float
    error: float | None = None
    degrees: float = math.inf

    @property
    def p(self) -> float | None:
        """The chance of a difference at least as large where there is none."""
        return None if self.error is None else two_sided_p(self.estimate / self.error, self.degrees)

    @property
    def interval(self) -> Interval | None:
        """The 95 % interval of this difference alone."""
        return self.interval_at(LEVEL)

    def interval_at(self, level: float) -> Interval | None:
        """Return the interval at another level: it leaves 0 out exactly where ``p`` is below 1 - ``level``."""
        if self.error is None:
            return None
        return Interval(self.estimate, self.estimate).widened(t_quantile(level, self.degrees) * self.error)


def welch(a: Sequence[float], b: Sequence[float], trim: float = 0.0) -> Difference | None:
    """Return mean(a) - mean(b) with Welch's error; ``a`` has shape (n,), ``b`` (m,).

    Its square is va + vb with va = var(a)/n, vb = var(b)/m, on (va + vb)² / (va²/(n - 1) + vb²/(m - 1)) degrees of
    freedom. With ``trim``, so large a share of the values is cut from each end (Yuen's test), and h values are left:
    va is then the squared deviations of the winsorized values over h(h - 1), with h - 1 degrees.
    None without a value on both sides; the error is unknown if a side has one value or neither varies.
    Sources: Welch, Biometrika 34 (1947); Yuen, Biometrika 61 (1974).
    """
    if not len(a) or not len(b):
        return None
    first, second = _centre(a, trim), _centre(b, trim)
    estimate, ours, theirs = first.value - second.value, first.squared_error, second.squared_error
    if ours is None or theirs is None or ours == theirs == 0:
        return Difference(estimate)
    degrees = (ours + theirs) ** 2 / (ours**2 / first.degrees + theirs**2 / second.degrees)
    return Difference(estimate, math.sqrt(ours + theirs), degrees)


def paired(a: Sequence[float], b: Sequence[float], trim: float = 0.0) -> Difference | None:
    """Return mean(a - b) with Student's error; ``a`` and ``b`` have shape (n,), pair by pair.

    For two readings of the same trials, which are not independent samples. With ``trim`` that share of the differences
    is cut from each end, as in `welch`. None without a pair; the error is unknown for one pair or where
    all differences are equal.
    """
    steps = [x - y for x, y in zip(a, b, strict=True)]
    if not steps:
        return None
    found = _centre(steps, trim)
    if not found.squared_error:
        return Difference(found.value)
    return Difference(found.value, math.sqrt(found.squared_error), found.degrees)


def trimmed_mean(values: Sequence[float], trim: float = TRIM) -> float | None:
    """Return the mean of ``values``, shape (n,), without ``trim`` of them at each end; None for no value."""
    return _centre(values, trim).value if len(values) else None


@dataclass(frozen=True)
class _Centre:
    """A mean, its squared standard error (None for a single value) and that error's degrees of freedom."""

    value: float
    squared_error: float | None
    degrees: int


def _centre(values: Sequence[float], trim: float) -> _Centre:
    """Return the mean of what is left of ``values``, shape (n,), n > 0, without ``trim`` of them at each end."""
    ordered = sorted(values)
    cut = int(trim * len(ordered))
    kept = ordered[cut : len(ordered) - cut]
    spread = standard_deviation([*[kept[0]] * cut, *kept, *[kept[-1]] * cut])
    centre, degrees = math.fsum(kept) / len(kept), len(kept) - 1
    if spread is None:
        return _Centre(centre, None, 0)
    spread = 0.0 if spread < ROUNDING else spread
    return _Centre(centre, spread**2 * (len(values) - 1) / (len(kept) * degrees), degrees)


@dataclass(frozen=True)
class Superiority:
    """P(A > B), half of the ties counted, with its interval."""

    estimate: float
    interval: Interval


def probability_of_superiority(a: Sequence[float], b: Sequence[float]) -> float | None:
    """Return P(A > B) + P(A = B)/2 over all pairs of ``a``, shape (n,), and ``b``, shape (m,).

    This is Mann and Whitney's U / (n · m). None without a value on both sides.
    """
    if not len(a) or not len(b):
        return None
    ordered = np.sort(b)
    below, up_to = (np.searchsorted(ordered, a, side).sum() for side in ("left", "right"))
    return float((below + up_to) / 2 / (len(a) * len(b)))


def superiority(a: Sequence[float], b: Sequence[float], level: float = LEVEL) -> Superiority | None:
    """Return the probability of superiority of ``a``, shape (n,), over ``b``, shape (m,), with its interval.

    The interval holds every θ with |estimate - θ| ≤ z · sqrt(V(θ)),
    V being Hanley and McNeil's variance with both sample sizes replaced by their mean; it keeps its level
    near 0 and 1, where seeds of two architectures often lie. None without a value on both sides.
    Source: Newcombe, Statistics in Medicine 25 (2006) 559-573, method 5.
    """
    estimate = probability_of_superiority(a, b)
    if estimate is None:
        return None
    z = normal_quantile(level)
    low = _bound(estimate, 0.0, z, (len(a), len(b)))
    high = _bound(estimate, 1.0, z, (len(a), len(b)))
    return Superiority(estimate, Interval(low, high))


def paired_superiority(a: Sequence[float], b: Sequence[float], level: float = LEVEL) -> Superiority | None:
    """Return in which share of the pairs ``a`` is above ``b``, both shape (n,), ties counted half.

    With Wilson's interval: every pair is one trial of its own. None without a pair.
    """
    hits = sum((x > y) + (x == y) / 2 for x, y in zip(a, b, strict=True))
    interval = share_interval(hits, len(a), level)
    return Superiority(hits / len(a), interval) if interval else None


def share_interval(hits: float, trials: int, level: float = LEVEL) -> Interval | None:
    """Return Wilson's interval of ``hits`` out of ``trials``; None for no trial.

    Keeps its level for a handful of trials and at 0 and 1. Source: Wilson, JASA 22 (1927).
    """
    if not trials:
        return None
    z = normal_quantile(level)
    share, weight = hits / trials, z * z / trials
    centre = (share + weight / 2) / (1 + weight)
    half = z * math.sqrt(share * (1 - share) / trials + weight / (4 * trials)) / (1 + weight)
    return Interval(max(centre - half, 0.0), min(centre + half, 1.0))


def _bound(estimate: float, end: float, z: float, sizes: tuple[int, int]) -> float:
    """Return the θ between ``estimate`` and ``end`` at which the estimate lies z standard errors away.

    By bisection: near the estimate the variance exceeds the squared distance, at the end it is 0.
    """
    inside, outside = estimate, end
    for _ in range(HALVINGS):
        middle = (inside + outside) / 2
        is_inside = (estimate - middle) ** 2 < z**2 * _variance(middle, sizes)
        inside, outside = (middle, outside) if is_inside else (inside, middle)
    return outside


def _variance(theta: float, sizes: tuple[int, int]) -> float:
    middle = sum(sizes) / 2
    overlap = (middle - 1) * ((1 - theta) / (2 - theta) + theta / (1 + theta))
    return theta * (1 - theta) * (1 + overlap) / math.prod(sizes)
