"""Judges what a document says of single test images, by the share of seeds that agree."""

from __future__ import annotations

from dataclasses import replace

from harness.analysis.verdicts.verdict import Case, Outcome, Verdict, too_few
from harness.records.record import TEST
from harness.spec.claims import Prediction
from harness.statistics.samples import share_interval


def judge_prediction(case: Case, claim: Prediction) -> Verdict:
    """Reproduced if most seeds predict the class, refuted if none does, inconclusive in between."""
    subject = f"image {claim.image}"
    plain = case.verdict(claim.value, "not tested", case.untestable or "", subject)
    if case.untestable:
        return plain
    kept = [run.predictions[TEST] for run in case.entry.runs if TEST in run.predictions]
    said = [int(classes[claim.image]) for classes in kept if claim.image < len(classes)]
    if not said:
        return replace(plain, reason="the predictions of this image were not kept")
    hits = said.count(claim.value)
    interval = share_interval(hits, len(said))
    judged = replace(
        plain,
        measured=hits / len(said),
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        seeds=len(said),
    )
    agreement = f"{hits} of {len(said)} seeds predict {claim.value}"
    few = too_few(len(said))
    if few:
        return replace(judged, verdict="inconclusive", reason=f"{agreement}; {few}")
    return replace(judged, verdict=_outcome(hits / len(said)), reason=agreement)


def _outcome(share: float) -> Outcome:
    if share > 1 / 2:
        return "reproduced"
    return "refuted" if share == 0 else "inconclusive"
