"""A published number and the runs of one recipe: could it be one of them, and is the typical run near it; judges none.

Everything here takes runs along an array's last axis, so that the report and the simulation of the rules share it
(``tests/benchmarks/verdict_rates.py``; its figures are in ``docs/verdicts.md``). Higher is better: losses come negated.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy import special

from harness.statistics.samples import Interval

Numbers = NDArray[np.float64]

# Below five runs the upper ones give no spread to speak of.
FEWEST_RUNS = 5
# A tail in which one run in 130 lies eight spreads below the others, as dips do.
DIP_DEGREES = 2
# Sums and products of the same numbers in another order differ in their last bits.
ROUNDING = 1e-12
P_PRECISION = 1e-6


@dataclass(frozen=True)
class UpperFit:
    """The normal distribution that the better four fifths of the runs follow; one entry for each set of runs."""

    centre: Numbers
    spread: Numbers
    runs: int

    @property
    def degrees(self) -> int:
        """The degrees of freedom of the side that dips don't reach."""
        return self.runs - left_out(self.runs) - 1

    @property
    def stretch(self) -> float:
        """By what the spread is multiplied for one more run, since the centre is not known exactly."""
        return math.sqrt(1 + 1 / (2 * self.runs))

    def of(self, runs: int) -> UpperFit:
        """Return what so many runs with the same centre and spread would have given."""
        return UpperFit(self.centre, self.spread, runs)

    def p_better(self, published: ArrayLike, half_unit: float = 0.0) -> Numbers:
        """Return the chance that one more run is as good as ``published``, rounded to ± ``half_unit``."""
        return self._tail(np.asarray(published) - half_unit - self.centre, self.degrees)

    def p_worse(self, published: ArrayLike, half_unit: float = 0.0) -> Numbers:
        """Return the chance that one more run is as bad, with the heavy tail that dips need."""
        return self._tail(self.centre - np.asarray(published) - half_unit, DIP_DEGREES)

    def p(self, published: ArrayLike, half_unit: float = 0.0) -> Numbers:
        """Return the two-sided p-value: small where ``published`` is hardly one more run."""
        sides = self.p_better(published, half_unit), self.p_worse(published, half_unit)
        return np.asarray(np.minimum(1.0, 2 * np.minimum(*sides)))

    def range(self, alpha: float, half_unit: float = 0.0) -> Interval:
        """Return the numbers whose p-value is ``alpha`` or more, for a single set of runs."""
        step, centre = self.stretch * float(self.spread), float(self.centre)
        worse, better = (float(special.stdtrit(degrees, 1 - alpha / 2)) for degrees in (DIP_DEGREES, self.degrees))
        return Interval(centre - worse * step, centre + better * step).widened(half_unit)

    def _tail(self, distance: Numbers, degrees: int) -> Numbers:
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.asarray(special.stdtr(degrees, -distance / (self.stretch * self.spread)))


def left_out(runs: int) -> int:
    """Return how many of the worst runs the fit leaves out: a fifth, rounded up."""
    return math.ceil(runs / 5)


def upper_fit(values: ArrayLike) -> UpperFit:
    """Fit a line through the better runs of ``values``, shape (…, n), on normal probability paper.

    The r = ⌈n/5⌉ worst runs are left out, wherever they lie, so that dips don't widen the fit: least squares of
    x₍ᵢ₎ = centre + spread · Φ⁻¹((i - 3/8) / (n + 1/4)) over i = r + 1 … n, with Blom's positions. A further run is
    compared by Student's t with n - r - 1 degrees of freedom, the spread stretched by √(1 + 1/2n): half of what a mean
    would need, since a centre that comes out too high has a spread that comes out too small. Both were chosen by
    simulation, among forms without fitted constants. A single run has no fit.
    """
    ordered = np.sort(np.asarray(values, dtype=np.float64), axis=-1)
    runs = ordered.shape[-1]
    better = ordered[..., left_out(runs) :]
    centre, spread = np.moveaxis(better @ _line(runs), -1, 0)
    same = better[..., 0] == better[..., -1]  # exactly 0, whatever the rounding of the sums
    return UpperFit(centre, np.where(same, 0.0, spread), runs)


@lru_cache
def _line(runs: int) -> Numbers:
    """Return what the fitted runs are multiplied by for centre and spread, shape (n - r, 2)."""
    positions = special.ndtri((np.arange(left_out(runs) + 1, runs + 1) - 3 / 8) / (runs + 1 / 4))
    return np.asarray(np.linalg.pinv(np.column_stack([np.ones_like(positions), positions])).T)


def median_bounds(values: ArrayLike, level: float) -> tuple[Numbers, Numbers] | None:
    """Return the median's interval at ``level`` for ``values``, shape (…, n); None where n is too small for it.

    Between the order statistics whose interval is just wide enough and the next ones inside, interpolated; no
    distribution is assumed. Source: Hettmansperger and Sheather, Statistics & Probability Letters 4 (1986) 75-79.
    """
    return _bounds(np.moveaxis(np.sort(np.asarray(values, dtype=np.float64), axis=-1), -1, 0), level)


def _bounds(ordered: Any, level: float) -> tuple[Any, Any] | None:  # noqa: ANN401 - numbers of numbers, arrays of arrays
    """Return the median's interval for values that are ``ordered`` along the first axis."""
    runs = len(ordered)
    depth, inward = _depth(runs, level)
    if depth == 0:
        return None
    low = (1 - inward) * ordered[depth - 1] + inward * ordered[depth]
    high = (1 - inward) * ordered[runs - depth] + inward * ordered[runs - depth - 1]
    return low, high


def _depth(runs: int, level: float) -> tuple[int, float]:
    """Return which order statistic from each end bounds the median, and the weight of the next one; 0 for none.

    The two bounds never pass each other: at the level 0 both are the median.
    """
    coverages = _coverages(runs)
    depth = sum(coverage >= level for coverage in coverages[:-1])
    if depth == 0:
        return 0, 0.0
    here, next_one = coverages[depth - 1 : depth + 1]
    share = (here - level) / (here - next_one)
    inward = (runs - depth) * share / (depth + (runs - 2 * depth) * share)
    return depth, min(inward, 1 / 2) if 2 * depth == runs else inward


@lru_cache
def _coverages(runs: int) -> tuple[float, ...]:
    """Return how surely the median lies between the order statistics at each depth from 1 on, and one beyond them."""
    return tuple(max(0.0, float(1 - 2 * special.bdtr(depth, runs, 0.5))) for depth in range(runs // 2 + 1))


def median_interval(values: Sequence[float], level: float) -> Interval | None:
    """Return the interval of the median of ``values``, shape (n,), at the ``level``, as `median_bounds`."""
    bounds = median_bounds(values, level)
    return Interval(float(bounds[0]), float(bounds[1])) if bounds else None


def inside(low: ArrayLike, high: ArrayLike, centre: ArrayLike, reach: float) -> NDArray[np.bool_]:
    """Say whether everything from ``low`` to ``high`` is nearer to ``centre`` than ``reach``.

    With bounds at the level 1 - 2 · alpha these are two one-sided tests at alpha.
    Source: Schuirmann, J. Pharmacokinet. Biopharm. 15 (1987) 657-680.
    """
    return np.asarray(_inside(low, high, np.asarray(centre), reach))


def _inside(low: Any, high: Any, centre: Any, reach: float) -> Any:  # noqa: ANN401 - numbers, or arrays
    return (low - centre > ROUNDING - reach) & (high - centre < reach - ROUNDING)


def p_outside(values: Sequence[float], published: float, reach: float) -> float:
    """Return the p-value of the median of ``values``, shape (n,), being ``reach`` or more from ``published``.

    The smallest alpha at which the median's interval at the level 1 - 2 · alpha is `inside`; at most 0.5. With few
    runs it can't be small: the widest interval is from the lowest to the highest.
    """
    ordered = sorted(map(float, values))

    def decided(alpha: float) -> bool:
        bounds = _bounds(ordered, 1 - 2 * alpha)
        return bounds is not None and bool(_inside(*bounds, published, reach))

    smallest, largest = 0.5 ** len(values), 0.5
    if not decided(largest):
        return largest
    while largest - smallest > P_PRECISION:
        middle = (smallest + largest) / 2
        smallest, largest = (smallest, middle) if decided(middle) else (middle, largest)
    return largest


def narrowing(centre: float, interval: Interval, published: float, reach: float) -> float | None:
    """Return the factor by which ``interval`` has to narrow around its ``centre`` to be `inside`; None for none.

    Below 1 where it is not inside yet.
    """
    low, high = published - reach, published + reach
    if not low < centre < high:
        return None
    sides = ((centre - low, centre - interval.low), (high - centre, interval.high - centre))
    return min((room / width for room, width in sides if width > 0), default=1.0)


def runs_to_confirm(runs: int, centre: float, interval: Interval, published: float, reach: float) -> int | None:
    """Return how many runs would bring ``interval``, of ``runs``, within ± ``reach``; None where no number would.

    An interval narrows as 1/√n; its ``centre`` is taken to stay where it is.
    """
    factor = narrowing(centre, interval, published, reach)
    return None if factor is None else math.floor(runs / factor**2) + 1
