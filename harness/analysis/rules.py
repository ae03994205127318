"""The rules for a claim: equality, a number's prediction interval, the share of seeds, a one-sided test.

A number, a share and a difference need enough seeds; what chance decides is corrected for the number of claims
afterwards, by ``Ruling.corrected``.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from harness.analysis.comparison import difference
from harness.analysis.runs import ArchitectureResults
from harness.declaration.values import WrittenFloat
from harness.evaluations.metric import Quantity
from harness.spec.claims import Decision, Ruling, Value
from harness.spec.claims.metrics import SHARE_MARGIN
from harness.statistics.comparisons import probability_of_superiority
from harness.statistics.samples import Interval, mean, prediction_interval, prediction_p, share_interval

# Below five seeds the factor of the prediction interval is above 3: nearly anything would be "reproduced".
FEWEST_SEEDS = 5
SMALL_P = 0.001
NO_SPREAD = "every seed gave the same value, so the spread is unknown"

EQUALITY_RULE = "Shapes and parameters must be equal."
NUMBER_RULE = (
    "A published number comes from a single run. It is *reproduced* if it lies where one more of our runs would fall "
    f"(95 % prediction interval over at least {FEWEST_SEEDS} seeds, widened by half a unit of the number's last digit "
    f"and, before that, no wider than ± {100 * SHARE_MARGIN:.2f} points or, for a loss, a third of the published "
    "one), *refuted* if it lies outside even after the correction for the number of claims, "
    "and *inconclusive* otherwise. A wider interval confirms nothing, but a number far outside it is still refuted."
)
SHARE_RULE = "A predicted class is *reproduced* if most seeds predict it and *refuted* if none does."
DIFFERENCE_RULE = (
    "*Better than* is Welch's one-sided test; architectures that share trials are compared seed by seed, with "
    "Student's paired test."
)


def too_few(seeds: int) -> str | None:
    """Return why so many seeds are too few, or None where they are enough."""
    if seeds >= FEWEST_SEEDS:
        return None
    return f"{seeds} {'seed' if seeds == 1 else 'seeds'}; at least {FEWEST_SEEDS} are needed"


def judge_equality(published: Value, measured: Value, origin: str, seeds: int) -> Ruling:
    """Return the ruling on ``measured``, of which ``origin`` says where it comes from."""
    if published == measured:
        return Ruling("reproduced", f"equal; {origin}", seeds, measured)
    return Ruling("refuted", f"not equal: {_in_words(measured)} {origin}", seeds, measured)


def _in_words(value: Value) -> str:
    return " × ".join(map(str, value)) if isinstance(value, tuple) else str(value)


@dataclass(frozen=True)
class NumberRuling(Ruling):
    """A ruling on a published number."""

    def corrected(self, adjusted_p: float, claims: int, alpha: float) -> Ruling:
        """Return the ruling after the correction: a refutation has to outlast it."""
        if self.decision != "refuted" or adjusted_p < alpha:
            return self
        reason = (
            f"outside {self.low:.4f} to {self.high:.4f}, where one more run would fall, "
            f"but not clearly so among {claims} claims (p = {adjusted_p:.2f} after Holm)"
        )
        return replace(self, decision="inconclusive", reason=reason)


def judge_number(values: Sequence[float], published: WrittenFloat, margin: float, alpha: float) -> Ruling:
    """Return the ruling on ``values``, one per seed; an interval wider than ± ``margin`` confirms nothing.

    A refutation is still to be corrected.
    """
    plain = NumberRuling("inconclusive", "", len(values), mean(values))
    # The half-width that is limited is ours; the widening is the document's own rounding.
    ours = prediction_interval(values, level=1 - alpha)
    if ours is None:
        return replace(plain, reason=too_few(len(values)) or NO_SPREAD)
    interval = ours.widened(published.half_unit)
    judged = replace(plain, low=interval.low, high=interval.high)
    few = too_few(len(values))
    if few or ours.half_width == 0:
        return replace(judged, reason=few or NO_SPREAD)
    decision, reason = _uncorrected(published, interval, confirms=ours.half_width <= margin, margin=margin)
    p = prediction_p(values, float(published), published.half_unit)
    return replace(judged, decision=decision, reason=reason, p=p)


def _uncorrected(value: float, interval: Interval, *, confirms: bool, margin: float) -> tuple[Decision, str]:
    bounds = f"{interval.low:.4f} to {interval.high:.4f}"
    if value not in interval:
        side = "low" if value < interval.low else "high"
        return "refuted", f"too {side}: one more run would fall within {bounds}"
    if not confirms:
        return "inconclusive", f"within {bounds}, which is too wide to confirm a number (± {margin:.4f} at most)"
    return "reproduced", f"within {bounds}, where one more run would fall"


def judge_share(published: int, predicted: Sequence[int]) -> Ruling:
    """Reproduced if most of the ``predicted`` classes, at least one, are the published one, refuted if none is."""
    seeds, hits = len(predicted), list(predicted).count(published)
    interval, share = share_interval(hits, seeds), hits / seeds
    reason = f"{hits} of {seeds} seeds predict {published}"
    bounds = (interval.low, interval.high) if interval else (None, None)
    judged = Ruling(_decision(share), reason, seeds, share, *bounds)
    few = too_few(seeds)
    return replace(judged, decision="inconclusive", reason=f"{reason}; {few}") if few else judged


def _decision(share: float) -> Decision:
    if share > 1 / 2:
        return "reproduced"
    return "refuted" if share == 0 else "inconclusive"


@dataclass(frozen=True)
class DifferenceRuling(Ruling):
    """A ruling on a difference, which only the correction decides; ``better`` is the sign that was seen."""

    better: bool = False

    def corrected(self, adjusted_p: float, claims: int, alpha: float) -> Ruling:
        """Return the ruling after the correction: the sign decides where the difference is clear."""
        phrase = f"p = {adjusted_p:.3f}" if adjusted_p >= SMALL_P else f"p < {SMALL_P}"
        judged = replace(self, reason=f"{self.reason}; one-sided {phrase} after Holm over {claims} claims")
        if adjusted_p >= alpha:
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
    if ours.reading == theirs.reading:
        return replace(judged, reason="both compute the same, so their difference is 0 by construction")
    few = too_few(seeds)
    if few or found.p is None:
        return replace(judged, reason=few or NO_SPREAD)
    chance = probability_of_superiority(first, second)
    reason = f"{metric.signed(found.estimate)}, P({ours.name} {metric.sign} {theirs.name}) = {chance:.2f}"
    # In the direction that was seen; each kind of error keeps its own level.
    return replace(judged, reason=reason, p=found.p / 2)
