"""The rule for claims that one architecture is better than another: a one-sided test of the difference."""

from __future__ import annotations

from dataclasses import dataclass, replace

from harness.analysis.comparison import difference
from harness.analysis.runs import ArchitectureResults
from harness.analysis.verdicts.limits import ALPHA, NO_SPREAD, too_few
from harness.evaluations.metric import Quantity
from harness.spec.claims import Ruling
from harness.statistics.comparisons import probability_of_superiority

RULE = (
    "*Better than* is Welch's one-sided test; architectures that share trials are compared seed by seed, by "
    "Student's paired test."
)


@dataclass(frozen=True)
class DifferenceRuling(Ruling):
    """A ruling on a difference, which only the correction decides; ``better`` is the sign that was seen."""

    better: bool = False

    def corrected(self, adjusted_p: float, claims: int) -> Ruling:
        """Return the ruling after the correction: the sign decides where the difference is clear."""
        phrase = f"p = {adjusted_p:.3f}" if adjusted_p >= ALPHA / 50 else f"p < {ALPHA / 50}"
        judged = replace(self, reason=f"{self.reason}; one-sided {phrase} after Holm over {claims} claims")
        if adjusted_p >= ALPHA:
            return judged
        return replace(judged, decision="reproduced" if self.better else "refuted")


def judge_difference(ours: ArchitectureResults, theirs: ArchitectureResults, quantity: Quantity) -> Ruling:
    """Return the ruling on ``ours`` being better than ``theirs``; it waits for the correction of its ``p``."""
    metric = quantity.metric
    first, second = (tuple(map(metric.merit, entry.values(quantity))) for entry in (ours, theirs))
    found, seeds = difference(ours, theirs, quantity), min(len(first), len(second))
    if found is None:
        return Ruling("not tested", "the two have no seed in common", len(ours.runs))
    better = metric.merit(found.estimate) > 0
    judged = DifferenceRuling("inconclusive", "", seeds, found.estimate, better=better)
    if found.interval:
        judged = replace(judged, low=found.interval.low, high=found.interval.high)
    if ours.fingerprint == theirs.fingerprint and ours.epochs == theirs.epochs:
        return replace(judged, reason="both compute the same, so their difference is 0 by construction")
    few = too_few(seeds)
    if few or found.p is None:
        return replace(judged, reason=few or NO_SPREAD)
    chance = probability_of_superiority(first, second)
    reason = f"{metric.signed(found.estimate)}, P({ours.name} {metric.sign} {theirs.name}) = {chance:.2f}"
    # In the direction that was seen; each kind of error keeps its own level.
    return replace(judged, reason=reason, p=found.p / 2)
