"""Centre, spread, prediction and shares against scipy and statsmodels; trusts no formula of ours."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from harness.statistics.samples import (
    Interval,
    Spread,
    mean,
    mean_interval,
    prediction_interval,
    prediction_p,
    share_interval,
    spread,
    standard_deviation,
)

PUBLISHED = (0.9908, 0.9913, 0.9923, 0.9920, 0.9922, 0.9908, 0.9891)


def test_the_spread_of_one_value_is_unknown() -> None:
    assert standard_deviation([0.99]) is None
    assert mean_interval([0.99]) is None
    assert prediction_interval([0.99]) is None
    assert prediction_p([0.99], 0.99) is None
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


@pytest.mark.parametrize(("n", "factor"), [(3, 4.97), (5, 3.04), (10, 2.37), (20, 2.15)])
def test_prediction_interval_has_the_known_factor(n: int, factor: float) -> None:
    values = np.random.default_rng(n).normal(size=n)
    found = prediction_interval(list(values))
    assert found is not None
    assert found.half_width / np.std(values, ddof=1) == pytest.approx(factor, abs=0.006)


def test_prediction_interval_is_widened_by_half_a_unit() -> None:
    plain, widened = prediction_interval(PUBLISHED), prediction_interval(PUBLISHED, half_unit=0.00005)
    assert plain is not None
    assert widened == plain.widened(0.00005)


@pytest.mark.parametrize("half_unit", [0.0, 0.0001])
@pytest.mark.parametrize("level", [0.5, 0.95, 0.999])
def test_prediction_p_belongs_to_the_interval(half_unit: float, level: float) -> None:
    interval = prediction_interval(PUBLISHED, half_unit, level)
    assert interval is not None
    p = prediction_p(PUBLISHED, interval.high, half_unit)
    assert p == pytest.approx(1 - level, rel=1e-9)


def test_one_more_run_falls_into_the_prediction_interval_as_often_as_promised() -> None:
    runs = np.random.default_rng(1).normal(0.992, 0.0007, size=(4_000, 6))
    inside = [run[5] in _known(prediction_interval(list(run[:5]))) for run in runs]
    assert np.mean(inside) == pytest.approx(0.95, abs=0.012)


def test_quartiles_agree_with_numpy_and_ignore_one_outlier() -> None:
    times = [10.0, 11.0, 12.0, 13.0, 500.0]
    assert spread(times) == Spread(12.0, 11.0, 13.0)


@pytest.mark.parametrize(("hits", "trials"), [(0, 5), (5, 5), (3, 5), (7, 10), (0, 1)])
def test_share_interval_agrees_with_statsmodels(hits: int, trials: int) -> None:
    found = share_interval(hits, trials)
    assert found is not None
    expected = proportion_confint(hits, trials, method="wilson")
    assert (found.low, found.high) == pytest.approx(expected, abs=1e-12)


def test_no_share_of_no_trial() -> None:
    assert share_interval(0, 0) is None


def _known(interval: Interval | None) -> Interval:
    assert interval is not None
    return interval
