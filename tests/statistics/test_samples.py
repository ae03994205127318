"""Centre and spread against scipy; trusts no formula of ours."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from harness.statistics.samples import (
    Interval,
    Spread,
    deviation_interval,
    estimate,
    mean,
    mean_interval,
    spread,
    standard_deviation,
)

PUBLISHED = (0.9908, 0.9913, 0.9923, 0.9920, 0.9922, 0.9908, 0.9891)


def test_the_spread_of_one_value_is_unknown() -> None:
    assert standard_deviation([0.99]) is None
    assert mean_interval([0.99]) is None
    assert spread([3.0]) == Spread(3.0, None, None)


def test_nothing_is_known_of_no_value() -> None:
    assert (mean([]), standard_deviation([]), spread([]), mean_interval([])) == (None, None, None, None)


def test_equal_values_have_exactly_no_spread() -> None:
    assert standard_deviation([0.1, 0.1, 0.1]) == 0.0


def test_seven_published_runs_have_the_known_mean_and_spread() -> None:
    assert mean(PUBLISHED) == pytest.approx(0.99121, abs=5e-6)
    assert standard_deviation(PUBLISHED) == pytest.approx(0.00112, abs=5e-6)


def test_mean_interval_agrees_with_scipy() -> None:
    expected = stats.t.interval(0.95, 6, loc=np.mean(PUBLISHED), scale=stats.sem(PUBLISHED))
    found = mean_interval(PUBLISHED)
    assert found is not None
    assert (found.low, found.high) == pytest.approx(expected, rel=1e-12)


def test_the_interval_of_five_values_deviation_is_the_known_one_and_agrees_with_scipy() -> None:
    found = deviation_interval(1.0, 5)
    assert (found.low, found.high) == pytest.approx((0.60, 2.87), abs=0.005)
    assert (found.low, found.high) == pytest.approx(np.sqrt(4 / stats.chi2.ppf([0.975, 0.025], 4)))


def test_the_deviation_lies_in_its_interval_as_often_as_promised() -> None:
    runs = np.random.default_rng(1).normal(0.992, 0.0007, size=(4_000, 6))
    found = [estimate(list(run)) for run in runs]
    inside = [0.0007 in _known(one.deviation_interval) for one in found if one]
    assert np.mean(inside) == pytest.approx(0.95, abs=0.012)


@pytest.mark.parametrize("values", [(0.99,), (0.99, 0.99, 0.99)])
def test_a_deviation_that_is_unknown_or_0_has_no_interval(values: tuple[float, ...]) -> None:
    found = estimate(values)
    assert found is not None
    assert found.deviation_interval is None


def test_quartiles_agree_with_numpy_and_ignore_one_outlier() -> None:
    times = [10.0, 11.0, 12.0, 13.0, 500.0]
    assert spread(times) == Spread(12.0, 11.0, 13.0)


def _known(interval: Interval | None) -> Interval:
    assert interval is not None
    return interval
