"""Ranks and groups of things that do not all differ significantly; decides no difference itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from string import ascii_lowercase

from harness.statistics.multiplicity import ALPHA


@dataclass(frozen=True)
class RankInterval:
    """The ranks that something may have: 1 is the best."""

    best: int
    worst: int


def rank_intervals(means: Sequence[float], differ: Callable[[int, int], bool]) -> tuple[RankInterval, ...]:
    """Return for each of ``means``, shape (k,), from which to which rank it may stand; higher is better.

    ``differ(i, j)`` says whether i and j differ significantly. The best rank is one more than the number of
    those that are shown to be better; the worst leaves room for those that are shown to be worse. Where the tests
    together make a false or reversed statement in at most 5 % of studies, the intervals together hold the ranks of all
    true means in at least 95 %: a joint confidence set. Equal true means may take any order among themselves.
    Source: Klein, Wright and Wieczorek, J. R. Stat. Soc. C 69 (2020) 589-606.
    """

    def interval(i: int) -> RankInterval:
        others = [j for j in range(len(means)) if j != i and differ(i, j)]
        better = sum(means[j] > means[i] for j in others)
        return RankInterval(1 + better, len(means) - (len(others) - better))

    return tuple(interval(i) for i in range(len(means)))


def possibly_best(size: int, p_below: Callable[[int, int], float | None], alpha: float = ALPHA) -> tuple[bool, ...]:
    """Return which of ``size`` things may be the best; the true best is among them with 95 % confidence.

    ``p_below(i, j)`` is the one-sided p-value of i being no worse than j, None where nothing is known. Each is held
    against the k - 1 others, and stays out where one of these p-values is below alpha / (k - 1). All null hypotheses
    about the true best hold, so that it is left out in at most ``alpha`` of studies.
    Source: Hsu, Multiple Comparisons (1996), 4, here with Bonferroni's bound.
    """

    def beaten(i: int) -> bool:
        known = [p for j in range(size) if j != i and (p := p_below(i, j)) is not None]
        return any(p * (size - 1) < alpha for p in known)

    return tuple(not beaten(i) for i in range(size))


def letters(means: Sequence[float], differ: Callable[[int, int], bool]) -> tuple[str, ...]:
    """Return letters for ``means``, shape (k,): two that share one do not differ; ``a`` holds the best.

    Starts with one group of all, splits every group that holds a pair that differs, and drops groups that are
    part of another. Source: Piepho, J. Comput. Graph. Stat. 13 (2004), insert and absorb.
    """
    everyone = range(len(means))
    groups = [frozenset(everyone)]
    for i in everyone:
        for j in range(i + 1, len(means)):
            if differ(i, j):
                groups = _absorbed([part for group in groups for part in _split(group, i, j)])
    groups.sort(key=lambda group: sorted(-means[i] for i in group))
    return tuple("".join(_letter(index) for index, group in enumerate(groups) if i in group) for i in everyone)


def _split(group: frozenset[int], i: int, j: int) -> tuple[frozenset[int], ...]:
    return (group - {i}, group - {j}) if i in group and j in group else (group,)


def _absorbed(groups: Sequence[frozenset[int]]) -> list[frozenset[int]]:
    distinct = list(dict.fromkeys(groups))
    return [group for group in distinct if not any(group < other for other in distinct)]


def _letter(index: int) -> str:
    """Return a, b … z, then a2, b2 …: more groups than letters are rare but no error."""
    turn, place = divmod(index, len(ascii_lowercase))
    return ascii_lowercase[place] + (str(turn + 1) if turn else "")
