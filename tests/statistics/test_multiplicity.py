"""Corrected p-values against statsmodels, and simultaneous intervals by simulation."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests

from harness.statistics.comparisons import welch
from harness.statistics.multiplicity import ALPHA, bonferroni, holm, simultaneous_level

Sample = tuple[float, ...]


@pytest.mark.parametrize("values", [(0.01, 0.04, 0.03, 0.005), (0.5,), (), (0.9, 0.8, 0.7), (0.02, 0.02)])
def test_holm_agrees_with_statsmodels(values: Sample) -> None:
    expected = multipletests(values, method="holm")[1] if values else ()
    assert holm(values) == pytest.approx(tuple(expected))


@pytest.mark.parametrize("values", [(0.01, 0.04, 0.03, 0.005), (0.5,), (0.9, 0.8, 0.7)])
def test_bonferroni_agrees_with_statsmodels(values: Sample) -> None:
    assert [bonferroni(p, len(values)) for p in values] == pytest.approx(multipletests(values, method="bonferroni")[1])
    assert bonferroni(None, 3) is None


def test_simultaneous_intervals_hold_all_differences_together_and_plain_ones_do_not() -> None:
    """Ten pairs of five laws with other means and spreads, five or ten runs each."""
    generator = np.random.default_rng(2)
    laws = [(0.0, 0.08, 5), (0.1, 0.3, 10), (0.1, 0.05, 5), (0.3, 0.1, 10), (1.0, 0.2, 5)]
    pairs = list(combinations(range(len(laws)), 2))

    def all_hold(level: float) -> bool:
        runs = [generator.normal(mean, spread, n).tolist() for mean, spread, n in laws]
        found = {(i, j): welch(runs[i], runs[j]) for i, j in pairs}
        intervals = {pair: one.interval_at(level) for pair, one in found.items() if one}
        return all(one is not None and laws[i][0] - laws[j][0] in one for (i, j), one in intervals.items())

    together = np.mean([all_hold(simultaneous_level(len(pairs))) for _ in range(500)])
    plain = np.mean([all_hold(1 - ALPHA) for _ in range(200)])
    assert together >= 0.93  # 95 % less two standard errors
    assert plain < 0.85
