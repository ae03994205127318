"""The seeds that a difference takes, against statsmodels, known numbers and numerical integration."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import integrate, stats
from statsmodels.stats.power import TTestIndPower

from harness.statistics.power import deviation_bound, power, seeds_needed


@pytest.mark.parametrize(
    ("deviation", "comparisons", "seeds"),
    [(0.05, 1, 6), (0.07, 1, 9), (0.10, 1, 17), (0.05, 10, 9), (0.07, 10, 16), (0.10, 10, 29)],
)
def test_seeds_needed_are_the_known_ones(deviation: float, comparisons: int, seeds: int) -> None:
    assert seeds_needed(0.1, deviation, comparisons) == seeds


@pytest.mark.parametrize("seeds", [2, 5, 30])
def test_power_agrees_with_statsmodels(seeds: int) -> None:
    assert power(0.1, 0.08, seeds) == pytest.approx(TTestIndPower().power(0.1 / 0.08, seeds, 0.05), rel=1e-6)


def test_no_number_of_seeds_resolves_no_difference() -> None:
    assert seeds_needed(0.0, 0.1) is None
    assert seeds_needed(1e-9, 0.1) is None
    assert seeds_needed(0.1, 0.0) == 2


@pytest.mark.parametrize(
    ("gap", "deviation", "seeds"),
    [
        (0.349, 0.08170747, 5),
        (0.279, 0.07131308, 6),
        (0.127, 0.08689393, 19),
        (-0.220, 0.06565482, 6),
        (-0.222, 0.08732443, 9),
        (-0.294, 0.08766730, 6),
    ],
)
def test_seeds_needed_hold_in_the_far_tail_where_the_noncentral_t_is_not_a_number(
    gap: float, deviation: float, seeds: int
) -> None:
    assert seeds_needed(gap, deviation, comparisons=54) == seeds


@pytest.mark.parametrize("alpha", [0.05, 0.05 / 45, 0.05 / 5_000])
@pytest.mark.parametrize("seeds", [2, 5, 9, 40])
@pytest.mark.parametrize("effect", [0.01, 0.5, 2.0, 5.0, 20.0])
def test_power_is_the_integral_over_the_spread_that_is_seen(effect: float, seeds: int, alpha: float) -> None:
    """P(|T| > c) is the mean, over v = s/sd, of Phi(shift - c v) + Phi(-shift - c v)."""
    degrees = 2 * seeds - 2
    critical, shift = stats.t.isf(alpha / 2, degrees), effect * math.sqrt(seeds / 2)

    def density(v: float) -> float:
        found = stats.norm.cdf(shift - critical * v) + stats.norm.cdf(-shift - critical * v)
        return float(found * stats.chi.pdf(v * math.sqrt(degrees), degrees) * math.sqrt(degrees))

    expected, _ = integrate.quad(density, 0, np.inf, limit=500)
    assert power(effect, 1.0, seeds, alpha) == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(("n", "m", "ratio"), [(5, 5, 1.0), (10, 5, 1.0), (5, 10, 3.0)])
def test_the_bound_lies_above_the_deviation_in_four_of_five_studies(n: int, m: int, ratio: float) -> None:
    generator = np.random.default_rng(3)
    truth = math.sqrt((1 + ratio**2) / 2)
    drawn = zip(generator.normal(0, 1, (4_000, n)), generator.normal(0, ratio, (4_000, m)), strict=True)
    bounds = [deviation_bound(list(a), list(b)) for a, b in drawn]
    above = np.mean([bound is not None and bound >= truth for bound in bounds])
    assert 0.78 <= above <= 0.84  # Satterthwaite's degrees are on the safe side


def test_the_bound_of_equal_spreads_is_the_chi_square_one() -> None:
    a = [0.1, 0.2, 0.3, 0.4, 0.5]
    expected = np.std(a, ddof=1) * math.sqrt(8 / stats.chi2.ppf(0.2, 8))
    assert deviation_bound(a, a) == pytest.approx(expected)
    assert deviation_bound([0.1], a) is None
    assert deviation_bound([0.1, 0.1], [0.2, 0.2]) == 0.0


def test_seeds_planned_with_the_bound_have_their_power_in_four_of_five_studies() -> None:
    """The promise: plan by five pilot runs of each, and the study has power .8 with 80 % confidence."""
    generator = np.random.default_rng(6)
    needed = seeds_needed(0.1, 0.08)
    assert needed is not None
    planned = []
    for _ in range(400):
        bound = deviation_bound(*generator.normal(0, 0.08, (2, 5)).tolist())
        assert bound is not None
        planned.append(seeds_needed(0.1, bound))
    assert np.mean([seeds is not None and seeds >= needed for seeds in planned]) >= 0.75
