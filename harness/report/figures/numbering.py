"""Small numbers beside points, placed where they cover neither points nor each other; measures no text."""

from __future__ import annotations

import math
from collections.abc import Sequence

Place = tuple[float, float]

# In printer's points: a marker's and a number's radius, and where a number may stand around its marker.
MARKER = 4.5
NUMBER = 5.5
OFFSETS: tuple[Place, ...] = tuple(
    (radius * math.cos(math.radians(angle)), radius * math.sin(math.radians(angle)))
    for radius in (10.5, 16.0, 22.0)
    for angle in (90, 270, 0, 180, 45, 135, 225, 315)
)


def number_offsets(points: Sequence[Place]) -> tuple[Place, ...]:
    """Return where each point's number stands relative to it; ``points`` and offsets in printer's points, shape (n, 2).

    Takes for each, in order, the first place that is free, else the one that covers least.
    """
    taken: list[Place] = []
    offsets = []
    for point in points:
        best = min(OFFSETS, key=lambda offset: _covered(_moved(point, offset), points, taken))
        taken.append(_moved(point, best))
        offsets.append(best)
    return tuple(offsets)


def _moved(point: Place, offset: Place) -> Place:
    return point[0] + offset[0], point[1] + offset[1]


def _covered(place: Place, points: Sequence[Place], numbers: Sequence[Place]) -> float:
    """Return how far a number at the place would reach into markers and other numbers."""
    markers = sum(max(0.0, MARKER + NUMBER - math.dist(place, point)) for point in points)
    return markers + sum(max(0.0, 2 * NUMBER - math.dist(place, number)) for number in numbers)
