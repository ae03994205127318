"""Ranks with ties, compact letters and the best, by hand, on random cases and, for what they promise, by simulation."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from harness.statistics.comparisons import TRIM, Difference, welch
from harness.statistics.multiplicity import ALPHA
from harness.statistics.ranking import RankInterval, letters, possibly_best, rank_intervals

Pair = tuple[int, int]
Pairs = set[Pair]


def differing(pairs: Pairs) -> Callable[[int, int], bool]:
    return lambda i, j: (min(i, j), max(i, j)) in pairs


def test_all_different_gives_plain_ranks() -> None:
    differ = differing({(0, 1), (0, 2), (1, 2)})
    assert rank_intervals([0.7, 0.9, 0.8], differ) == (
        RankInterval(3, 3),
        RankInterval(1, 1),
        RankInterval(2, 2),
    )
    assert letters([0.7, 0.9, 0.8], differ) == ("c", "a", "b")


def test_none_different_gives_one_group() -> None:
    assert rank_intervals([0.7, 0.9], differing(set())) == (RankInterval(1, 2), RankInterval(1, 2))
    assert letters([0.7, 0.9], differing(set())) == ("a", "a")


def test_the_middle_can_belong_to_two_groups() -> None:
    differ = differing({(0, 2)})
    assert letters([0.9, 0.8, 0.7], differ) == ("a", "ab", "b")
    assert rank_intervals([0.9, 0.8, 0.7], differ) == (
        RankInterval(1, 2),
        RankInterval(1, 3),
        RankInterval(2, 3),
    )


def test_nothing_has_no_rank() -> None:
    assert rank_intervals([], differing(set())) == ()
    assert letters([], differing(set())) == ()


@settings(max_examples=60, deadline=None)
@given(
    st.integers(2, 7).flatmap(
        lambda k: st.tuples(st.just(k), st.sets(st.tuples(st.integers(0, k - 1), st.integers(0, k - 1))))
    )
)
def test_two_share_a_letter_exactly_when_they_cannot_be_told_apart(case: tuple[int, Pairs]) -> None:
    size, raw = case
    pairs = {(min(i, j), max(i, j)) for i, j in raw if i != j}
    names = letters([float(-i) for i in range(size)], differing(pairs))
    for i in range(size):
        for j in range(i + 1, size):
            assert bool(set(names[i]) & set(names[j])) == ((i, j) not in pairs)


# True means with ties and a near tie, spreads and numbers of runs that differ, and the ranks that they may have.
LAWS = ((1.0, 0.1, 5), (1.0, 0.2, 10), (0.95, 0.1, 5), (0.6, 0.3, 10), (0.6, 0.1, 5))
TRUE_RANKS = ((1, 2), (1, 2), (3, 3), (4, 5), (4, 5))
EQUAL = ((1.0, 0.1, 8),) * 4


def differences(generator: np.random.Generator, laws: Sequence[tuple[float, float, int]]) -> dict[Pair, Difference]:
    """Draw runs of every law, and return the difference of every pair of means."""
    runs = [generator.normal(*law).tolist() for law in laws]
    found = {(i, j): welch(runs[i], runs[j]) for i, j in combinations(range(len(laws)), 2)}
    return {pair: one for pair, one in found.items() if one}


def p_below(found: dict[Pair, Difference], i: int, j: int) -> float:
    """Return the one-sided p of i being no worse than j."""
    seen, sign = found[min(i, j), max(i, j)], 1 if i < j else -1
    p = seen.p or 0.0
    return p / 2 if sign * seen.estimate < 0 else 1 - p / 2


def rank_coverage(studies: int, alpha: float) -> float:
    """Return in which share of studies the ranges hold all true ranks, pairs being tested at ``alpha`` each."""
    generator = np.random.default_rng(12)

    def held() -> bool:
        found = differences(generator, LAWS)
        means = [0.0, *(-found[0, j].estimate for j in range(1, len(LAWS)))]
        ranks = rank_intervals(means, lambda i, j: (found[min(i, j), max(i, j)].p or 0) < alpha)
        return all(one.best <= low and high <= one.worst for one, (low, high) in zip(ranks, TRUE_RANKS, strict=True))

    return float(np.mean([held() for _ in range(studies)]))


def test_rank_ranges_are_a_joint_95_per_cent_confidence_set_and_would_not_be_without_the_correction() -> None:
    assert rank_coverage(500, ALPHA / 10) >= 0.93  # 95 % less two standard errors
    assert rank_coverage(200, ALPHA) < 0.9


def separations(studies: int, trim: float) -> float:
    """Return in which share of studies any two of six recipes with equal centres are separated, three of which dip.

    Ten runs each; the centre that is equal is the true mean, or with ``trim`` the true trimmed mean.
    """
    generator = np.random.default_rng(14)
    centre = -0.0161 if trim else -0.08  # of 90 % N(0, .1) and 10 % N(-.8, .2)

    def drawn(*, dips: bool) -> list[float]:
        lows = generator.normal(-0.8, 0.2, 10)
        runs = np.where(generator.random(10) < 0.1, lows, generator.normal(0, 0.1, 10))
        return list(runs if dips else generator.normal(centre, 0.06, 10))

    def separated() -> bool:
        recipes = [drawn(dips=index < 3) for index in range(6)]
        found = [welch(a, b, trim) for a, b in combinations(recipes, 2)]
        return any(one is not None and (one.p or 0) < ALPHA / len(found) for one in found)

    return float(np.mean([separated() for _ in range(studies)]))


def test_dips_of_some_recipes_alone_break_the_ranks_of_means_and_not_those_of_trimmed_means() -> None:
    assert 0.1 <= separations(300, 0.0) <= 0.3  # what the page says: such ranges hold in 75 to 90 of 100 studies
    assert separations(400, TRIM) <= 0.07


def best_coverage(studies: int, alpha: float) -> float:
    """Return in which share of studies the first of equally good ones is in the confidence set of the best."""
    generator = np.random.default_rng(13)
    drawn = (differences(generator, EQUAL) for _ in range(studies))
    return float(np.mean([possibly_best(len(EQUAL), partial(p_below, found), alpha)[0] for found in drawn]))


def test_the_best_is_in_its_confidence_set_as_often_as_promised() -> None:
    assert best_coverage(600, ALPHA) >= 0.93  # 95 % less two standard errors
    assert best_coverage(300, 4 * ALPHA) < 0.93  # so a wrong level would show


def test_only_what_another_one_beats_cannot_be_the_best() -> None:
    p_values = {(1, 0): 0.03, (2, 0): 0.03, (2, 1): 0.001}
    assert possibly_best(3, lambda i, j: p_values.get((i, j), 0.9)) == (True, True, False)
    assert possibly_best(2, lambda i, j: 0.04 if i > j else 0.96) == (True, False)
    assert possibly_best(2, lambda _i, _j: None) == (True, True)
    assert possibly_best(1, lambda _i, _j: 0.0) == (True,)
