"""The rule for a published number: could it be one more run of ours?

The published number is one run of the document's. It is reproduced if it lies within the interval where one
more run of ours would fall, and that interval is narrow enough to mean something. It is refuted if it lies
outside and stays so after the correction for the number of claims; a wide interval can't confirm a number,
but a number far outside it is refuted all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from harness.analysis.verdicts.limits import ALPHA, FEWEST_SEEDS, NO_SPREAD, too_few
from harness.declaration.values import WrittenFloat
from harness.spec.claims import Decision, Ruling
from harness.spec.claims.number_claim import SHARE_MARGIN
from harness.statistics.samples import Interval, mean, prediction_interval, prediction_p

RULE = (
    "A published number is one run of the document's. It is *reproduced* if it lies where one more run of ours "
    f"would fall (95 % prediction interval over at least {FEWEST_SEEDS} seeds, widened by half a unit of its last "
    f"digit, and before that no wider than ± {100 * SHARE_MARGIN:.2f} points, for a loss than a third of the "
    "published one), *refuted* if it lies outside even after the correction for the number of claims, and "
    "*inconclusive* in between. A wider interval confirms nothing, but a number far outside it is refuted all the "
    "same."
)


@dataclass(frozen=True)
class NumberRuling(Ruling):
    """A ruling on a published number."""

    def corrected(self, adjusted_p: float, claims: int) -> Ruling:
        """Return the ruling after the correction: a refutation has to outlast it."""
        if self.decision != "refuted" or adjusted_p < ALPHA:
            return self
        reason = (
            f"outside {self.low:.4f} to {self.high:.4f}, where one more run would fall, "
            f"but not clearly so among {claims} claims (p = {adjusted_p:.2f} after Holm)"
        )
        return replace(self, decision="inconclusive", reason=reason)


def judge_number(values: Sequence[float], published: WrittenFloat, margin: float) -> Ruling:
    """Return the ruling on ``values``, one per seed; an interval wider than ± ``margin`` confirms nothing.

    A refutation is still to be corrected.
    """
    plain = NumberRuling("inconclusive", "", len(values), mean(values))
    # The half-width that is limited is ours; the widening is the document's own rounding.
    ours = prediction_interval(values)
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
