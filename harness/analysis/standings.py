"""The ranks that the differences between architectures leave open, and which may be the best; tests nothing itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from harness.analysis.comparison import Comparison
from harness.analysis.runs import ArchitectureResults, Study
from harness.evaluations.metric import Quantity
from harness.statistics.comparisons import trimmed_mean
from harness.statistics.ranking import RankInterval, letters, possibly_best, rank_intervals

Pairs = Mapping[frozenset[str], Comparison]


@dataclass(frozen=True)
class Standing:
    """The ranks that an architecture may hold, the letters it shares with those it does not differ from.

    ``trimmed_rank`` is by trimmed means: its ranges hold together also where some recipes dip now and then, which may
    show in none of a few seeds and then raises a mean. ``may_be_best``: it is in the 95 % confidence set of the best.
    """

    rank: RankInterval
    trimmed_rank: RankInterval
    letters: str
    may_be_best: bool


def standings(study: Study, comparisons: Sequence[Comparison]) -> dict[str, Standing]:
    """Return rank, letters and chance of being the best of every measured architecture, within its data set."""
    by_names = {frozenset((pair.first, pair.second)): pair for pair in comparisons}
    found: dict[str, Standing] = {}
    for rivals in study.rivals:
        found |= _standings(rivals, study.headline, by_names)
    return found


def _standings(rivals: Sequence[ArchitectureResults], headline: Quantity, pairs: Pairs) -> dict[str, Standing]:
    merits = [one.mean_merit(headline) for one in rivals]

    def differ(i: int, j: int) -> bool:
        return pairs[frozenset((rivals[i].name, rivals[j].name))].differ

    def trimmed_differ(i: int, j: int) -> bool:
        return pairs[frozenset((rivals[i].name, rivals[j].name))].trimmed_differ

    best = _possibly_best(rivals, headline, pairs)
    trimmed = [headline.metric.merit(trimmed_mean(one.values(headline)) or 0.0) for one in rivals]
    standing = rank_intervals(merits, differ), rank_intervals(trimmed, trimmed_differ), letters(merits, differ)
    return {
        one.name: Standing(rank, by_trimmed, group, one.reading in best)
        for one, rank, by_trimmed, group in zip(rivals, *standing, strict=True)
    }


def _possibly_best(rivals: Sequence[ArchitectureResults], headline: Quantity, pairs: Pairs) -> set[tuple[str, int]]:
    """Return the readings in the confidence set of the best: each distinct sample counts once."""
    distinct = list({one.reading: one for one in rivals}.values())

    def p_below(i: int, j: int) -> float | None:
        seen = pairs[frozenset((distinct[i].name, distinct[j].name))].difference
        if seen is None or seen.p is None:
            return None
        return seen.p / 2 if distinct[i].mean_merit(headline) < distinct[j].mean_merit(headline) else 1 - seen.p / 2

    return {one.reading for one, kept in zip(distinct, possibly_best(len(distinct), p_below), strict=True) if kept}


def largest_compatible(comparisons: Sequence[Comparison], names: Sequence[str]) -> float | None:
    """Return the largest difference between any two of ``names`` that the simultaneous intervals leave open.

    None where an interval is unknown, or all compute the same.
    """
    among = [pair for pair in comparisons if {pair.first, pair.second} <= set(names) and not pair.same]
    bounds = [max(-pair.interval.low, pair.interval.high) if pair.interval else None for pair in among]
    known = [bound for bound in bounds if bound is not None]
    return max(known) if known and len(known) == len(bounds) else None
