"""P-values corrected for the number of tests; tests nothing itself."""

from __future__ import annotations

from collections.abc import Sequence

ALPHA = 0.05


def bonferroni(p: float | None, tests: int) -> float | None:
    """Return ``p`` corrected for the number of ``tests``: times it, at most 1.

    Below ``ALPHA`` exactly where the interval at `simultaneous_level` leaves 0 out, and all such intervals hold
    together with 95 %, however the tests depend on each other. Holm's correction rejects somewhat more and has no
    such intervals. Source: Dunn, J. Amer. Statist. Assoc. 56 (1961).
    """
    return None if p is None else min(1.0, tests * p)


def simultaneous_level(tests: int) -> float:
    """Return the level of each of ``tests`` intervals that hold together with 95 %."""
    return 1 - ALPHA / max(1, tests)


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
