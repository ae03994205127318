"""How many seeds a difference takes to be found; knows no difference that was seen."""

from __future__ import annotations

from scipy import special

from harness.statistics.multiplicity import ALPHA
from harness.statistics.samples import t_quantile

POWER = 0.8
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
