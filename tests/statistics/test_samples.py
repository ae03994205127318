"""Centre and spread against scipy; trusts no formula of ours."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from harness.statistics.samples import (
    Spread,
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


def test_quartiles_agree_with_numpy_and_ignore_one_outlier() -> None:
    times = [10.0, 11.0, 12.0, 13.0, 500.0]
    assert spread(times) == Spread(12.0, 11.0, 13.0)
