"""Rank correlation and pairs that turn: held against scipy, and the interval and the p-value against simulations."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from harness.statistics.rank_correlation import kendall_tau, resampled_means, tau_interval, turning_p
from harness.statistics.samples import Interval


@given(st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=2, max_size=12))
def test_tau_is_scipys_tau_b_ties_and_all(drawn: list[tuple[int, int]]) -> None:
    first, second = np.array(drawn, np.float64).T
    found, expected = kendall_tau(first, second), stats.kendalltau(first, second).statistic
    assert found == pytest.approx(expected, nan_ok=True)


def test_many_rankings_are_compared_at_once() -> None:
    rng = np.random.default_rng(1)
    first, second = rng.random((2, 20, 7))
    expected = [stats.kendalltau(ours, theirs).statistic for ours, theirs in zip(first, second, strict=True)]
    assert kendall_tau(first, second) == pytest.approx(expected)


def test_resampled_means_scatter_as_students_interval_of_the_mean_has_it() -> None:
    rng = np.random.default_rng(2)
    block = rng.normal(0.99, 0.001, (2, 5))
    drawn = resampled_means([block], 40_000, rng)
    assert drawn.shape == (40_000, 2)
    error = block.std(axis=1, ddof=1) / math.sqrt(5)
    assert drawn.mean(axis=0) == pytest.approx(block.mean(axis=1), abs=1e-5)
    assert drawn.std(axis=0) == pytest.approx(error * stats.t.ppf(0.975, 4) / stats.norm.ppf(0.975), rel=0.02)


def test_what_was_measured_in_the_same_runs_is_drawn_together() -> None:
    rng = np.random.default_rng(3)
    runs = rng.normal(0, 1, 6)
    together = resampled_means([np.array([runs, runs + 1])], 50, rng)
    assert together[:, 1] - together[:, 0] == pytest.approx(1)
    apart = resampled_means([runs[None], runs[None] + 1], 50, rng)
    assert (apart[:, 1] - apart[:, 0]).std() > 0.1


def test_things_that_are_far_apart_leave_no_doubt_and_one_run_leaves_all() -> None:
    rng = np.random.default_rng(4)
    clear = [np.arange(5.0)[:, None] + rng.normal(0, 0.01, (5, 3))]
    assert tau_interval(clear, clear, rng) == Interval(1.0, 1.0)
    assert tau_interval(clear, [-clear[0]], rng) == Interval(-1.0, -1.0)
    assert tau_interval(clear, [clear[0][:, :1]], rng) is None
    assert tau_interval(clear, [np.ones((5, 3))], rng) is None, "all are tied"


@pytest.mark.parametrize(
    ("runs", "spread", "alike", "least"),
    [(5, 3.0, 0.7, 0.95), (10, 1.0, 0.7, 0.94), (5, 0.5, 0.7, 0.84), (10, 5, 1, 0.95)],
)
def test_the_interval_holds_the_true_tau(runs: int, spread: float, alike: float, least: float) -> None:
    """Nine things whose true means have ``spread`` times the runs' standard deviation; a twentieth of slack."""
    rng, held, studies = np.random.default_rng(5), 0, 150
    for _ in range(studies):
        ours = rng.normal(0, spread, 9)
        theirs = alike * ours + math.sqrt(1 - alike**2) * rng.normal(0, spread, 9)
        first, second = (means[:, None] + rng.normal(0, 1, (9, runs)) for means in (ours, theirs))
        found = tau_interval(list(first[:, None]), list(second[:, None]), rng, draws=400)
        assert found is not None
        assert float(kendall_tau(first.mean(axis=1), second.mean(axis=1))) in found
        held += bool(found.low - 1e-9 <= kendall_tau(ours, theirs) <= found.high + 1e-9)
    assert held / studies > least - 0.05


def test_a_pair_turns_only_where_both_differences_are_sure() -> None:
    assert turning_p((0.01, 0.001), (-0.02, 0.03)) == 0.03
    assert turning_p((-0.01, 0.04), (0.02, 0.03)) == 0.04
    assert turning_p((0.01, 0.001), (0.02, 0.001)) == 1.0
    assert turning_p((0.01, None), (-0.02, 0.03)) is None


@pytest.mark.parametrize("true", [0.0, 3.0])
def test_a_pair_that_does_not_turn_is_called_turning_in_at_most_one_of_twenty_studies(true: float) -> None:
    """On the second data both are equal: the worst case where the first difference is large."""
    rng, studies = np.random.default_rng(6), 20_000
    first, second = rng.normal((true, 0.0), 1, (studies, 2)).T
    p = [
        turning_p((ours, 2 * stats.norm.sf(abs(ours))), (theirs, 2 * stats.norm.sf(abs(theirs))))
        for ours, theirs in zip(first, second, strict=True)
    ]
    assert np.mean([known is not None and known < 0.05 for known in p]) <= 0.05
