"""How many seeds a difference needs; looks at no data."""

from __future__ import annotations

from scipy import special

from harness.statistics.samples import t_quantile

POWER = 0.8
LARGEST = 10_000


def power(difference: float, deviation: float, seeds: int, alpha: float = 0.05) -> float:
    """Return the chance that a two-sided t test finds ``difference`` between two samples of ``seeds`` each.

    Both samples have standard deviation ``deviation``, in the unit of ``difference``. The statistic
    follows the noncentral t with 2n - 2 degrees of freedom, noncentrality difference/deviation · sqrt(n/2).
    Source: Cohen, Statistical Power Analysis, 2.
    """
    degrees = 2 * seeds - 2
    critical = t_quantile(1 - alpha, degrees)
    shift = abs(difference) / deviation * (seeds / 2) ** 0.5
    above = 1 - special.nctdtr(degrees, shift, critical)
    return float(above + special.nctdtr(degrees, shift, -critical))


def seeds_needed(difference: float, deviation: float, comparisons: int = 1, alpha: float = 0.05) -> int | None:
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
        if low >= LARGEST:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        enough = power(difference, deviation, middle, alpha / comparisons) >= POWER
        low, high = (low, middle) if enough else (middle, high)
    return high
