"""The interval of a share; decides nothing."""

from __future__ import annotations

import math

from scipy import special

from harness.statistics.interval import Interval
from harness.statistics.sample import LEVEL


def share_interval(hits: int, trials: int, level: float = LEVEL) -> Interval | None:
    """Return Wilson's interval of ``hits`` out of ``trials``; None for no trial.

    Keeps its level for a handful of trials and at 0 and 1. Source: Wilson, JASA 22 (1927).
    """
    if not trials:
        return None
    z = float(special.ndtri((1 + level) / 2))
    share, weight = hits / trials, z * z / trials
    centre = (share + weight / 2) / (1 + weight)
    half = z * math.sqrt(share * (1 - share) / trials + weight / (4 * trials)) / (1 + weight)
    return Interval(max(centre - half, 0.0), min(centre + half, 1.0))
