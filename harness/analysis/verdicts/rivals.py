"""Judges that one architecture is better than another: a one-sided test on test accuracy."""

from __future__ import annotations

from dataclasses import replace

from harness.analysis.comparison import compare
from harness.analysis.runs import ArchitectureResults
from harness.analysis.verdicts.verdict import ALPHA, Case, Verdict, too_few
from harness.spec.claims import BetterThan


def judge_better_than(case: Case, claim: BetterThan) -> Verdict:
    """Return the difference with its interval; the outcome waits for the correction of its ``p``."""
    rival = case.study.named(claim.architecture)
    obstacle = case.untestable or _obstacle(claim.architecture, rival)
    plain = case.verdict(claim.architecture, "not tested", obstacle or "", f"than {claim.architecture}")
    if obstacle or rival is None:
        return plain
    pair = compare(case.entry, rival)
    difference, beats = pair.difference, pair.superiority
    if difference is None or beats is None:
        return replace(plain, reason="the two have no seed in common")
    judged = replace(
        plain,
        verdict="inconclusive",
        measured=difference.estimate,
        low=difference.interval.low if difference.interval else None,
        high=difference.interval.high if difference.interval else None,
        seeds=min(len(case.entry.runs), len(rival.runs)),
    )
    if pair.same:
        return replace(judged, reason="the two compute the same: their difference is 0 by construction")
    few = too_few(judged.seeds)
    if few or difference.p is None:
        return replace(judged, reason=few or "every seed gave the same value, so nothing is known of the spread")
    probability = f"P({case.entry.name} > {claim.architecture}) = {beats.estimate:.2f}"
    reason = f"{100 * difference.estimate:+.2f} points, {probability}"
    # In the direction that was seen; each kind of error keeps its own level.
    return replace(judged, reason=reason, p=difference.p / 2)


def conclude_better_than(verdict: Verdict, claims: int) -> Verdict:
    """Return the verdict after the correction for so many ``claims``."""
    if verdict.adjusted_p is None or not isinstance(verdict.measured, float):
        return verdict
    told = f"p = {verdict.adjusted_p:.3f}" if verdict.adjusted_p >= ALPHA / 50 else f"p < {ALPHA / 50}"
    reason = f"{verdict.reason}; one-sided {told} after Holm over {claims} claims"
    if verdict.adjusted_p >= ALPHA:
        return replace(verdict, reason=reason)
    return replace(verdict, verdict="reproduced" if verdict.measured > 0 else "refuted", reason=reason)


def _obstacle(name: str, rival: ArchitectureResults | None) -> str | None:
    if rival is None:
        return f"{name} takes no part in this report"
    return None if rival.runs else f"no trial of {name} is recorded"
