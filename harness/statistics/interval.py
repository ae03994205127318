"""Two bounds that belong together; computes no statistics."""

from __future__ import annotations

from dataclasses import dataclass


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
