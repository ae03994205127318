"""Cost against the headline: the front that nothing dominates, and time to a target."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from harness.analysis.comparison import Comparison
from harness.analysis.run import Run
from harness.analysis.runs import ArchitectureResults, Study
from harness.evaluations.metric import Quantity
from harness.statistics.samples import Spread, spread


@dataclass(frozen=True)
class TimeToTarget:
    """How many seeds reached a value of the headline, and the training seconds that all spent for each that did.

    ``budget`` is what the whole training takes. Where fewer than half of the seeds reach the target, the expected time
    says little, and that it is above the budget is what is known.
    """

    target: float
    reached: int
    seeds: int
    expected_seconds: float | None
    budget: Spread | None

    @property
    def is_typical(self) -> bool:
        """Whether at least half of the seeds reach the target."""
        return self.reached > 0 and 2 * self.reached >= self.seeds


def dominators(values: NDArray[np.float64]) -> tuple[tuple[int, ...], ...]:
    """Return for each row of ``values``, shape (n, k), lower being better, the rows that dominate it.

    A row dominates another if it is nowhere worse and somewhere better; equal rows don't dominate each other, and a
    row with a nan dominates none and is dominated by none.
    """
    return tuple(
        tuple(j for j, other in enumerate(values) if np.all(other <= row) and np.any(other < row)) for row in values
    )


def dominated_by(study: Study, comparisons: Sequence[Comparison]) -> Mapping[str, tuple[str, ...]]:
    """Return for each measured architecture those that are separated from it, better in the mean, and cost no more.

    Costs are parameters, multiply-accumulates and median training seconds, within a data set.
    """
    apart = {frozenset((pair.first, pair.second)) for pair in comparisons if pair.differ}

    def beats(better: ArchitectureResults, other: ArchitectureResults) -> bool:
        return (
            frozenset((better.name, other.name)) in apart
            and better.mean_merit(study.headline) > other.mean_merit(study.headline)
            and all(ours <= theirs for ours, theirs in zip(costs(better), costs(other), strict=True))
        )

    return {
        other.name: tuple(better.name for better in rivals if beats(better, other))
        for rivals in study.rivals
        for other in rivals
    }


def costs(entry: ArchitectureResults) -> tuple[float, float, float]:
    """Return parameters, multiply-accumulates and training seconds: lower is better in all, and nan is unknown.

    Architectures that share trials have one time per epoch, so their seconds differ by epochs alone.
    """
    timed = entry.timing.runs
    return (
        float(entry.cost.parameters),
        float(entry.cost.macs),
        float(np.median([run.train_seconds for run in timed])) if timed else math.nan,
    )


def front(xs: Sequence[float], merits: Sequence[float]) -> tuple[int, ...]:
    """Return the indices that no other beats in cost ``xs`` and in merit, both shape (n,), by rising cost."""
    values = np.column_stack([xs, -np.asarray(merits)]) if len(xs) else np.empty((0, 2))
    free = [index for index, better in enumerate(dominators(values)) if not better]
    return tuple(sorted(free, key=lambda index: (xs[index], index)))


def first_epoch_at(run: Run, quantity: Quantity, target: float) -> int | None:
    """Return the first epoch after which the quantity is at least as good as ``target``."""
    reaches = quantity.metric.reaches
    return next((epoch for epoch, value in enumerate(run.curve(quantity), 1) if reaches(value, target)), None)


def time_to_target(entry: ArchitectureResults, quantity: Quantity, target: float) -> TimeToTarget:
    """Return how long the architecture trains until the quantity reaches ``target``.

    Seeds that miss it have spent the whole budget without success; they are censored, not left out. Every seed counts
    with the epoch at which it got there; what its epochs cost is the median over the timed runs.
    Source: expected running time, as in Hansen et al., COCO, Optim. Methods Softw. 36 (2021).
    """
    reached = [epoch for run in entry.runs if (epoch := first_epoch_at(run, quantity, target)) is not None]
    misses = len(entry.runs) - len(reached)
    timed = entry.timing.runs
    budget = spread([run.train_seconds for run in timed])
    if not reached or budget is None:
        return TimeToTarget(target, len(reached), len(entry.runs), None, budget)
    ends = [run.seconds_until for run in timed]
    seconds_to = {epoch: _median_seconds(ends, epoch) for epoch in set(reached)}
    spent = sum(seconds_to[epoch] for epoch in reached) + misses * _median_seconds(ends, None)
    return TimeToTarget(target, len(reached), len(entry.runs), float(spent / len(reached)), budget)


def _median_seconds(ends: Sequence[Sequence[float]], epoch: int | None) -> float:
    """Return the median seconds up to an epoch, over the runs that got there; None: up to each one's own last."""
    there = [sums[epoch - 1] for sums in ends if epoch is not None and len(sums) >= epoch]
    return float(np.median(there or [sums[-1] for sums in ends]))
