"""Whether the ranking of architectures on one data set holds on another: how alike both are, and the pairs that turn.

A statement about these architectures on these data sets, for other seeds: the data sets are no sample of any others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations

import numpy as np

from harness.analysis.comparison import Comparison
from harness.analysis.findings import Findings
from harness.analysis.runs import ArchitectureResults
from harness.statistics.multiplicity import ALPHA, holm
from harness.statistics.rank_correlation import FEWEST, Floats, kendall_tau, tau_interval, turning_p
from harness.statistics.samples import Interval

# The draws of every interval start here, so that the same records give the same page.
DRAWN_FROM = 0


@dataclass(frozen=True)
class OnData:
    """What was measured on one data set, and the findings that it is part of."""

    dataset: str
    findings: Findings
    entries: tuple[ArchitectureResults, ...]

    @cached_property
    def by_name(self) -> Mapping[str, ArchitectureResults]:
        """The measured architectures."""
        return {entry.name: entry for entry in self.entries}

    @cached_property
    def pairs(self) -> Mapping[frozenset[str], Comparison]:
        """Their comparisons, by the two names."""
        return {frozenset((pair.first, pair.second)): pair for pair in self.findings.comparisons}

    def difference(self, first: str, second: str) -> tuple[float, float | None] | None:
        """Return how much better the first is, negative where it is worse, and the two-sided p-value."""
        pair = self.pairs[frozenset((first, second))]
        if pair.difference is None:
            return None
        merit = self.findings.study.headline.metric.merit(pair.difference.estimate)
        return (merit if pair.first == first else -merit), pair.difference.p


@dataclass(frozen=True)
class Agreement:
    """How alike two data sets rank the architectures that both have: Kendall's tau of the means, and its interval."""

    first: str
    second: str
    architectures: int
    tau: float
    interval: Interval | None


@dataclass(frozen=True)
class Turn:
    """A pair of which ``winner`` is significantly better on one data set and significantly worse on another.

    Differences are those of merit, the winner's minus the loser's, on either. ``adjusted_p`` is corrected by Holm.
    """

    winner: str
    loser: str
    better_on: str
    worse_on: str
    better_by: float
    worse_by: float
    adjusted_p: float


@dataclass(frozen=True)
class Rankings:
    """Several data sets with architectures in common: every two of them beside each other.

    ``tests`` is how many pairs of architectures on two data sets were tested for a turn.
    """

    data: tuple[OnData, ...]
    agreements: tuple[Agreement, ...]
    turns: tuple[Turn, ...]
    tests: int


def rankings(findings: Findings) -> Rankings | None:
    """Lay the findings' data sets beside those of ``other_data``; None where no two have an architecture in common."""
    data = tuple(_by_dataset(findings))
    beside = [(first, second) for first, second in combinations(data, 2) if common(first, second)]
    if not beside:
        return None
    agreements = (_agreement(first, second) for first, second in beside)
    tested = [turn for first, second in beside for turn in _tested(first, second)]
    adjusted = holm([turn.adjusted_p for turn in tested])
    corrected = [replace(turn, adjusted_p=p) for turn, p in zip(tested, adjusted, strict=True) if p is not None]
    turns = sorted((turn for turn in corrected if turn.adjusted_p < ALPHA), key=lambda turn: turn.adjusted_p)
    return Rankings(data, tuple(found for found in agreements if found), tuple(turns), len(tested))


def _by_dataset(findings: Findings) -> Iterator[OnData]:
    seen = set[str]()
    for source in (findings, *findings.other_data):
        for rivals in source.study.rivals:
            dataset = rivals[0].architecture.dataset
            if dataset not in seen:
                yield OnData(dataset, source, rivals)
            seen.add(dataset)


def common(first: OnData, second: OnData) -> tuple[str, ...]:
    """Return the architectures that were measured on both, those that compute the same once."""
    both = [entry for entry in first.entries if entry.name in second.by_name]
    return tuple({entry.reading: entry.name for entry in reversed(both)}.values())[::-1]


def _agreement(first: OnData, second: OnData) -> Agreement | None:
    """Return Kendall's tau of the means; None where too few architectures are common, or all are tied."""
    names = common(first, second)
    if len(names) < FEWEST:
        return None
    together: dict[str, list[str]] = {}
    for name in names:
        together.setdefault(first.by_name[name].fingerprint, []).append(name)
    ours, theirs = ([_runs(data, group) for group in together.values()] for data in (first, second))
    if not all(block.size for block in (*ours, *theirs)):
        return None
    means = (np.concatenate([block.mean(axis=1) for block in blocks]) for blocks in (ours, theirs))
    tau = float(kendall_tau(*means))
    interval = tau_interval(ours, theirs, np.random.default_rng(DRAWN_FROM))
    return None if np.isnan(tau) else Agreement(first.dataset, second.dataset, len(names), tau, interval)


def _runs(data: OnData, names: Sequence[str]) -> Floats:
    """Return the headline of architectures that share trials, shape (names, seeds), for the seeds that all have."""
    headline = data.findings.study.headline
    values = [data.by_name[name].by_seed(headline) for name in names]
    seeds = [seed for seed in values[0] if all(seed in others for others in values)]
    return np.array([[headline.metric.merit(of[seed]) for seed in seeds] for of in values]).reshape(len(names), -1)


def _tested(first: OnData, second: OnData) -> Iterator[Turn]:
    """Yield every pair that both data sets can test, with the p-value of its turning, which is 1 where it does not."""
    for one, other in combinations(common(first, second), 2):
        ours, theirs = first.difference(one, other), second.difference(one, other)
        p = turning_p(ours, theirs) if ours and theirs else None
        if not ours or not theirs or p is None:
            continue
        if ours[0] >= 0:
            yield Turn(one, other, first.dataset, second.dataset, ours[0], theirs[0], p)
        else:
            yield Turn(other, one, first.dataset, second.dataset, -ours[0], -theirs[0], p)
