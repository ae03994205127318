"""How many seeds a difference takes to be found, asked beforehand; never asked of the difference that was seen."""

from __future__ import annotations

import math
from collections.abc import Sequence

from scipy import special

from harness.statistics.multiplicity import ALPHA
from harness.statistics.samples import standard_deviation, t_quantile

POWER = 0.8
CONFIDENCE = 0.8
MOST_SEEDS = 10_000


def power(difference: float, deviation: float, seeds: int, alpha: float = ALPHA) -> float:
    """Return the chance that a two-sided t test finds ``difference`` between two samples of ``seeds`` each.

    Both samples have standard deviation ``deviation``, in the unit of ``difference``. The statistic squared
    follows the noncentral F on 1 and 2n - 2 degrees of freedom, noncentrality (difference/deviation)² · n/2; the
    noncentral t would say the same, but scipy's is not a number in its far tail.
    Source: Cohen, Statistical Power Analysis, 2.
    """
    degrees = 2 * seeds - 2
    noncentrality = (difference / deviation) ** 2 * seeds / 2
    return float(1 - special.ncfdtr(1, degrees, noncentrality, t_quantile(1 - alpha, degrees) ** 2))


def seeds_needed(difference: float, deviation: float, comparisons: int = 1, alpha: float = ALPHA) -> int | None:
    """Return the seeds per architecture that find ``difference`` with power 0.8, or None above 10,000.

    ``alpha`` is divided by the number of ``comparisons`` (Bonferroni's bound on what Holm does).
    """
    if not difference:
        return None
    if not deviation:
        return 2
    low, high = 1, 2
    while power(difference, deviation, high, alpha / comparisons) < POWER:
        low, high = high, high * 2
        if low >= MOST_SEEDS:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        enough = power(difference, deviation, middle, alpha / comparisons) >= POWER
        low, high = (low, middle) if enough else (middle, high)
    return high


def deviation_bound(a: Sequence[float], b: Sequence[float]) -> float | None:
    """Return what the standard deviation of both samples is below with 80 % confidence; shapes (n,) and (m,).

    The root mean square of both times sqrt(f / χ²), χ² being the 20 % quantile on Satterthwaite's
    f = (var(a) + var(b))² / (var(a)²/(n - 1) + var(b)²/(m - 1)) degrees of freedom. Planned with it, a study has its
    power with 80 % confidence, where the deviation as it was seen gives too few seeds in more than half of the cases.
    None below two values on a side. Source: Browne, Statistics in Medicine 14 (1995) 1933-1940.
    """
    spreads = standard_deviation(a), standard_deviation(b)
    if spreads[0] is None or spreads[1] is None:
        return None
    first, second = spreads[0] ** 2, spreads[1] ** 2
    if first == second == 0:
        return 0.0
    degrees = (first + second) ** 2 / (first**2 / (len(a) - 1) + second**2 / (len(b) - 1))
    return math.sqrt((first + second) / 2 * degrees / special.chdtri(degrees, CONFIDENCE))
