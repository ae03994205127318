"""P-values corrected for the number of tests; tests nothing itself."""

from __future__ import annotations

from collections.abc import Sequence

ALPHA = 0.05


def holm(p_values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Return Holm's adjusted ``p_values``, shape (k,), in the order given; an unknown one stays so and does not count.

    The i-th smallest (from 0) is multiplied by k - i, made no smaller than those before it, and cut at 1.
    Keeps the chance of one false alarm among all below the level, however they depend on each other.
    Source: Holm, Scand. J. Statist. 6 (1979).
    """
    adjusted: list[float | None] = [None] * len(p_values)
    known = sorted((p, index) for index, p in enumerate(p_values) if p is not None)
    largest = 0.0
    for step, (p, index) in enumerate(known):
        largest = max(largest, min(1.0, (len(known) - step) * p))
        adjusted[index] = largest
    return tuple(adjusted)
