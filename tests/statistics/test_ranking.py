"""Ranks with ties and compact letters, on cases that can be checked by hand and on random ones."""

from __future__ import annotations

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from harness.statistics.ranking import RankInterval, letters, rank_intervals

Pairs = set[tuple[int, int]]


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
