"""Judges a published accuracy or loss: could it be one more run of ours?

The published number is one run of the document's. It is reproduced if it lies within the interval where one
more run of ours would fall, and that interval is narrow enough to mean something. It is refuted if it lies
outside and stays so after the correction for the number of claims; a wide interval can't confirm a number,
but a number far outside it is refuted all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from harness.analysis.runs import Run
from harness.analysis.verdicts.verdict import ALPHA, Case, Outcome, Verdict, too_few
from harness.declaration.values import WrittenFloat
from harness.spec.claims import TestAccuracy, TestLoss, TrainAccuracy
from harness.statistics.samples import mean, prediction_interval, prediction_p

NumberClaim = TestAccuracy | TestLoss | TrainAccuracy

# Half-widths above which an interval confirms nothing: .30 points of accuracy, which is about a third of the
# error of these networks, and so a third of a published loss.
WIDEST_SHARE = 0.0030
WIDEST_PART_OF_LOSS = 1 / 3


def judge_number(case: Case, claim: NumberClaim) -> Verdict:
    """Return the verdict as far as the claim alone allows; a refutation is still to be corrected."""
    plain = case.verdict(claim.value, "not tested", case.untestable or "")
    if case.untestable:
        return plain
    values = [_measured(claim, run) for run in case.entry.runs]
    # The half-width that is limited is ours; the widening is the document's own rounding.
    ours = prediction_interval(values)
    interval = None if ours is None else ours.widened(claim.value.half_unit)
    judged = replace(
        plain,
        measured=mean(values),
        low=interval.low if interval else None,
        high=interval.high if interval else None,
    )
    few = too_few(len(values))
    if few or ours is None or ours.half_width == 0:
        reason = few or "every seed gave the same value, so nothing is known of the spread"
        return replace(judged, verdict="inconclusive", reason=reason)
    outcome, reason = _uncorrected(claim, judged, ours.half_width)
    p = prediction_p(values, float(claim.value), claim.value.half_unit)
    return replace(judged, verdict=outcome, reason=reason, p=p)


def conclude_number(verdict: Verdict, claims: int) -> Verdict:
    """Return the verdict after the correction for so many ``claims``: a refutation has to outlast it."""
    if verdict.verdict != "refuted" or verdict.adjusted_p is None or verdict.adjusted_p < ALPHA:
        return verdict
    reason = (
        f"outside {_bounds(verdict)}, where one more run would fall, "
        f"but not clearly so among {claims} claims (p = {verdict.adjusted_p:.2f} after Holm)"
    )
    return replace(verdict, verdict="inconclusive", reason=reason)


def _uncorrected(claim: NumberClaim, verdict: Verdict, half_width: float) -> tuple[Outcome, str]:
    value, bounds = claim.value, _bounds(verdict)
    if verdict.low is None or verdict.high is None:
        raise ValueError("a published number is judged by an interval")
    if value < verdict.low:
        return "refuted", f"too low: one more run would fall within {bounds}"
    if value > verdict.high:
        return "refuted", f"too high: one more run would fall within {bounds}"
    widest = WIDEST_PART_OF_LOSS * value if isinstance(claim, TestLoss) else WIDEST_SHARE
    if half_width > widest:
        return (
            "inconclusive",
            f"within {bounds}, but that is too wide to confirm anything (± {widest:.4f} at most)",
        )
    return "reproduced", f"within {bounds}, where one more run would fall"


def _measured(claim: NumberClaim, run: Run) -> float:
    if isinstance(claim, TestLoss):
        return run.last.value("test", "loss")
    return run.last.value("train" if isinstance(claim, TrainAccuracy) else "test", "accuracy")


def _bounds(verdict: Verdict) -> str:
    return f"{verdict.low:.4f} to {verdict.high:.4f}"


def published_accuracy(claims: Sequence[object]) -> WrittenFloat | None:
    """Return the published test accuracy that is written with the most digits, if there is one."""
    values = [claim.value for claim in claims if isinstance(claim, TestAccuracy)]
    return max(values, key=lambda value: value.decimals, default=None)
