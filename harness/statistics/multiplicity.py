"""Corrects p-values for their number; computes none."""

from __future__ import annotations

from collections.abc import Sequence


def holm(p_values: Sequence[float]) -> tuple[float, ...]:
    """Return Holm's adjusted ``p_values``, shape (k,), in the order given.

    The i-th smallest (from 0) is multiplied by k - i, made no smaller than those before it, and cut at 1.
    Keeps the chance of one false alarm among all below the level, however they depend on each other.
    Source: Holm, Scand. J. Statist. 6 (1979).
    """
    adjusted = [0.0] * len(p_values)
    largest = 0.0
    for step, index in enumerate(sorted(range(len(p_values)), key=lambda i: p_values[i])):
        largest = max(largest, min(1.0, (len(p_values) - step) * p_values[index]))
        adjusted[index] = largest
    return tuple(adjusted)
