"""Shares of runs against scipy and statsmodels; trusts no formula of ours."""

from __future__ import annotations

import pytest
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from harness.statistics.shares import p_half_or_more, share_interval, trials_to_exceed_half


@pytest.mark.parametrize(("hits", "trials"), [(0, 5), (5, 5), (3, 5), (7, 10), (0, 1), (40, 40)])
@pytest.mark.parametrize("level", [0.90, 0.95])
def test_the_interval_of_a_share_agrees_with_statsmodels(hits: int, trials: int, level: float) -> None:
    found = share_interval(hits, trials, level)
    assert found is not None
    expected = proportion_confint(hits, trials, alpha=1 - level, method="beta")
    assert (found.low, found.high) == pytest.approx(expected, abs=1e-12)


def test_no_trial_has_no_share() -> None:
    assert share_interval(0, 0, 0.90) is None


@pytest.mark.parametrize(("hits", "trials"), [(0, 5), (2, 5), (5, 5), (3, 20)])
def test_the_p_value_of_half_or_more_agrees_with_scipy(hits: int, trials: int) -> None:
    assert p_half_or_more(hits, trials) == pytest.approx(stats.binomtest(hits, trials, 0.5, "less").pvalue)


def test_five_hits_of_five_are_more_than_half_and_four_need_more_trials() -> None:
    five = share_interval(5, 5, 0.90)
    assert five is not None
    assert five.low > 0.5
    assert trials_to_exceed_half(4, 5, 0.90, 100) == 13
    assert trials_to_exceed_half(5, 10, 0.90, 100) is None
