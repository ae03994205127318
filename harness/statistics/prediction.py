"""Whether a published number could be one more run of ours; knows no threshold of a verdict."""

from __future__ import annotations

import math
from collections.abc import Sequence

from harness.statistics.interval import Interval
from harness.statistics.sample import LEVEL, mean, standard_deviation, t_quantile, two_sided_p


def prediction_interval(values: Sequence[float], half_unit: float = 0.0, level: float = LEVEL) -> Interval | None:
    """Return m ± t(n - 1) · s · sqrt(1 + 1/n) of ``values``, shape (n,): where one more run would fall.

    ``half_unit`` is half a unit of the published number's last digit: a number that was rounded to it may
    have stood that far away, so the interval is widened by it. None below two values.
    Source: Hahn and Meeker, Statistical Intervals, 4.7.
    """
    centre, spread = mean(values), standard_deviation(values)
    if centre is None or spread is None:
        return None
    half = t_quantile(level, len(values) - 1) * spread * math.sqrt(1 + 1 / len(values))
    return Interval(centre - half, centre + half).widened(half_unit)


def prediction_p(values: Sequence[float], published: float, half_unit: float = 0.0) -> float | None:
    """Return the chance that one more run falls at least as far from the mean as ``published``.

    The p-value that belongs to ``prediction_interval``: below 1 - level where the interval at that level
    leaves ``published`` out. None below two values, or where all are equal: nothing is known of the spread.
    """
    centre, spread = mean(values), standard_deviation(values)
    if centre is None or not spread:
        return None
    distance = max(abs(published - centre) - half_unit, 0.0)
    return two_sided_p(distance / (spread * math.sqrt(1 + 1 / len(values))), len(values) - 1)
