"""Centre and spread of one small sample; compares nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import special

from harness.statistics.interval import Interval

LEVEL = 0.95


def mean(values: Sequence[float]) -> float | None:
    """Return the arithmetic mean of ``values``, shape (n,); None for no value."""
    return math.fsum(values) / len(values) if len(values) else None


def standard_deviation(values: Sequence[float]) -> float | None:
    """Return sqrt(sum((x - mean)**2) / (n - 1)) of ``values``, shape (n,).

    The spread of one value is unknown: None, not 0. Equal values give exactly 0, whatever the rounding of
    their mean.
    """
    if len(values) < 2:  # noqa: PLR2004 - a spread needs two values
        return None
    return 0.0 if min(values) == max(values) else float(np.std(values, ddof=1))


def t_quantile(level: float, degrees: float) -> float:
    """Return the t that ``level`` of Student's distribution lies within on both sides of 0."""
    return float(special.stdtrit(degrees, (1 + level) / 2))


def two_sided_p(t: float, degrees: float) -> float:
    """Return the chance of a Student variable at least as far from 0 as ``t``."""
    return float(2 * special.stdtr(degrees, -abs(t)))


def mean_interval(values: Sequence[float], level: float = LEVEL) -> Interval | None:
    """Return mean ± t(n - 1) · sd / sqrt(n) of ``values``, shape (n,): where the true mean lies.

    None below two values.
    """
    centre, spread = mean(values), standard_deviation(values)
    if centre is None or spread is None:
        return None
    half = t_quantile(level, len(values) - 1) * spread / math.sqrt(len(values))
    return Interval(centre - half, centre + half)


@dataclass(frozen=True)
class Estimate:
    """Mean of ``count`` values, their standard deviation, and where the true mean lies."""

    count: int
    mean: float
    deviation: float | None
    interval: Interval | None


def estimate(values: Sequence[float]) -> Estimate | None:
    """Return mean, standard deviation and the mean's 95 % interval of ``values``, shape (n,)."""
    centre = mean(values)
    if centre is None:
        return None
    return Estimate(len(values), centre, standard_deviation(values), mean_interval(values))


@dataclass(frozen=True)
class Spread:
    """The median of some times and their quartiles; the quartiles of one value are unknown."""

    median: float
    lower_quartile: float | None
    upper_quartile: float | None


def spread(values: Sequence[float]) -> Spread | None:
    """Return median and quartiles of ``values``, shape (n,); None for no value.

    Quartiles are interpolated linearly (Hyndman and Fan's type 7). Times have a long right tail, so one
    disturbed trial would move a mean and a standard deviation; half of the trials lie between the quartiles.
    """
    if not len(values):
        return None
    lower, middle, upper = (float(q) for q in np.quantile(values, (0.25, 0.5, 0.75)))
    return Spread(middle, lower, upper) if len(values) > 1 else Spread(middle, None, None)
