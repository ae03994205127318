"""Differences and superiority against scipy and statsmodels and by simulation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy import optimize, stats
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import CompareMeans

from harness.statistics.comparisons import (
    TRIM,
    Difference,
    paired,
    paired_superiority,
    share_interval,
    superiority,
    trimmed_mean,
    welch,
)
from harness.statistics.samples import Interval, discordant_deviation

Sample = tuple[float, ...]


def samples(n: int, m: int, shift: float = 0.0, seed: int = 7) -> tuple[Sample, Sample]:
    generator = np.random.default_rng(seed)
    first = generator.normal(0.99 + shift, 0.0007, n)
    return tuple(first.tolist()), tuple(generator.normal(0.99, 0.0015, m).tolist())


@pytest.mark.parametrize(("n", "m"), [(5, 5), (2, 9), (10, 3), (40, 40)])
def test_welch_agrees_with_scipy_and_statsmodels(n: int, m: int) -> None:
    a, b = samples(n, m, shift=0.001)
    found = welch(a, b)
    assert found is not None
    assert found.interval is not None
    oracle = stats.ttest_ind(a, b, equal_var=False)
    low, high = CompareMeans.from_data(a, b).tconfint_diff(usevar="unequal")
    assert found.p == pytest.approx(oracle.pvalue, rel=1e-9)
    assert (found.interval.low, found.interval.high) == pytest.approx((low, high), rel=1e-9)


def test_welch_works_where_one_side_does_not_vary() -> None:
    found = welch([0.99, 0.99, 0.99], [0.98, 0.981, 0.982])
    assert found is not None
    assert found.p == pytest.approx(stats.ttest_1samp([0.98, 0.981, 0.982], 0.99).pvalue)


@pytest.mark.parametrize(("a", "b"), [([0.99], [0.98, 0.97]), ([0.99, 0.99], [0.98, 0.98]), ([1.0], [0.5])])
def test_without_a_spread_there_is_a_difference_but_no_test(a: Sequence[float], b: Sequence[float]) -> None:
    found = welch(a, b)
    assert found is not None
    assert found.estimate == pytest.approx(np.mean(a) - np.mean(b))
    assert (found.interval, found.p) == (None, None)


def test_nothing_is_compared_with_nothing() -> None:
    assert welch([], [0.9, 0.8]) is None
    assert paired([], []) is None
    assert superiority([0.9], []) is None
    assert paired_superiority([], []) is None


def test_paired_agrees_with_scipy() -> None:
    a, b = samples(6, 6, shift=0.001)
    found = paired(a, b)
    assert found is not None
    assert found.p == pytest.approx(stats.ttest_rel(a, b).pvalue, rel=1e-9)


def test_trials_that_are_the_same_do_not_differ() -> None:
    a, _ = samples(5, 5)
    found = paired(a, a)
    assert found is not None
    assert (found.estimate, found.p) == (0.0, None)


@pytest.mark.parametrize(("n", "m"), [(5, 5), (10, 5), (30, 12)])
def test_trimmed_means_agree_with_scipys_yuen_test(n: int, m: int) -> None:
    a, b = samples(n, m, shift=0.001)
    found, oracle = welch(a, b, TRIM), stats.ttest_ind(a, b, equal_var=False, trim=TRIM)
    assert found is not None
    assert found.interval is not None
    assert found.p == pytest.approx(oracle.pvalue, rel=1e-9)
    bounds = oracle.confidence_interval(0.95)
    assert (found.interval.low, found.interval.high) == pytest.approx((bounds.low, bounds.high), rel=1e-9)


@pytest.mark.parametrize("n", [5, 10, 31])
def test_trimmed_differences_of_pairs_agree_with_scipys_test_against_nothing_but_zeros(n: int) -> None:
    a, b = samples(n, n, shift=0.001)
    found = paired(a, b, TRIM)
    oracle = stats.ttest_ind(np.subtract(a, b), np.zeros(n), equal_var=False, trim=TRIM)
    assert found is not None
    assert found.p == pytest.approx(oracle.pvalue, rel=1e-9)
    assert found.degrees == oracle.df


@pytest.mark.parametrize("n", [1, 4, 5, 10, 14])
def test_trimmed_mean_agrees_with_scipy(n: int) -> None:
    values = np.random.default_rng(n).normal(size=n).tolist()
    assert trimmed_mean(values) == pytest.approx(stats.trim_mean(values, TRIM))
    assert trimmed_mean([]) is None


def test_a_dip_blinds_the_means_and_not_the_trimmed_means() -> None:
    generator = np.random.default_rng(3)
    a, b = generator.normal(99.3, 0.08, 10), generator.normal(99.1, 0.08, 10)
    dipped = [98.2, *a[1:]]
    plain, trimmed = welch(dipped, b.tolist()), welch(dipped, b.tolist(), TRIM)
    assert plain is not None
    assert trimmed is not None
    assert (plain.p or 0) > 0.3
    assert (trimmed.p or 1) < 0.01


@pytest.mark.parametrize("trim", [0.0, TRIM])
def test_runs_that_dip_alike_are_told_apart_no_more_often_than_the_level_promises(trim: float) -> None:
    generator = np.random.default_rng(8)

    def runs() -> list[float]:
        dips = generator.random(10) < 0.1
        return list(np.where(dips, generator.normal(-0.8, 0.2, 10), generator.normal(0, 0.1, 10)))

    found = [welch(runs(), runs(), trim) for _ in range(1_500)]
    alarms = np.mean([one is not None and one.p is not None and one.p < 0.05 for one in found])
    assert alarms <= 0.065  # 5 % and nearly three standard errors


@given(st.floats(-1, 1), st.floats(1e-3, 1), st.floats(1, 60), st.floats(0.5, 0.9999))
def test_an_interval_leaves_out_0_exactly_where_the_test_rejects(
    estimate: float, error: float, degrees: float, level: float
) -> None:
    found = Difference(estimate, error, degrees)
    interval = found.interval_at(level)
    assert interval is not None
    assert found.p is not None
    assume(abs(found.p - (1 - level)) > 1e-9)
    assert (0 not in interval) == (found.p < 1 - level)


def test_pairs_that_differ_by_the_same_step_have_no_spread_but_that_of_rounding() -> None:
    a = [0.9912, 0.9918, 0.9921, 0.9925, 0.9915]
    b = [round(x - 0.0004, 4) for x in a]
    assert np.ptp(np.subtract(a, b)) > 0
    for trim in (0.0, TRIM):
        found = paired(a, b, trim)
        assert found is not None
        assert found.estimate == pytest.approx(0.0004)
        assert (found.error, found.interval, found.p) == (None, None, None)


@pytest.mark.parametrize("ties", [False, True])
def test_superiority_is_mann_and_whitneys_share(*, ties: bool) -> None:
    a, b = samples(5, 8, shift=0.0005)
    if ties:
        a, b = tuple(round(x, 3) for x in a), tuple(round(x, 3) for x in b)
    found = superiority(a, b)
    assert found is not None
    assert found.estimate == pytest.approx(stats.mannwhitneyu(a, b).statistic / 40)
    assert found.estimate in found.interval


def test_superiority_of_separated_samples_stays_uncertain() -> None:
    found = superiority([3.0, 4.0, 5.0], [0.0, 1.0, 2.0])
    assert found is not None
    assert found.estimate == found.interval.high == 1
    assert 0.3 < found.interval.low < 0.7


@pytest.mark.parametrize("level", [0.95, 0.9999])
@pytest.mark.parametrize(("n", "m"), [(1, 1), (2, 3), (5, 10), (30, 30)])
def test_the_bounds_of_superiority_lie_where_scipy_finds_the_root(n: int, m: int, level: float) -> None:
    generator = np.random.default_rng(n)
    found = superiority(generator.normal(0.3, 1, n).tolist(), generator.normal(0, 1, m).tolist(), level)
    assert found is not None
    z, others = stats.norm.isf((1 - level) / 2), (n + m) / 2 - 1

    def excess(theta: float) -> float:
        overlap = 1 + others * ((1 - theta) / (2 - theta) + theta / (1 + theta))
        return abs(found.estimate - theta) - z * np.sqrt(theta * (1 - theta) * overlap / (n * m)) if found else 0.0

    for bound, end, inside in ((found.interval.low, 0.0, -1e-9), (found.interval.high, 1.0, 1e-9)):
        expected = end if found.estimate == end else optimize.brentq(excess, found.estimate + inside, end)
        assert bound == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(("hits", "trials"), [(0, 5), (5, 5), (3, 5), (7, 10), (0, 1), (7.5, 10)])
@pytest.mark.parametrize("level", [0.95, 0.999])
def test_share_interval_agrees_with_statsmodels(hits: float, trials: int, level: float) -> None:
    found = share_interval(hits, trials, level)
    assert found is not None
    expected = proportion_confint(hits, trials, alpha=1 - level, method="wilson")
    assert (found.low, found.high) == pytest.approx(expected, abs=1e-12)


def test_superiority_by_seed_is_the_share_of_seeds_with_wilsons_interval() -> None:
    found = paired_superiority([3.0, 2.0, 5.0, 4.0], [1.0, 2.0, 6.0, 0.0])
    assert found is not None
    assert found.estimate == 2.5 / 4
    low, high = proportion_confint(2.5, 4, method="wilson")
    assert (found.interval.low, found.interval.high) == pytest.approx((low, high))


def test_superiority_of_runs_that_move_together_is_seen_by_seed_alone() -> None:
    generator = np.random.default_rng(6)
    b = generator.normal(0, 1, 20)
    a = b + 0.1
    by_seed, apart = paired_superiority(a.tolist(), b.tolist()), superiority(a.tolist(), b.tolist())
    assert by_seed is not None
    assert apart is not None
    assert by_seed.interval.low > 0.8
    assert apart.estimate < 0.6


@pytest.mark.parametrize("shift", [0.0, 0.5])
def test_superiority_by_seed_holds_the_truth_as_often_as_promised(shift: float) -> None:
    truth = stats.norm.cdf(shift)
    generator = np.random.default_rng(5)
    steps = generator.normal(shift, 1, (2_000, 10))
    inside = [truth in found.interval for row in steps if (found := paired_superiority(list(row), [0.0] * 10))]
    assert np.mean(inside) >= 0.91  # Wilson's interval of ten swings around its level


@pytest.mark.parametrize("shift", [0.0, 1.0, 2.0])
def test_superiority_interval_holds_the_truth_as_often_as_promised(shift: float) -> None:
    truth = stats.norm.cdf(shift / np.sqrt(2))
    generator = np.random.default_rng(5)
    pairs = ((generator.normal(shift, 1, 5), generator.normal(0, 1, 5)) for _ in range(600))
    inside = [truth in found.interval for a, b in pairs if (found := superiority(list(a), list(b)))]
    assert np.mean(inside) >= 0.93


def test_discordant_predictions_tell_the_spread_of_independent_flips() -> None:
    generator = np.random.default_rng(2)
    chances = np.where(np.arange(10_000) < 300, 0.5, 0.9999)
    right = generator.random((200, 10_000)) < chances
    implied = discordant_deviation(right[:5])
    assert implied == pytest.approx(np.std(right.mean(axis=1), ddof=1), rel=0.15)


def test_discordance_of_two_runs_is_the_formula() -> None:
    right = np.array([[True, True, False, False], [True, False, True, False]])
    assert discordant_deviation(right) == pytest.approx(np.sqrt(2 / 2) / 4)
    assert discordant_deviation(right[:1]) is None


def test_interval_holds_its_bounds() -> None:
    assert 1.0 in Interval(1.0, 2.0)
    assert 2.5 not in Interval(1.0, 2.0)
