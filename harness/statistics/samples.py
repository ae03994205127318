"""Centre, spread and intervals of one small sample; compares no two samples.

Distributions come from ``scipy.special``: importing ``scipy.stats`` takes half a second, half of what `bench claims`
may take, for a quantile of Student's t and Wilson's interval, which are a few lines without it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy import special

LEVEL = 0.95


@dataclass(frozen=True)
class Interval:
    """All values from ``low`` to ``high``, both included.

    >>> Interval(0.25, 0.75).half_width
    0.25
    >>> 0.75 in Interval(0.25, 0.75)
    True
    """

    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Half the distance between the bounds."""
        return (self.high - self.low) / 2

    def __contains__(self, value: float) -> bool:
        return self.low <= value <= self.high

    def widened(self, margin: float) -> Interval:
        """Return the interval with ``margin`` added at both ends."""
        return Interval(self.low - margin, self.high + margin)


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


def normal_quantile(level: float) -> float:
    """Return the z that ``level`` of the normal distribution lies within on both sides of 0."""
    return float(special.ndtri((1 + level) / 2))


def two_sided_p(t: float, degrees: float) -> float:
    """Return the chance of a Student variable at least as far from 0 as ``t``."""
    return float(2 * special.stdtr(degrees, -abs(t)))


def mean_interval(values: Sequence[float]) -> Interval | None:
    """Return mean ± t(n - 1) · sd / sqrt(n) of ``values``, shape (n,): where the true mean lies.

    None below two values.
    """
    centre, spread = mean(values), standard_deviation(values)
    if centre is None or spread is None:
        return None
    half = t_quantile(LEVEL, len(values) - 1) * spread / math.sqrt(len(values))
    return Interval(centre - half, centre + half)


def resampled_interval(values: Sequence[float], test_to_train: float) -> Interval | None:
    """Return mean ± t(n - 1) · sd · sqrt(1 / n + test / train) of ``values``, shape (n,), each of another resampling.

    Training sets that overlap give values that vary together, so the mean varies more than independent ones' would:
    the second term stands for that. ``test_to_train`` is how many examples each is scored on, by how many it is trained
    on. None below two values. Source: Nadeau and Bengio, Inference for the generalization error (2003), section 3.
    """
    centre, spread = mean(values), standard_deviation(values)
    if centre is None or spread is None:
        return None
    half = t_quantile(LEVEL, len(values) - 1) * spread * math.sqrt(1 / len(values) + test_to_train)
    return Interval(centre - half, centre + half)


def deviation_interval(deviation: float, count: int) -> Interval:
    """Return sd · sqrt(f / χ²) at the χ² quantiles of both ends, on f = ``count`` - 1 degrees of freedom.

    Five values leave .60 to 2.87 times the deviation. Source: Hahn and Meeker, Statistical Intervals, 4.3.
    """
    degrees, tail = count - 1, (1 - LEVEL) / 2
    low, high = (math.sqrt(degrees / special.chdtri(degrees, share)) for share in (tail, 1 - tail))
    return Interval(low * deviation, high * deviation)


@dataclass(frozen=True)
class Estimate:
    """Mean of ``count`` values, their standard deviation, and where the true mean lies."""

    count: int
    mean: float
    deviation: float | None
    interval: Interval | None

    @property
    def deviation_interval(self) -> Interval | None:
        """Where the true standard deviation lies, if values are normal; None where none is known, or it is 0."""
        return deviation_interval(self.deviation, self.count) if self.deviation else None


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

    @property
    def noise(self) -> float | None:
        """Half the distance between the quartiles."""
        if self.lower_quartile is None or self.upper_quartile is None:
            return None
        return (self.upper_quartile - self.lower_quartile) / 2


def spread(values: Sequence[float]) -> Spread | None:
    """Return median and quartiles of ``values``, shape (n,); None for no value.

    Quartiles are interpolated linearly (Hyndman and Fan's type 7). Times have a long right tail, so one
    disturbed trial would move a mean and a standard deviation; half of the trials lie between the quartiles.
    """
    if not len(values):
        return None
    lower, middle, upper = (float(q) for q in np.quantile(values, (0.25, 0.5, 0.75)))
    return Spread(middle, lower, upper) if len(values) > 1 else Spread(middle, None, None)


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
