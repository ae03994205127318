"""Differences and corrections against scipy and statsmodels and by simulation."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.weightstats import CompareMeans

from harness.statistics.comparisons import paired, permutation_p, superiority, welch
from harness.statistics.multiplicity import holm
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
    assert permutation_p([], [0.9], 0) is None


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


@pytest.mark.parametrize(("n", "m"), [(5, 5), (3, 6)])
def test_exact_permutation_test_agrees_with_scipy(n: int, m: int) -> None:
    a, b = samples(n, m, shift=0.001)

    def gap(x: np.ndarray, y: np.ndarray, axis: int) -> np.ndarray:
        return np.asarray(np.abs(np.mean(x, axis=axis) - np.mean(y, axis=axis)))

    oracle = stats.permutation_test((a, b), gap, n_resamples=1_000, vectorized=True, alternative="greater")
    assert permutation_p(a, b, 0) == pytest.approx(oracle.pvalue, abs=1e-12)


def test_random_permutations_are_near_the_exact_ones_and_repeat_with_the_seed() -> None:
    a, b = samples(6, 6, shift=0.001)
    exact = permutation_p(a, b, 0)
    drawn = [permutation_p(a, b, 3, permutations=900) for _ in range(2)]
    assert drawn[0] == drawn[1]
    assert drawn[0] == pytest.approx(exact, abs=0.04)


def test_a_separated_permutation_is_never_impossible() -> None:
    a, b = [1.0] * 10 + [2.0], [5.0] * 12
    assert permutation_p(a, b, 0, permutations=99) == pytest.approx(0.01)


@pytest.mark.parametrize("values", [(0.01, 0.04, 0.03, 0.005), (0.5,), (), (0.9, 0.8, 0.7), (0.02, 0.02)])
def test_holm_agrees_with_statsmodels(values: Sample) -> None:
    expected = multipletests(values, method="holm")[1] if values else ()
    assert holm(values) == pytest.approx(tuple(expected))


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
