"""The share of runs that do something: its exact interval, and whether it is one half; judges nothing."""

from __future__ import annotations

from scipy import special

from harness.statistics.samples import Interval


def share_interval(hits: int, trials: int, level: float) -> Interval | None:
    """Return the interval of the share of which ``hits`` out of ``trials`` were seen; None for no trial.

    Never below its level, whatever the share. Source: Clopper and Pearson, Biometrika 26 (1934) 404-413.
    """
    if not trials:
        return None
    tail = (1 - level) / 2
    low = special.betaincinv(hits, trials - hits + 1, tail) if hits else 0.0
    high = special.betaincinv(hits + 1, trials - hits, 1 - tail) if hits < trials else 1.0
    return Interval(float(low), float(high))


def p_half_or_more(hits: int, trials: int) -> float:
    """Return the chance of so few ``hits`` or fewer out of ``trials`` if half of the runs are hits."""
    return float(special.bdtr(hits, trials, 0.5))


def trials_to_exceed_half(hits: int, trials: int, level: float, most: int) -> int | None:
    """Return how many trials with the same share of hits put the interval above one half; None above ``most``."""
    for number in range(trials + 1, most + 1):
        found = share_interval(hits * number // trials, number, level)
        if found and found.low > 1 / 2:
            return number
    return None
