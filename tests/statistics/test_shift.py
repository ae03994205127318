"""Two samples of runs: against scipy, by hand, and by simulation of how often the comparison is wrong."""

from __future__ import annotations

import numpy as np
import pytest
import verdict_rates
from scipy import stats
from verdict_rates import Law

from harness.statistics.shift import differences, p_beyond, shift_bounds

OURS = (0.9891, 0.9891, 0.9897, 0.9900, 0.9913, 0.9917, 0.9924, 0.9928)
THEIRS = (0.9908, 0.9914, 0.9923, 0.9920, 0.9922, 0.9907, 0.9892)


def test_every_run_is_compared_with_every_other() -> None:
    assert differences([1.0, 3.0], [0.0, 10.0, 4.0]).tolist() == [-9.0, -7.0, -3.0, -1.0, 1.0, 3.0]


@pytest.mark.parametrize("reach", [0.0, 0.0012])
def test_the_p_value_is_mann_and_whitneys_exact_one_at_the_edge_of_the_margin(reach: float) -> None:
    shifted = [value + reach + 0.0004 for value in OURS]
    above = stats.mannwhitneyu(
        [value - reach for value in shifted], THEIRS, alternative="greater", method="exact"
    ).pvalue
    below = stats.mannwhitneyu([value + reach for value in shifted], THEIRS, alternative="less", method="exact").pvalue
    assert p_beyond(shifted, THEIRS, reach) == pytest.approx(min(1, 2 * min(above, below)))


def test_the_interval_holds_the_shifts_that_the_test_does_not_reject() -> None:
    bounds = shift_bounds(OURS, THEIRS, 0.90)
    assert bounds is not None
    low, high = map(float, bounds)
    for shift, kept in ((low - 1e-6, False), (low + 1e-6, True), (high - 1e-6, True), (high + 1e-6, False)):
        moved = [value - shift for value in OURS]
        below = stats.mannwhitneyu(moved, THEIRS, alternative="less", method="exact").pvalue
        above = stats.mannwhitneyu(moved, THEIRS, alternative="greater", method="exact").pvalue
        assert (min(below, above) > 0.05) == kept


def test_many_samples_are_compared_at_once_as_one_by_one() -> None:
    generator = np.random.default_rng(1)
    ours, theirs = generator.normal(size=(3, 4, 8)), generator.normal(size=(3, 4, 5))
    many, single = shift_bounds(ours, theirs, 0.90), shift_bounds(ours[1, 2], theirs[1, 2], 0.90)
    assert many is not None
    assert single is not None
    assert (many[0][1, 2], many[1][1, 2]) == single
    assert p_beyond(ours, theirs, 0.3)[1, 2] == p_beyond(ours[1, 2], theirs[1, 2], 0.3)


def test_two_runs_beside_five_are_just_enough_at_this_level() -> None:
    assert shift_bounds([1.0, 2.0, 3.0, 4.0, 5.0], [1.0, 2.0], 0.90) is not None
    assert shift_bounds([1.0, 2.0, 3.0, 4.0], [1.0, 2.0], 0.90) is None
    assert shift_bounds([1.0, 2.0, 3.0, 4.0, 5.0], [1.0, 2.0], 1 - 0.1 / 3) is None


@pytest.mark.parametrize("law", verdict_rates.LAWS, ids=lambda law: law.name)
@pytest.mark.parametrize(("runs", "published"), [(5, 2), (5, 7), (10, 7), (20, 3)])
def test_two_samples_are_called_alike_or_unlike_wrongly_no_more_often_than_promised(
    law: Law, runs: int, published: int
) -> None:
    found = verdict_rates.several_rates(law, runs, published, studies=4_000, seed=3)
    # Five per cent and three standard errors of so few studies; no true claim is near the margin.
    assert max(found.edge_high, found.edge_low) <= 0.05 + 0.011
    assert found.false_refutation <= 0.01
    if published == 7:
        assert found.reproduced >= {"dips": 0.5}.get(law.name, 0.93)
