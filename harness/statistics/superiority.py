"""How often one sample's value beats the other's; tests no hypothesis."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special

from harness.statistics.interval import Interval
from harness.statistics.sample import LEVEL


@dataclass(frozen=True)
class Superiority:
    """P(A > B), half of the ties counted, with its interval."""

    estimate: float
    interval: Interval


def superiority(a: Sequence[float], b: Sequence[float], level: float = LEVEL) -> Superiority | None:
    """Return P(A > B) + P(A = B)/2 over all pairs of ``a``, shape (n,), and ``b``, shape (m,).

    This is Mann and Whitney's U / (n · m). The interval holds every θ with |estimate - θ| ≤ z · sqrt(V(θ)),
    V being Hanley and McNeil's variance with both sample sizes replaced by their mean; it keeps its level
    near 0 and 1, where seeds of two architectures often lie. None without a value on both sides.
    Source: Newcombe, Statistics in Medicine 25 (2006) 559-573, method 5.
    """
    if not len(a) or not len(b):
        return None
    gaps = np.subtract.outer(np.asarray(a, dtype=float), np.asarray(b, dtype=float))
    estimate = float(np.mean((gaps > 0) + 0.5 * (gaps == 0)))
    z = float(special.ndtri((1 + level) / 2))
    low = _bound(estimate, 0.0, z, (len(a), len(b)))
    high = _bound(estimate, 1.0, z, (len(a), len(b)))
    return Superiority(estimate, Interval(low, high))


def _bound(estimate: float, end: float, z: float, sizes: tuple[int, int]) -> float:
    """Return the θ between ``estimate`` and ``end`` at which the estimate lies z standard errors away."""
    if estimate == end:
        return end

    def excess(theta: float) -> float:
        return abs(estimate - theta) - z * math.sqrt(_variance(theta, sizes))

    # At the end itself the variance is 0; just inside the estimate it exceeds the distance.
    inside = estimate + math.copysign(1e-9, end - estimate)
    return float(optimize.brentq(excess, inside, end))


def _variance(theta: float, sizes: tuple[int, int]) -> float:
    middle = sum(sizes) / 2
    overlap = (middle - 1) * ((1 - theta) / (2 - theta) + theta / (1 + theta))
    return theta * (1 - theta) * (1 + overlap) / math.prod(sizes)
